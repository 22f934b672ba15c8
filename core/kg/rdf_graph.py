"""One graph's RDF files as batches: what is a relation, an attribute, a label, a picture, a link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import compress
from operator import not_
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from core.errors import InputError
from core.kg.aside import Aside
from core.kg.compressed import plain
from core.kg.images import inside
from core.kg.ntriples import Row, plain_datatype, read_rows
from core.kg.ntriples import value as literal_value
from core.kg.rdf_names import (
    DEPICTIONS,
    DESCRIPTIONS,
    LABELS,
    LINK_PREDICATES,
    PROPERTY_CLASSES,
    PROPERTY_STATEMENTS,
    SAME_AS,
    SPECIAL,
    TYPE,
    Best,
)
from core.kg.rdf_parse import Statement, Value, statements
from core.kg.records import (
    AttributeBatch,
    Batch,
    EntityBatch,
    ImageBatch,
    LinkBatch,
    NameBatch,
    Note,
    RelationBatch,
)
from core.kg.text import size
from core.words import counted

_ROWS = 20_000


def read_graph(files: list[Path]) -> Iterator[Batch]:
    """Read all files of a graph; labels come last, when the best of each entity's is known.

    Raises:
        InputError: a file can't be read or parsed, or there is no statement in any.
    """
    with Aside() as aside:
        yield from _read(files, _Reader(files[0].parent, aside))


def _read(files: list[Path], reader: _Reader) -> Iterator[Batch]:
    base = 0
    for file in files:
        if plain(file).suffix.lower() == ".nt":
            for rows, done in read_rows(file):
                reader.take_rows(rows)
                yield from reader.batches(base + done)
        else:
            for statement in statements(file, reader.graphs):
                reader.take(statement)
                if reader.rows >= _ROWS:
                    yield from reader.batches(base + statement.done)
        base += size(file)
        yield from reader.batches(base)
    if not reader.seen:
        raise InputError(files[0], "RDF statements", "none")
    yield from reader.last(base)


class _Reader:
    def __init__(self, folder: Path, aside: Aside) -> None:
        self.rows = 0
        self.seen = 0
        self.graphs: set[str] = set()
        self._folder = folder
        self._labels = Best(LABELS)
        self._descriptions = Best(DESCRIPTIONS)
        self._texts = dict.fromkeys(LABELS, self._labels) | dict.fromkeys(DESCRIPTIONS, self._descriptions)
        self._properties: set[str] = set()  # used as a predicate, or declared
        self._declared: set[str] = set()
        self._also = aside  # labels and descriptions that are not the best
        self._elsewhere = 0
        self._clear()

    def _clear(self) -> None:
        self.rows = 0
        self._relations = RelationBatch([], [], [])
        self._attributes = AttributeBatch([], [], [], [], [])
        self._images = ImageBatch([], [], self._folder)
        self._subjects: list[str] = []
        self._links = LinkBatch([], [], [])

    def take(self, statement: Statement) -> None:
        """Sort one statement into the batch it belongs to."""
        self.rows += 1
        self.seen += 1
        subject, predicate, target, _ = statement
        if predicate in SPECIAL and self._take_special(subject, predicate, target):
            return
        if subject in self._declared:
            return
        self._properties.add(predicate)
        if isinstance(target, str):
            self._relations.heads.append(subject)
            self._relations.relations.append(predicate)
            self._relations.tails.append(target)
        else:
            _append(self._attributes, subject, predicate, target)

    def take_rows(self, rows: list[Row]) -> None:
        """As :meth:`take`, for many: what is ordinary, which is most, goes by columns."""
        self.rows += len(rows)
        self.seen += len(rows)
        used = {row[1] for row in rows}
        if self._declared or not used.isdisjoint(SPECIAL):
            rows = [row for row in rows if not self._is_taken(row)]
            used = {row[1] for row in rows}
        self._properties |= used
        if not rows:
            return
        subjects, predicates, targets, *literals = zip(*rows, strict=True)
        relations = self._relations
        relations.heads.extend(compress(subjects, targets))
        relations.relations.extend(compress(predicates, targets))
        relations.tails.extend(filter(None, targets))
        texts = list(map(not_, targets))
        attributes = self._attributes
        attributes.entities.extend(compress(subjects, texts))
        attributes.attributes.extend(compress(predicates, texts))
        values, languages, datatypes = (compress(column, texts) for column in literals)
        attributes.values.extend(values)
        attributes.languages.extend(map(str.lower, languages))
        attributes.datatypes.extend(map(plain_datatype, datatypes))

    def _is_taken(self, row: Row) -> bool:
        """Whether a row is no ordinary triple; if it is special, it has been taken now."""
        subject, predicate, target, *literal = row
        if predicate in SPECIAL and self._take_special(subject, predicate, target or literal_value(*literal)):
            return True
        return subject in self._declared

    def _take_special(self, subject: str, predicate: str, target: str | Value) -> bool:
        """Whether the statement was one of those that are not the subject's ordinary triples."""
        if predicate in DEPICTIONS:
            if (path := self._picture(target)) is None:
                return isinstance(target, str)
            self._images.entities.append(subject)
            self._images.paths.append(path)
            self._subjects.append(subject)
        elif predicate in PROPERTY_STATEMENTS or (predicate == TYPE and target in PROPERTY_CLASSES):
            self._properties.add(subject)
            self._declared.add(subject)
        elif isinstance(target, Value):
            texts = self._texts.get(predicate)
            if texts is None:
                return False
            if lost := texts.offer(subject, predicate, target):
                # Whether the subject is an entity or a property is known at the end only.
                predicate, value = lost
                self._also.put((subject, predicate, *value))
        elif predicate == SAME_AS:
            self._links.firsts.append(subject)
            self._links.seconds.append(target)
            self._links.sources.append(LINK_PREDICATES[SAME_AS])
        else:
            return False
        return True

    def _picture(self, target: str | Value) -> Path | None:
        """The file in the graph's folder that a depiction names; others are counted, never fetched."""
        name = target.text if isinstance(target, Value) else target
        path = None
        try:
            split = urlsplit(name)
        except ValueError:
            pass  # no URL, and no path one would give a file either
        else:
            name = url2pathname(split.path) if split.scheme == "file" else name
            path = inside(self._folder, name) if split.scheme in ("", "file") and name else None
        self._elsewhere += path is None
        return path

    def batches(self, done: int) -> Iterator[Batch]:
        """What was collected since the last call."""
        batches = (self._relations, self._attributes, EntityBatch(self._subjects), self._images, self._links)
        self._clear()
        for batch in batches:
            yield replace(batch, done=done)

    def last(self, done: int) -> Iterator[Batch]:
        """Labels and descriptions: of properties as names, of everything else as entities."""
        names = [thing for thing in self._labels.things() if thing in self._properties]
        yield NameBatch(names, [self._labels.text(name) for name in names], done)
        things = dict.fromkeys([*self._labels.things(), *self._descriptions.things()])
        entities = [thing for thing in things if thing not in self._properties]
        for start in range(0, len(entities), _ROWS):
            chunk = entities[start : start + _ROWS]
            yield EntityBatch(
                chunk,
                [self._labels.text(entity) for entity in chunk],
                [self._descriptions.text(entity) for entity in chunk],
                done=done,
            )
        for rows in self._also.chunks():
            others = AttributeBatch([], [], [], [], [], done=done)
            for subject, predicate, *value in rows:
                if subject not in self._properties:
                    _append(others, subject, predicate, Value(*value))
            yield others
        if self.graphs:
            yield Note(
                f"the statements of {counted(len(self.graphs), 'named graph')} are taken as one graph's", done
            )
        if self._elsewhere:
            lie = f"{counted(self._elsewhere, 'depiction')} {'lies' if self._elsewhere == 1 else 'lie'}"
            yield Note(f"{lie} outside the folder or on the web; none was fetched", done)


def _append(batch: AttributeBatch, subject: str, predicate: str, value: Value) -> None:
    batch.entities.append(subject)
    batch.attributes.append(predicate)
    batch.values.append(value.text)
    batch.datatypes.append(value.datatype)
    batch.languages.append(value.language)
