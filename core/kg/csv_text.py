"""Rows of delimited text: which delimiter and quotes a file uses, and its rows with their lines."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError
from core.kg.compressed import plain
from core.kg.text import blocks, shown

if TYPE_CHECKING:
    import _csv

WHAT = "rows of a table"
_DELIMITERS = ("\t", ",", ";", "|", "@@@")  # the last one is that of the WK3l and CN3l sets
_UNIT = "\x1f"  # in its place: the csv module takes one character
_SAMPLE_LINES = 50
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written; without ``quoted``, quotation marks are part of the text."""

    delimiter: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row; ``line`` is its last, ``done`` the bytes of the file read with it."""

    cells: list[str]
    line: int
    done: int


def sniff(path: Path) -> Dialect:
    """The delimiter that splits the first lines most evenly.

    Raises:
        InputError: the file can't be read as text, or nothing splits its lines.
    """
    for block in blocks(path, WHAT):
        lines = [line for line in block.lines if line.strip()][:_SAMPLE_LINES]
        scores = {}
        for delimiter in _DELIMITERS:
            dialect = Dialect(delimiter, _looks_quoted(lines, delimiter))
            counts = Counter[int]()
            with suppress(csv.Error):  # the sample may end within a quoted cell
                counts.update(len(cells) for cells in _reader(iter(lines), dialect))
            (columns, rows), *_ = counts.most_common(1) or [(1, 0)]
            if columns > 1:
                scores[dialect] = (rows / max(1, sum(counts.values())), columns)
        if not scores:
            expected = f"{WHAT} with tabs, commas, semicolons, bars or @@@ between the columns"
            raise InputError(path, expected, shown(lines[0] if lines else ""), line=block.first)
        # A file says what it is by its name; only where that does not split it is it guessed.
        own = {".csv": ",", ".tsv": "\t"}.get(plain(path).suffix.lower())
        named = [dialect for dialect in scores if dialect.delimiter == own]
        return max(named or scores, key=scores.__getitem__)
    raise InputError(path, WHAT, "an empty file")


def rows(path: Path, dialect: Dialect) -> Iterator[Row]:
    """The rows of a file that are not blank.

    Raises:
        InputError: unreadable, or quotation marks that don't close (with the line).
    """
    lines = Lines(path, WHAT)
    reader = _reader(iter(lines), dialect)
    try:
        for cells in reader:
            if any(cells):
                yield Row([cell.strip() for cell in cells], reader.line_num, lines.done)
    except csv.Error as error:
        line = max(1, reader.line_num)
        raise InputError(path, WHAT, f"a row that can't be split ({error})", line=line) from error


def table(path: Path, dialect: Dialect) -> Iterator[Row]:
    """As :func:`rows`, all with as many cells as the first.

    Raises:
        InputError: as :func:`rows`, or a row of another length (with the line).
    """
    columns = 0
    for row in rows(path, dialect):
        columns = columns or len(row.cells)
        if len(row.cells) != columns:
            found = f"{len(row.cells)} in {shown(dialect.delimiter.join(row.cells))}"
            raise InputError(path, f"{columns} columns", found, line=row.line)
        yield row


def marked(text: str) -> str:
    """A cell that a spreadsheet takes for text, whatever it begins with: an apostrophe is how that is marked.

    Where the text itself looks so marked, it gets another.
    """
    return f"'{text}" if text.lstrip("'")[:1] in _FORMULA_STARTS else text


def unmarked(cell: str) -> str:
    """What :func:`marked` made a cell of."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in _FORMULA_STARTS else cell


def _looks_quoted(lines: list[str], delimiter: str) -> bool:
    """Commas within text are why CSV quotes; tables with tabs mostly don't, and hold lone quotation marks."""
    if delimiter not in ("\t", "@@@"):
        return True
    cells = [cell for line in lines for cell in line.split(delimiter) if cell.startswith('"')]
    return bool(cells) and all(len(cell) > 1 and cell.endswith('"') for cell in cells)


def _reader(lines: Iterator[str], dialect: Dialect) -> _csv.Reader:
    delimiter = dialect.delimiter
    if len(delimiter) > 1:
        lines, delimiter = (line.replace(dialect.delimiter, _UNIT) for line in lines), _UNIT
    return csv.reader(
        lines,
        delimiter=delimiter,
        quoting=csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE,
        strict=dialect.quoted,
    )


class Lines:
    """The lines of a file with their ends, which quoted cells may hold; ``done`` is the bytes read."""

    def __init__(self, path: Path, what: str) -> None:
        self.done = 0
        self._path, self._what = path, what

    def __iter__(self) -> Iterator[str]:
        for block in blocks(self._path, self._what):
            last = len(block.lines) - 1
            for place, line in enumerate(block.lines):
                self.done = block.done if place == last else self.done
                yield f"{line}\n"
