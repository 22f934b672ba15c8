"""Queries on single entities: what is known of one, its pictures, its attributes and its neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from core.store.schema import Attribute, AttributeTriple, Entity, Graph, Image

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


@dataclass(frozen=True, slots=True)
class NeighbourEdge:
    """A relation triple as seen from one of its ends."""

    neighbour_id: int
    relation_id: int
    outgoing: bool


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


def neighbour_edges(session: Session, entity_id: int) -> list[NeighbourEdge]:
    """Every triple that an entity is head or tail of; one with itself is not a neighbour."""
    rows = session.execute(
        text(
            "SELECT tail_id AS neighbour, relation_id, 1 AS outgoing FROM relation_triple"
            " WHERE head_id = :id AND tail_id <> :id"
            " UNION ALL SELECT head_id, relation_id, 0 FROM relation_triple"
            " WHERE tail_id = :id AND head_id <> :id"
        ),
        {"id": entity_id},
    )
    return [NeighbourEdge(neighbour, relation, bool(outgoing)) for neighbour, relation, outgoing in rows]


def relation_labels(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The labels of relation types by id."""
    statement = text("SELECT id, label FROM relation WHERE id IN :ids").bindparams(
        bindparam("ids", expanding=True)
    )
    return {row.id: row.label for row in session.execute(statement, {"ids": list(ids)})}


@dataclass(frozen=True, slots=True)
class Counterparts:
    """Right entities by left entity: ``known`` ones, and what a run ``proposed`` for others."""

    known: dict[int, int]
    proposed: dict[int, int]


def counterparts_near(session: Session, run_id: int, left_id: int) -> Counterparts:
    """Counterparts of a left entity's neighbours.

    Known are seeds of the run and accepted verdicts. Proposed are the run's pseudo-seeds, and its candidates
    that are each other's best, unless they were rejected.
    """
    near = (
        "left_id IN (SELECT tail_id FROM relation_triple WHERE head_id = :id"
        " UNION SELECT head_id FROM relation_triple WHERE tail_id = :id)"
    )
    verdicts = f"SELECT left_id, right_id FROM current_verdict WHERE {near} AND kind"
    values = {"run": run_id, "id": left_id}
    known = session.execute(
        text(
            f"SELECT left_id, right_id FROM run_seed WHERE run_id = :run AND role = 'seed' AND {near}"
            f" UNION ALL {verdicts} = 'accepted'"
        ),
        values,
    )
    proposed = session.execute(
        text(
            f"SELECT left_id, right_id FROM run_seed WHERE run_id = :run AND role = 'pseudo' AND {near}"
            " UNION SELECT left_id, right_id FROM candidate"
            f" WHERE run_id = :run AND rank = 1 AND mutual AND {near}"
            f" EXCEPT {verdicts} = 'rejected'"
        ),
        values,
    )
    return Counterparts(
        {row.left_id: row.right_id for row in known}, {row.left_id: row.right_id for row in proposed}
    )
