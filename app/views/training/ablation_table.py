"""The results of an ablation as a table: a row for each variant and decoding, or its costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from app.models.rows_model import Column
from app.views.training.metric_columns import metric_title
from app.views.training.rows_table import RowsTable

if TYPE_CHECKING:
    from core.ablation.statistics import Summary  # it imports scipy.stats: half a second

Found = Mapping[tuple[str, str, str], "Summary"]  # (variant, measure, metric)
_METRICS = ("mrr", "hits@1", "hits@10")


class AblationTable(RowsTable):
    """Metrics with their spread over the random seeds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("ablationTable", "Results of the ablation", _columns(), parent=parent)

    def show_results(self, variants: Sequence[str], found: Found) -> None:
        """Show the variants in their order, under each decoding that was measured."""
        measures = sorted({measure for _, measure, _ in found})
        rows = [
            {"variant": variant, "measure": measure, "found": found}
            for measure in measures
            for variant in variants
            if any((variant, measure, metric) in found for metric in _METRICS)
        ]
        last = self.rows.columnCount() - 1
        self.show_only(range(last) if rows else (0, last))  # costs have a column of their own
        self.show_rows(rows or [{"variant": v, "measure": "cost", "found": found} for v in variants])


def _columns() -> list[Column]:
    def cell(metric: str, row: dict[str, Any]) -> str:
        point = row["found"].get((row["variant"], row["measure"], metric))
        if point is None:
            return "–"
        return f"{point.mean:.3f}" + (f" ± {point.std:.3f}" if point.std is not None else "")

    def p(row: dict[str, Any]) -> str:
        point = row["found"].get((row["variant"], row["measure"], "mrr"))
        return "–" if point is None or point.p is None else f"{point.p:.3f}"

    return [
        Column("Variant", lambda row: row["variant"], 170, meaning="What differs from the settings"),
        Column("Decoding", lambda row: row["measure"], 90, meaning="How similarities become a ranking"),
        *(
            Column(
                metric_title(m),
                partial(cell, m),
                120,
                number=True,
                meaning="The mean over the random seeds, and its standard deviation",
            )
            for m in _METRICS
        ),
        Column(
            "p", p, 64, number=True, meaning="That the variant's MRR does not differ from the reference's"
        ),
        Column("Cost", _cost, 200, meaning="Parameters, operations and time of an inference (table 8)"),
    ]


def _cost(row: dict[str, Any]) -> str:
    if row["measure"] != "cost":
        return ""
    found, name = row["found"], row["variant"]
    values = [
        found.get((name, *key))
        for key in (("model", "parameters"), ("inference", "flops"), ("inference", "seconds"))
    ]
    if any(value is None for value in values):
        return "–"
    parameters, flops, seconds = (value.mean for value in values)
    return f"{parameters / 1e6:.2f} M, {flops / 1e9:.2f} GFLOP, {1e3 * seconds:.1f} ms"
