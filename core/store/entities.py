"""Queries on single entities: what is known of one, its pictures and its attributes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.store.schema import Attribute, AttributeTriple, Entity, Graph, Image, Relation

ImageStatus = Literal["ok", "missing", "unreadable", "outside"]
# What is said of a picture that can't be shown, by what the import found.
IMAGE_PROBLEMS: dict[ImageStatus, str] = {
    "missing": "image file gone",
    "unreadable": "image unreadable",
    "outside": "image outside its folder",
}


@dataclass(frozen=True, slots=True)
class ImageRef:
    """A picture on disk, and how it was found on import."""

    path: str
    status: ImageStatus = "ok"
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class EntityCard:
    """What is known of an entity, without its triples."""

    id: int
    uri: str
    label: str
    description: str = ""
    images: tuple[ImageRef, ...] = ()


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """One attribute triple of an entity; ``datatype`` is an IRI or empty, ``language`` a tag or empty."""

    name: str
    value: str
    datatype: str
    language: str


def entity_cards(session: Session, ids: Iterable[int]) -> dict[int, EntityCard]:
    """The cards of ``ids`` by id; usable pictures come first."""
    wanted = list(ids)
    images: dict[int, list[ImageRef]] = {}
    rows = session.execute(
        select(Image.entity_id, Image.path, Image.status, Image.width, Image.height)
        .where(Image.entity_id.in_(wanted))
        .order_by(Image.status != "ok", Image.id)
    )
    for row in rows:
        reference = ImageRef(row.path, row.status, row.width, row.height)
        images.setdefault(row.entity_id, []).append(reference)
    found = session.execute(
        select(Entity.id, Entity.uri, Entity.label, Entity.description).where(Entity.id.in_(wanted))
    )
    return {e.id: EntityCard(e.id, e.uri, e.label, e.description, tuple(images.get(e.id, ()))) for e in found}


def graph_names(session: Session) -> tuple[str, str]:
    """The names of the left and the right graph."""
    names = {row.side: row.name for row in session.execute(select(Graph.side, Graph.name))}
    return names.get("left", "Left"), names.get("right", "Right")


def entity_labels(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The labels of ``ids`` by id."""
    rows = session.execute(select(Entity.id, Entity.label).where(Entity.id.in_(list(ids))))
    return {row.id: row.label for row in rows}


def attribute_rows(session: Session, entity_id: int) -> list[AttributeRow]:
    """All attribute triples of an entity, as imported."""
    rows = session.execute(
        select(Attribute.label, AttributeTriple.value, AttributeTriple.datatype, AttributeTriple.language)
        .join(Attribute, Attribute.id == AttributeTriple.attribute_id)
        .where(AttributeTriple.entity_id == entity_id)
        .order_by(AttributeTriple.id)
    )
    return [AttributeRow(row.label, row.value, row.datatype, row.language) for row in rows]


def relation_labels(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The labels of relation types by id."""
    rows = session.execute(select(Relation.id, Relation.label).where(Relation.id.in_(list(ids))))
    return {row.id: row.label for row in rows}
