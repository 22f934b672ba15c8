"""Sorts out which end of a link belongs to which graph, and writes the links."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from urllib.parse import unquote

from core.kg.records import Batch, DenialBatch, LinkBatch, Note
from core.words import are, counted, were

_FREEBASE = "http://rdf.freebase.com/ns/"


class Identifiers:
    """Entities by identifier, also as other tools have to write it.

    RDF names nothing that is no IRI, so there Freebase's ``/m/0abc`` is ``http://rdf.freebase.com/ns/m.0abc``
    and characters that IRIs lack are percent-encoded. What could mean several entities means none.
    """

    def __init__(self, ids: Mapping[str, int]) -> None:
        self._ids = ids
        self._rewritten: dict[str, int | None] | None = None

    def find(self, identifier: str) -> int | None:
        """The entity's row id, None if there is none."""
        found = self._ids.get(identifier)
        if found is not None:
            return found
        if self._rewritten is None:  # made only where something is not found as it is
            self._rewritten = {}
            for known, number in self._ids.items():
                written = _rewritten(known)
                self._rewritten[written] = None if written in self._rewritten else number
        return self._rewritten.get(_rewritten(identifier))


def _rewritten(identifier: str) -> str:
    text = unquote(identifier)
    if text.startswith(_FREEBASE):
        return "/" + text.removeprefix(_FREEBASE).replace(".", "/")
    return text


class LinkRows:
    """Links as pairs of row ids, each once; the first source that gives a link is the one kept."""

    def __init__(self, left: Mapping[str, int], right: Mapping[str, int]) -> None:
        self.rows: dict[tuple[int, int], str] = {}
        self.unknown = 0
        self.elsewhere = 0
        self.repeated = 0
        self.denied = 0
        self.told: list[str] = []
        self._left = Identifiers(left)
        self._right = Identifiers(right)

    def take(self, batch: Batch) -> None:
        """What a part of a link source gives: links, denials, and what its reader says."""
        if isinstance(batch, LinkBatch):
            self.unknown += self.add(batch)
        elif isinstance(batch, DenialBatch):
            self.denied += len(batch.firsts)
        elif isinstance(batch, Note):
            self.told.append(batch.text)

    def add(self, batch: LinkBatch) -> int:
        """Add those with an end in each graph, whichever is named first; returns how many have not."""
        unknown = 0
        for first, second, source in zip(batch.firsts, batch.seconds, batch.sources, strict=True):
            pair = self._pair(first, second) or self._pair(second, first)
            if pair is None:
                unknown += 1
            elif pair in self.rows:
                self.repeated += 1
            else:
                self.rows[pair] = source
        return unknown

    def _pair(self, left: str, right: str) -> tuple[int, int] | None:
        left_id, right_id = self._left.find(left), self._right.find(right)
        return None if left_id is None or right_id is None else (left_id, right_id)

    def write(self, connection: sqlite3.Connection) -> None:
        """Insert the rows, in the order of the table's key."""
        connection.executemany(
            "INSERT INTO link (left_id, right_id, source) VALUES (?, ?, ?)",
            ((left, right, source) for (left, right), source in sorted(self.rows.items())),
        )

    def notes(self) -> list[str]:
        """Sentences on the links that were left out, and those that their reader said."""
        told = list(self.told)
        if self.unknown:
            told.append(
                f"{counted(self.unknown, 'link')} {were(self.unknown)} left out: "
                "an end is in neither graph or in the wrong one"
            )
        if self.denied:
            pairs = f"{counted(self.denied, 'pair')} {are(self.denied)}"
            told.append(f"{pairs} said not to be the same, which makes no link")
        if self.elsewhere:
            leads = "leads" if self.elsewhere == 1 else "lead"
            told.append(f"{counted(self.elsewhere, 'owl:sameAs statement')} {leads} outside these two graphs")
        if self.repeated:
            told.append(f"{counted(self.repeated, 'link')} {were(self.repeated)} given more than once")
        return told
