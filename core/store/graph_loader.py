"""Loads the batches of one graph into the tables: numbers the identifiers, merges duplicates, counts."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.kg.labels import entity_label, relation_labels
from core.kg.records import (
    AttributeBatch,
    Batch,
    EntityBatch,
    ImageBatch,
    LinkBatch,
    NameBatch,
    Note,
    PicturesByName,
    RelationBatch,
)
from core.kg.source import GraphSource
from core.kg.text import encoding
from core.store.image_rows import ImageRows
from core.store.import_report import ProgressMeter, SideReport
from core.store.many_rows import insert_rows
from core.store.numbers import UNKNOWN, FewNumbers, Numbers
from core.store.stated_links import put_aside
from core.words import counted

_ROWS = 20_000
_ONE_OF_EACH_ATTRIBUTE_TRIPLE = """
DELETE FROM attribute_triple WHERE id IN (
  SELECT id FROM (
    SELECT id, row_number() OVER (
      PARTITION BY entity_id, attribute_id, value, datatype, language ORDER BY id) AS mention
    FROM temp.alike JOIN attribute_triple USING (id))
  WHERE mention > 1)
"""


class GraphLoader:
    """Loads one side of an import, once.

    Links that the graph's own files state are put aside: what they lead to may be in the other graph.
    """

    def __init__(
        self, connection: sqlite3.Connection, graph_id: int, source: GraphSource, meter: ProgressMeter
    ) -> None:
        self._source = source
        self._entities = Numbers(_next_id(connection, "entity"))
        self._relations = FewNumbers(_next_id(connection, "relation"))
        self._attributes = FewNumbers(_next_id(connection, "attribute"))
        self._first_attribute_triple = _next_id(connection, "attribute_triple")
        self._connection = connection
        self._graph_id = graph_id
        self._meter = meter
        self._labels: dict[int, str] = {}
        self._descriptions: dict[int, str] = {}
        self._names: dict[str, str] = {}
        self._triples: list[NDArray[np.int64]] = []
        self._images = ImageRows(source.name)
        self._attribute_triples: list[NDArray[np.int64]] = []  # their hashes
        self._left_out: dict[str, int] = {}
        self._strangers: set[str] = set()
        self._notes: list[str] = []
        self._duplicates = 0
        self._isolated = 0
        self._counts: dict[str, int] = {}

    def load(self) -> SideReport:
        """Read the whole source and write its rows.

        Raises:
            InputError: a file is not what it should be.
            Cancelled: the user stopped the import.
        """
        for part in self._source.parts:
            self._meter.stage(f"Reading {part.title}", part.size)
            for batch in part.read():
                self._take(batch)
                self._meter.read(batch.done)
            self._meter.finish_part()
        self._write_relation_triples()
        self._write_named("relation", self._relations)
        self._write_named("attribute", self._attributes)
        self._merge_attribute_triples()
        self._write_entities()
        self._counts["image"] = self._images.write(self._connection, self._meter)
        self._note_strangers()
        return self._report()

    def _report(self) -> SideReport:
        return SideReport(
            name=self._source.name,
            counts=self._counts,
            duplicates=self._duplicates,
            isolated=self._isolated,
            images_missing=self._images.missing,
            images_unreadable=self._images.unreadable,
            images_outside=self._images.outside,
            encodings=self._encodings(),
            notes=[*self._notes, *self._images.notes()],
        )

    def _encodings(self) -> dict[str, str]:
        return {file.name: encoding(file) for part in self._source.parts for file in part.files}

    def _take(self, batch: Batch) -> None:
        match batch:
            case RelationBatch():
                self._take_relations(batch)
            case AttributeBatch():
                self._take_attributes(batch)
            case EntityBatch():
                self._take_entities(batch)
            case NameBatch():
                self._names.update(zip(batch.uris, batch.labels, strict=True))
            case ImageBatch():
                self._images.add(self._described("image", batch.entities), batch.paths, batch.root)
            case PicturesByName():
                for entity, uri in zip(self._entities.ids(), self._entities.uris, strict=True):
                    paths = batch.find(uri)
                    self._images.add([entity] * len(paths), paths, batch.root)
            case LinkBatch():
                put_aside(self._connection, batch)
            case Note():
                self._notes.append(batch.text)
                self._meter.note(batch.text)
        self._meter.counts["entity"] = self._entities.first - 1 + len(self._entities)

    def _take_relations(self, batch: RelationBatch) -> None:
        count = len(batch.heads)
        ends = self._entities.number(batch.heads + batch.tails)
        relations = np.fromiter(map(self._relations.__getitem__, batch.relations), np.int64, count)
        self._triples.append(np.stack((ends[:count], relations, ends[count:])))
        self._meter.counts["relation_triple"] += count

    def _take_attributes(self, batch: AttributeBatch) -> None:
        entities = self._numbered("attribute triple", batch.entities, batch.declares)
        attributes = map(self._attributes.__getitem__, batch.attributes)
        rows = list(zip(entities, attributes, batch.values, batch.datatypes, batch.languages, strict=True))
        if not all(entities):
            rows = [row for row in rows if row[0] != UNKNOWN]
        insert_rows(
            self._connection,
            "attribute_triple",
            ("entity_id", "attribute_id", "value", "datatype", "language"),
            rows,
        )
        self._attribute_triples.append(np.fromiter(map(hash, rows), np.int64, len(rows)))
        self._meter.counts["attribute_triple"] += len(rows)

    def _take_entities(self, batch: EntityBatch) -> None:
        entities = self._numbered("label", batch.uris, batch.declares)
        for texts, held in ((batch.labels, self._labels), (batch.descriptions, self._descriptions)):
            # An empty list of texts says nothing of any.
            for entity, text in zip(entities, texts, strict=bool(texts)):
                if text and entity != UNKNOWN:
                    held[entity] = text

    def _numbered(self, what: str, uris: list[str], declares: bool) -> list[int]:
        if not declares:
            return self._described(what, uris)
        numbers: list[int] = self._entities.number(uris).tolist()
        return numbers

    def _described(self, what: str, uris: list[str]) -> list[int]:
        """Row ids, :data:`UNKNOWN` of those that are no entities, which are counted."""
        found: list[int] = self._entities.find(uris).tolist()
        unknown = [uri for uri, entity in zip(uris, found, strict=True) if entity == UNKNOWN]
        if unknown:
            self._left_out[what] = self._left_out.get(what, 0) + len(unknown)
            self._strangers.update(unknown)
        return found

    def _note_strangers(self) -> None:
        if self._left_out:
            what = " and ".join(counted(count, what) for what, count in self._left_out.items())
            things = counted(len(self._strangers), "thing")
            self._notes.append(f"{what} left out: about {things} unknown as entities of this graph")

    def _write_relation_triples(self) -> None:
        columns = np.concatenate(self._triples, axis=1) if self._triples else np.empty((3, 0), np.int64)
        self._triples.clear()
        given = columns.shape[1]
        columns = _distinct(columns)
        count = columns.shape[1]
        related = np.zeros(len(self._entities), dtype=bool)
        related[columns[[0, 2]] - self._entities.first] = True
        self._isolated = int(np.count_nonzero(~related))
        self._duplicates += given - count
        self._meter.counts["relation_triple"] -= given - count
        self._counts["relation_triple"] = count
        self._meter.stage(f"Writing {self._source.name} relation triples", count)
        for start in range(0, count, _ROWS):
            heads, relations, tails = columns[:, start : start + _ROWS].tolist()
            insert_rows(
                self._connection,
                "relation_triple",
                ("head_id", "relation_id", "tail_id", "graph_id"),
                list(zip(heads, relations, tails, repeat(self._graph_id), strict=False)),
            )
            self._meter.at(min(start + _ROWS, count))

    def _write_named(self, table: str, numbers: FewNumbers) -> None:
        labels = relation_labels(numbers)
        self._connection.executemany(
            f"INSERT INTO {table} (id, graph_id, uri, label) VALUES (?, ?, ?, ?)",
            (
                (number, self._graph_id, uri, self._names.get(uri) or labels[uri])
                for uri, number in numbers.items()
            ),
        )
        self._counts[table] = len(numbers)
        self._meter.counts[table] += len(numbers)

    def _merge_attribute_triples(self) -> None:
        self._meter.stage(f"Merging {self._source.name} attribute triples")
        hashes = np.concatenate(self._attribute_triples) if self._attribute_triples else np.empty(0, np.int64)
        self._attribute_triples.clear()
        # Only rows of one hash can be alike, and seldom are any.
        _, groups, sizes = np.unique(hashes, return_inverse=True, return_counts=True)
        alike = np.flatnonzero(sizes[groups] > 1) + self._first_attribute_triple
        self._connection.execute("CREATE TEMP TABLE alike (id INTEGER PRIMARY KEY)")
        self._connection.executemany("INSERT INTO alike VALUES (?)", ((id_,) for id_ in alike.tolist()))
        merged = self._connection.execute(_ONE_OF_EACH_ATTRIBUTE_TRIPLE).rowcount
        self._connection.execute("DROP TABLE alike")
        self._duplicates += merged
        self._meter.counts["attribute_triple"] -= merged
        self._counts["attribute_triple"] = len(hashes) - merged

    def _write_entities(self) -> None:
        self._meter.stage(f"Writing {self._source.name} entities", len(self._entities))
        rows = (
            (
                number,
                self._graph_id,
                uri,
                self._labels.get(number) or entity_label(uri),
                self._descriptions.get(number, ""),
            )
            for number, uri in zip(self._entities.ids(), self._entities.uris, strict=True)
        )
        for written, chunk in _chunks(rows):
            insert_rows(self._connection, "entity", ("id", "graph_id", "uri", "label", "description"), chunk)
            self._meter.at(written)
        self._counts["entity"] = len(self._entities)


def _distinct(columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each column once, in the order of the table's key: appending to a B-tree is several times faster."""
    if not columns.size:
        return columns
    first = columns.min(axis=1, keepdims=True)
    shape = tuple((columns - first).max(axis=1) + 1)
    if math.prod(map(int, shape)) > np.iinfo(np.int64).max:
        return np.unique(columns, axis=1)
    keys = np.ravel_multi_index(tuple(columns - first), shape)
    keys.sort()  # one number sorts many times faster than three
    distinct: NDArray[np.int64] = np.stack(np.unravel_index(keys[np.diff(keys, prepend=-1) > 0], shape))
    distinct += first
    return distinct


def _chunks(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    iterator, written = iter(rows), 0
    while chunk := list(islice(iterator, _ROWS)):
        written += len(chunk)
        yield written, chunk


def _next_id(connection: sqlite3.Connection, table: str) -> int:
    (highest,) = connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()
    return int(highest) + 1
