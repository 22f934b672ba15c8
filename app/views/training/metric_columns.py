"""The columns of tables with MRR and Hits, there and back."""

from __future__ import annotations

from functools import partial
from typing import Any

from app.models.rows_model import Column

_MEANING = {
    "mrr": "The mean of 1/rank of the right answer",
    "hits@1": "The share of links whose right answer is first",
    "hits@5": "The share of links whose right answer is among the first 5",
    "hits@10": "The share of links whose right answer is among the first 10",
}
_DIRECTIONS = (("decodings", "→", "left to right"), ("reverse", "←", "right to left"))


def metric_columns() -> list[Column]:
    """Of rows that have metrics by name under ``decodings`` and ``reverse``, and a last one for the space."""
    return [
        *(
            Column(
                f"{metric_title(name)} {arrow}",
                partial(_cell, way, name),
                84,
                number=True,
                meaning=f"{meaning}, {words}",
            )
            for way, arrow, words in _DIRECTIONS
            for name, meaning in _MEANING.items()
        ),
        Column("", lambda _row: "", 10),
    ]


def metric_title(name: str) -> str:
    """A metric as people write it."""
    return "MRR" if name == "mrr" else name.capitalize()


def _cell(way: str, name: str, row: dict[str, Any]) -> str:
    return f"{row[way][name]:.3f}" if name in row[way] else "–"
