"""The first rows of what would be imported, as tables to look at before deciding."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.errors import InputError
from core.kg.records import (
    AttributeBatch,
    Batch,
    EntityBatch,
    ImageBatch,
    LinkBatch,
    Note,
    RelationBatch,
)
from core.kg.source import Dataset, GraphSource, LinkSource, Part

_BATCHES_LOOKED_AT = 4


@dataclass(frozen=True, slots=True)
class FirstRows:
    """The first rows of one part; ``problem`` says what is wrong with them, ``notes`` what was remarked."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    size: int
    problem: str = ""
    notes: list[str] = field(default_factory=list)


def preview(dataset: Dataset, count: int) -> list[FirstRows]:
    """The first rows of every part of both graphs and the links, however large the files are."""
    sources: list[GraphSource | LinkSource] = [dataset.left, dataset.right]
    if dataset.links:
        sources.append(dataset.links)
    return [shown for source in sources for shown in first_rows(source, count)]


def first_rows(source: GraphSource | LinkSource, count: int) -> list[FirstRows]:
    """The first ``count`` rows of each part; a wrong file is told as that part's problem."""
    return [_first_rows(part, count) for part in source.parts]


def _first_rows(part: Part, count: int) -> FirstRows:
    columns: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = []
    notes: list[str] = []
    problem = ""
    try:
        for looked_at, batch in enumerate(part.read()):
            if isinstance(batch, Note):
                notes.append(batch.text)
            named, found = _table(batch, count)
            if found and named != columns and not rows:
                columns = named
            if named == columns:
                rows += found[: count - len(rows)]
            if len(rows) >= count or looked_at >= _BATCHES_LOOKED_AT:
                break
    except InputError as error:
        problem = str(error)
    return FirstRows(part.title, columns, rows, part.size, problem, notes)


def _table(batch: Batch, count: int) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    match batch:
        case RelationBatch():
            names = ("Head", "Relation", "Tail")
            columns = [batch.heads, batch.relations, batch.tails]
        case AttributeBatch():
            names = ("Entity", "Attribute", "Value")
            columns = [batch.entities, batch.attributes, batch.values]
        case EntityBatch():
            names = ("Entity", "Label", "Description")
            blank = [""] * len(batch.uris)
            columns = [batch.uris, batch.labels or blank, batch.descriptions or blank]
        case ImageBatch():
            return ("Entity", "Image"), [
                (entity, str(path))
                for entity, path in zip(batch.entities[:count], batch.paths[:count], strict=True)
            ]
        case LinkBatch():
            names = ("One", "Other", "Source")
            columns = [batch.firsts, batch.seconds, batch.sources]
        case _:
            return (), []
    return names, list(zip(*(column[:count] for column in columns), strict=True))
