"""Links from SSSOM/TSV: https://mapping-commons.github.io/sssom/spec-formats-tsv/."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from core.errors import InputError
from core.kg.csv_text import Lines
from core.kg.rdf_names import LINK_PREDICATES
from core.kg.records import Batch, DenialBatch, LinkBatch, Note
from core.kg.text import blocks, shown, size
from core.words import counted, were

_WHAT = "SSSOM/TSV"
_TAB = "\t"
_ROWS = 2_000
_REQUIRED = ("subject_id", "predicate_id", "object_id")
_BUILT_IN = {
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "linkml": "https://w3id.org/linkml/",
}
_MAP_ENTRY = re.compile(r"""\s+["']?([^"':\s]*)["']?:\s+["']?([^"'\s]+)["']?\s*""")
_NO_TERM = "sssom:NoTermFound"


def is_sssom(path: Path) -> bool:
    """Whether the header row, after the metadata, has SSSOM's columns.

    Raises:
        InputError: the file can't be read as text.
    """
    for block in blocks(path, _WHAT):
        header = next((line for line in block.lines if not line.startswith("#")), "")
        return {"subject_id", "object_id"} <= set(header.split(_TAB))
    return False


def read_sssom(path: Path) -> Iterator[Batch]:
    """The pairs said to be the same, each once, and those denied; other rows are counted in notes.

    Raises:
        InputError: a row is not what the format asks for (with the line).
    """
    lines = Lines(path, _WHAT)
    source = iter(lines)
    reader = _Reader(path, source)
    rows = csv.reader(source, delimiter=_TAB, strict=True)
    batch = LinkBatch([], [], [])
    try:
        for number, cells in enumerate(rows, 1):
            if pair := reader.take(cells, reader.header_line + rows.line_num):
                batch.firsts.append(pair[0])
                batch.seconds.append(pair[1])
                batch.sources.append(path.name)
            if number % _ROWS == 0:  # also where these rows held no link
                yield replace(batch, done=lines.done)
                batch = LinkBatch([], [], [])
    except csv.Error as error:
        line = reader.header_line + rows.line_num
        raise InputError(path, _WHAT, f"a row that can't be split ({error})", line=line) from error
    yield replace(batch, done=size(path))
    yield DenialBatch(*reader.denied(), done=size(path))
    for text in reader.notes():
        yield Note(text, size(path))


class _Reader:
    """Knows the prefixes and columns, which are read with it; ``header_line`` is where the latter stand."""

    def __init__(self, path: Path, lines: Iterator[str]) -> None:
        self.header_line = 0
        self._path = path
        self._prefixes = dict(_BUILT_IN)
        self._in_map = False
        self._columns: list[str] = []
        self._seen: set[tuple[str, str]] = set()
        self._denied: dict[tuple[str, str], None] = {}
        self._left_out: Counter[str] = Counter()
        for line in lines:
            self.header_line += 1
            if not line.startswith("#"):
                self._take_header(line.removesuffix("\n"))
                break
            self._take_metadata(line.removesuffix("\n")[1:])

    def take(self, cells: list[str], number: int) -> tuple[str, str] | None:
        """The pair that a row adds, if any."""
        if not "".join(cells).strip():
            return None
        if len(cells) != len(self._columns):
            found = f"{len(cells)} in {shown(_TAB.join(cells))}"
            raise InputError(self._path, counted(len(self._columns), "column"), found, line=number)
        return self._pair(dict(zip(self._columns, cells, strict=True)), number)

    def denied(self) -> tuple[list[str], list[str]]:
        """The pairs said not to be the same."""
        return [first for first, _ in self._denied], [second for _, second in self._denied]

    def notes(self) -> list[str]:
        """Sentences on the rows that were left out."""
        return [
            f"{counted(count, 'row')} of {self._path.name} {why} {were(count)} left out"
            for why, count in self._left_out.items()
        ]

    def _take_metadata(self, line: str) -> None:
        if line.strip() == "curie_map:":
            self._in_map = True
        elif self._in_map and (entry := _MAP_ENTRY.fullmatch(line)):
            self._prefixes[entry[1]] = entry[2]
        else:
            self._in_map = False

    def _take_header(self, line: str) -> None:
        self._columns = line.split(_TAB)
        if missing := [name for name in _REQUIRED if name not in self._columns]:
            raise InputError(self._path, f"the column {missing[0]}", shown(line), line=self.header_line)

    def _pair(self, row: dict[str, str], number: int) -> tuple[str, str] | None:
        if _NO_TERM in (row["subject_id"], row["object_id"]):
            why = "without a counterpart"
        elif self._iri(row["predicate_id"], number) not in LINK_PREDICATES:
            why = f"with the predicate {row['predicate_id']}"
        elif _is_doubted(row.get("reviewer_agreement", "")):
            why = "doubted by their reviewer"
        else:
            pair = (self._iri(row["subject_id"], number), self._iri(row["object_id"], number))
            if row.get("predicate_modifier", "").lower() == "not":
                self._denied[pair] = None
                return None
            if pair in self._seen:  # a row for each justification
                return None
            self._seen.add(pair)
            return pair
        self._left_out[why] += 1
        return None

    def _iri(self, curie: str, number: int) -> str:
        prefix, colon, local = curie.partition(":")
        if not colon or prefix not in self._prefixes:
            expected = "a CURIE with a prefix that the curie_map declares"
            raise InputError(self._path, expected, shown(curie), line=number)
        return self._prefixes[prefix] + local


def _is_doubted(agreement: str) -> bool:
    """Whether a reviewer is as much against a mapping as for it, or more; from 1 to -1."""
    try:
        return float(agreement) <= 0
    except ValueError:
        return False
