"""Links from comma-separated values, such as this program's own export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from core.errors import InputError
from core.kg.csv_text import rows, sniff, unmarked
from core.kg.records import Batch, DenialBatch, LinkBatch, Note
from core.kg.text import shown, size, strip_brackets, wrong_columns
from core.words import counted, were

_LEFT = ("left_uri", "left", "source", "subject", "entity1", "uri1", "left_id", "subject_id")
_RIGHT = ("right_uri", "right", "target", "object", "entity2", "uri2", "right_id", "object_id")
_VERDICT = "verdict"
_ACCEPTED, _REJECTED = "accepted", "rejected"
_WHAT = "two columns of identifiers, or a header such as left_uri,right_uri"
_ROWS = 2_000


def read_csv_links(path: Path) -> Iterator[Batch]:
    """The pairs; where there is a column of verdicts, the accepted ones as links, the rejected as denied.

    Raises:
        InputError: a row without two identifiers (with the line).
    """
    batch, denied = LinkBatch([], [], []), DenialBatch([], [], size(path))
    columns, others = None, 0
    for number, row in enumerate(rows(path, sniff(path)), 1):
        if number % _ROWS == 0:  # also where these rows held no link
            yield replace(batch, done=row.done)
            batch = LinkBatch([], [], [])
        if columns is None:
            columns, is_header = _columns(path, row.cells, row.line)
            if is_header:
                continue
        left, right, verdict = columns
        if max(left, right, verdict or 0) >= len(row.cells):
            raise InputError(path, _WHAT, counted(len(row.cells), "column"), line=row.line)
        kind = _ACCEPTED if verdict is None else row.cells[verdict]
        if kind not in (_ACCEPTED, _REJECTED):
            others += 1
            continue
        ends = [strip_brackets(unmarked(row.cells[place])) for place in (left, right)]
        if not all(ends):
            raise InputError(path, _WHAT, f"an empty one in {shown(','.join(row.cells))}", line=row.line)
        if kind == _REJECTED:
            denied.firsts.append(ends[0])
            denied.seconds.append(ends[1])
            continue
        batch.firsts.append(ends[0])
        batch.seconds.append(ends[1])
        batch.sources.append(path.name)
    yield replace(batch, done=size(path))
    yield denied
    if others:
        left_out = f"{counted(others, 'row')} of {path.name} neither accepted nor rejected"
        yield Note(f"{left_out} {were(others)} left out", size(path))


def _columns(path: Path, cells: list[str], line: int) -> tuple[tuple[int, int, int | None], bool]:
    """Where left, right and, perhaps, the verdict stand, and whether this row is a header."""
    names = [cell.lower() for cell in cells]
    left = next((names.index(name) for name in _LEFT if name in names), None)
    right = next((names.index(name) for name in _RIGHT if name in names), None)
    if left is not None and right is not None:
        return (left, right, names.index(_VERDICT) if _VERDICT in names else None), True
    if len(cells) != 2:
        raise wrong_columns(path, _WHAT, cells, ",".join(cells), line)
    return (0, 1, None), False
