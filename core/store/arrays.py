"""Bulk reads as numpy arrays: what training needs of the tables, without a row object in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from core.store.links import Role, role_of
from core.store.schema import (
    Attribute,
    AttributeTriple,
    Entity,
    Graph,
    Image,
    Link,
    Relation,
    RelationTriple,
    Verdict,
)
from core.store.vanished import PRESENT

Side = Literal["left", "right"]
Integers = NDArray[np.int64]

_CHUNK = 50_000  # rows turned into an array at a time: bounds the memory of the Python tuples


@dataclass(frozen=True, slots=True)
class ImageRow:
    """A readable picture of an entity, as the store knows it."""

    entity_id: int
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class KnownLinks:
    """(left, right) identifiers by role: :func:`core.store.links.role_of`. Shapes: ``(m, 2)``."""

    plain: Integers  # came with the graphs: seeds or test, as a run draws them
    seeds: Integers
    reference: Integers

    def __len__(self) -> int:
        return len(self.plain) + len(self.seeds) + len(self.reference)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What a run can learn from the verdicts in force, as identifiers; "unsure" teaches nothing."""

    accepted: Integers  # (left, right). Shape: (m, 2)
    rejected: Integers  # likewise
    alone: Integers  # left entities that have no counterpart. Shape: (u,)
    newest: int  # the identifier of the last verdict in the journal, in force or not; 0 without any


@dataclass(frozen=True, slots=True)
class EntityName:
    """What an entity is called."""

    uri: str
    label: str


def entity_ids(session: Session, side: Side) -> Integers:
    """Identifiers of a graph's entities, ascending. Shape: ``(n,)``."""
    query = select(Entity.id).join(Graph, Graph.id == Entity.graph_id).where(Graph.side == side, PRESENT)
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


def relation_labels(session: Session) -> dict[int, str]:
    """Label of each relation type of both graphs, by identifier."""
    return {row.id: row.label for row in session.execute(select(Relation.id, Relation.label))}


def attribute_labels(session: Session) -> dict[int, str]:
    """Label of each attribute type of both graphs, by identifier."""
    return {row.id: row.label for row in session.execute(select(Attribute.id, Attribute.label))}


def attribute_values(session: Session, side: Side) -> tuple[Integers, list[str]]:
    """As :func:`attribute_uses`, and the value of each. Shape of the first: ``(m, 2)``."""
    query = (
        select(AttributeTriple.entity_id, AttributeTriple.attribute_id, AttributeTriple.value)
        .join(Entity, Entity.id == AttributeTriple.entity_id)
        .join(Graph, Graph.id == Entity.graph_id)
        .where(Graph.side == side)
    )
    rows = session.execute(query).all()
    uses = np.array([(row.entity_id, row.attribute_id) for row in rows], dtype=np.int64)
    return uses.reshape(-1, 2), [row.value for row in rows]


def entity_names(session: Session, side: Side) -> list[EntityName]:
    """URI and label of a graph's entities, in the order of :func:`entity_ids`."""
    query = select(Entity.uri, Entity.label).join(Graph, Graph.id == Entity.graph_id)
    rows = session.execute(query.where(Graph.side == side, PRESENT).order_by(Entity.id))
    return [EntityName(*row) for row in rows]


def graph_sources(session: Session) -> list[str]:
    """Where the graphs were read from."""
    return list(session.scalars(select(Graph.source).order_by(Graph.id)))


def known_links(session: Session) -> KnownLinks:
    """All known links by what they may be used for, each in the order of their identifiers."""
    by_role: dict[Role | None, list[tuple[int, int]]] = {None: [], "seeds": [], "reference": []}
    for row in session.execute(
        select(Link.left_id, Link.right_id, Link.source).order_by(Link.left_id, Link.right_id)
    ):
        by_role[role_of(row.source)].append((row.left_id, row.right_id))
    plain, seeds, reference = (np.array(pairs, np.int64).reshape(-1, 2) for pairs in by_role.values())
    return KnownLinks(plain, seeds, reference)


def verdicts_in_force(session: Session) -> Verdicts:
    """What curators decided, each part in the order of the identifiers."""
    query = text("SELECT left_id, right_id, kind FROM current_verdict ORDER BY left_id, right_id")
    by_kind: dict[str, list[tuple[int, int]]] = {"accepted": [], "rejected": [], "no_counterpart": []}
    for row in session.execute(query):
        if row.kind in by_kind:
            by_kind[row.kind].append((row.left_id, row.right_id or 0))
    accepted, rejected, alone = (np.array(pairs, np.int64).reshape(-1, 2) for pairs in by_kind.values())
    newest = session.scalar(select(func.max(Verdict.id))) or 0
    return Verdicts(accepted, rejected, alone[:, 0], newest)


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
