"""Bulk reads as numpy arrays: what training needs of the tables, without a row object in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.store.schema import (
    Attribute,
    AttributeTriple,
    Entity,
    Graph,
    Image,
    Link,
    Relation,
    RelationTriple,
)

Side = Literal["left", "right"]
Integers = NDArray[np.int64]

_CHUNK = 50_000  # rows turned into an array at a time: bounds the memory of the Python tuples


@dataclass(frozen=True, slots=True)
class ImageRow:
    """A readable picture of an entity, as the store knows it."""

    entity_id: int
    path: str
    sha256: str


def entity_ids(session: Session, side: Side) -> Integers:
    """Identifiers of a graph's entities, ascending. Shape: ``(n,)``."""
    query = select(Entity.id).join(Graph, Graph.id == Entity.graph_id).where(Graph.side == side)
    return _integers(session, query.order_by(Entity.id))[:, 0]


def relation_triples(session: Session, side: Side) -> Integers:
    """Rows of (head, relation, tail) identifiers. Shape: ``(m, 3)``."""
    query = (
        select(RelationTriple.head_id, RelationTriple.relation_id, RelationTriple.tail_id)
        .join(Graph, Graph.id == RelationTriple.graph_id)
        .where(Graph.side == side)
    )
    return _integers(session, query)


def attribute_uses(session: Session, side: Side) -> Integers:
    """Rows of (entity, attribute) identifiers, one a value. Shape: ``(m, 2)``."""
    query = (
        select(AttributeTriple.entity_id, AttributeTriple.attribute_id)
        .join(Entity, Entity.id == AttributeTriple.entity_id)
        .join(Graph, Graph.id == Entity.graph_id)
        .where(Graph.side == side)
    )
    return _integers(session, query)


def relation_uris(session: Session) -> dict[int, str]:
    """URI of each relation type of both graphs, by identifier."""
    return {row.id: row.uri for row in session.execute(select(Relation.id, Relation.uri))}


def attribute_uris(session: Session) -> dict[int, str]:
    """URI of each attribute type of both graphs, by identifier."""
    return {row.id: row.uri for row in session.execute(select(Attribute.id, Attribute.uri))}


def links(session: Session) -> Integers:
    """The known (left, right) links, ordered. Shape: ``(m, 2)``."""
    return _integers(session, select(Link.left_id, Link.right_id).order_by(Link.left_id, Link.right_id))


def images(session: Session) -> list[ImageRow]:
    """The pictures that were readable when imported, in the order of their identifiers."""
    query = select(Image.entity_id, Image.path, Image.sha256).where(Image.status == "ok").order_by(Image.id)
    return [ImageRow(*row) for row in session.execute(query)]


def _integers(session: Session, query: Select[*tuple[Any, ...]]) -> Integers:
    width = len(query.selected_columns)
    parts = [
        np.array([tuple(row) for row in rows], dtype=np.int64)
        for rows in session.execute(query).partitions(_CHUNK)
    ]
    return np.concatenate(parts) if parts else np.empty((0, width), dtype=np.int64)
