"""A look at what lies at chosen paths, made off the GUI thread: format, first rows, columns, problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError

if TYPE_CHECKING:
    from core.kg.csv_graph import CsvMapping
    from core.kg.preview import FirstRows
    from core.kg.source import Dataset, GraphSource

_ROWS = 5


@dataclass(frozen=True, slots=True)
class Columns:
    """The first row of a table, and what its columns are taken for; None where they say nothing."""

    path: Path
    first_row: tuple[str, ...]
    guess: CsvMapping | None


@dataclass(frozen=True, slots=True)
class Found:
    """What lies at the chosen paths; ``columns`` for each graph: None unless it was given as one table."""

    name: str
    format: str
    reason: str
    first_rows: tuple[FirstRows, ...] = ()
    columns: tuple[Columns | None, ...] = ()

    @property
    def problems(self) -> list[str]:
        """What is wrong with the first rows."""
        return [rows.problem for rows in self.first_rows if rows.problem]

    @property
    def notes(self) -> list[str]:
        """What was remarked on files that were read to their ends."""
        return [note for rows in self.first_rows for note in rows.notes]


def look_at(source: Dataset | GraphSource, graphs: Sequence[Path | None]) -> Found:
    """Read the first rows of every part; ``graphs`` are the paths of the graphs where given apart.

    Raises:
        InputError: a table can't be split into columns.
    """
    from core.kg.preview import first_rows, preview
    from core.kg.source import GraphSource

    columns = tuple(None if path is None else _table_columns(path) for path in graphs)
    raw = [_as_it_is(table.path) for table in columns if table]
    read = first_rows(source, _ROWS) if isinstance(source, GraphSource) else preview(source, _ROWS)
    return Found(source.name, source.format, source.reason, (*read, *raw), columns)


def _as_it_is(path: Path) -> FirstRows:
    """A table's own rows: what to go by where its columns are not understood."""
    from core.kg.csv_graph import preview_rows
    from core.kg.preview import FirstRows

    rows = [tuple(row) for row in preview_rows(path, _ROWS + 1)]
    numbers = tuple(str(number) for number in range(1, len(rows[0]) + 1)) if rows else ()
    return FirstRows(f"{path.name} as it is", numbers, rows, 0)


def _table_columns(path: Path) -> Columns | None:
    """The columns of a table; None for anything else.

    Raises:
        InputError: the table can't be split into columns.
    """
    from core.kg.csv_graph import guess_mapping, is_table, preview_rows

    if not is_table(path):
        return None
    rows = preview_rows(path, 1)
    try:
        guess = guess_mapping(path)
    except InputError:
        guess = None  # for whoever imports it to say
    return Columns(path, tuple(rows[0]) if rows else (), guess)
