"""Links as tables: CSV for spreadsheets, and the two columns of OpenEA's ``ent_links``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from core.errors import MimeaError
from core.export.export import Export
from core.export.verdicts import SUPPORT
from core.kg.csv_text import marked
from core.modality import with_a_place

_PAIR = ("left_uri", "left_label", "right_uri", "right_label", "verdict", "score", "probability")
_DECISION = ("run", "author", "decided_at", "note")
_LINE_BREAKS = re.compile(r"[\t\n\r]")


def csv_lines(export: Export) -> Iterator[str]:
    """CSV with a header; identifiers as the graphs write them."""
    computed = {name for v in export.verdicts for name in v.parts}
    parts = [*with_a_place(computed), *({SUPPORT} & computed)]
    yield csv_line([*_PAIR, *(f"score_{name}" for name in parts), *_DECISION])
    for v in export.verdicts:
        scores = [v.parts.get(name) for name in parts]
        pair = (v.left_uri, v.left_label, v.right_uri, v.right_label)
        yield csv_line(
            [*pair, v.kind, v.score, v.probability, *scores, v.run_id, v.author, v.decided_at, v.note]
        )


def openea_lines(export: Export) -> Iterator[str]:
    """Two tab-separated identifiers a line, as the graphs write them.

    Raises:
        MimeaError: an identifier holds a tab or a line end, which this format has no way to write.
    """
    for verdict in export.verdicts:
        if not verdict.right_uri:
            continue
        for uri in (verdict.left_uri, verdict.right_uri):
            if _LINE_BREAKS.search(uri):
                raise MimeaError(f"{uri!r} holds a tab or a line end; choose another format for it")
        yield f"{verdict.left_uri}\t{verdict.right_uri}\n"


def csv_line(values: Iterable[object]) -> str:
    """One line of CSV; None is empty, and what a spreadsheet would take for a formula is marked as text."""
    cells = ["" if cell is None else marked(cell) if isinstance(cell, str) else cell for cell in values]
    # Python's writer leaves a lone carriage return bare where lines end otherwise.
    bare = any(isinstance(cell, str) and "\r" in cell for cell in cells)
    line = io.StringIO()
    csv.writer(line, lineterminator="\n", quoting=csv.QUOTE_ALL if bare else csv.QUOTE_MINIMAL).writerow(
        cells
    )
    return line.getvalue()
