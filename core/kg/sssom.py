"""Links from SSSOM/TSV: https://mapping-commons.github.io/sssom/spec-formats-tsv/."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from core.errors import InputError
from core.kg.rdf_names import LINK_PREDICATES
from core.kg.records import Batch, DenialBatch, LinkBatch, Note
from core.kg.text import blocks, shown, size

_WHAT = "SSSOM/TSV"
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
        return {"subject_id", "object_id"} <= set(header.split("\t"))
    return False


def read_sssom(path: Path) -> Iterator[Batch]:
    """The pairs said to be the same, each once, and those denied; these and others are counted in notes.

    Raises:
        InputError: a row is not what the format asks for (with the line).
    """
    reader = _Reader(path)
    for block in blocks(path, _WHAT):
        batch = LinkBatch([], [], [], block.done)
        for number, line in enumerate(block.lines, block.first):
            if pair := reader.take(line, number):
                batch.firsts.append(pair[0])
                batch.seconds.append(pair[1])
                batch.sources.append(path.name)
        yield batch
    yield DenialBatch(*reader.denied(), done=size(path))
    for text in reader.notes():
        yield Note(text, size(path))


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._prefixes = dict(_BUILT_IN)
        self._in_map = False
        self._columns: list[str] = []
        self._seen: set[tuple[str, str]] = set()
        self._denied: dict[tuple[str, str], None] = {}
        self._left_out: Counter[str] = Counter()

    def take(self, line: str, number: int) -> tuple[str, str] | None:
        """The pair that a line adds, if any."""
        if not self._columns:
            if line.startswith("#"):
                self._take_metadata(line[1:])
            else:
                self._take_header(line, number)
            return None
        if not line.strip():
            return None
        return self._pair(self._row(line, number), number)

    def denied(self) -> tuple[list[str], list[str]]:
        """The pairs said not to be the same."""
        return [first for first, _ in self._denied], [second for _, second in self._denied]

    def notes(self) -> list[str]:
        """Sentences on the rows that were left out."""
        return [
            f"{count:,} rows of {self._path.name} {why} were left out"
            for why, count in self._left_out.items()
        ]

    def _take_metadata(self, line: str) -> None:
        if line.strip() == "curie_map:":
            self._in_map = True
        elif self._in_map and (entry := _MAP_ENTRY.fullmatch(line)):
            self._prefixes[entry[1]] = entry[2]
        else:
            self._in_map = False

    def _take_header(self, line: str, number: int) -> None:
        self._columns = line.split("\t")
        if missing := [name for name in _REQUIRED if name not in self._columns]:
            raise InputError(self._path, f"the column {missing[0]}", shown(line), line=number)

    def _row(self, line: str, number: int) -> dict[str, str]:
        cells = next(csv.reader([line], delimiter="\t")) if '"' in line else line.split("\t")
        if len(cells) != len(self._columns):
            raise InputError(
                self._path, f"{len(self._columns)} columns", f"{len(cells)} in {shown(line)}", line=number
            )
        return dict(zip(self._columns, cells, strict=True))

    def _pair(self, row: dict[str, str], number: int) -> tuple[str, str] | None:
        if _NO_TERM in (row["subject_id"], row["object_id"]):
            why = "that find no counterpart"
        elif self._iri(row["predicate_id"], number) not in LINK_PREDICATES:
            why = f"with the predicate {row['predicate_id']}"
        else:
            pair = (self._iri(row["subject_id"], number), self._iri(row["object_id"], number))
            if row.get("predicate_modifier", "").lower() == "not":
                self._denied[pair] = None
                self._left_out["that deny a mapping"] += 1
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
