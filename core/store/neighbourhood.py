"""Queries on what stands around entities: their neighbours, and the counterparts of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from core.store.candidates import KNOWN

_MOST_VALUES = 10_000  # bound to one statement: databases have a limit


@dataclass(frozen=True, slots=True)
class NeighbourEdge:
    """A relation triple as seen from one of its ends."""

    entity_id: int
    neighbour_id: int
    relation_id: int
    outgoing: bool


@dataclass(frozen=True, slots=True)
class Counterparts:
    """Right entities by left entity: ``known`` ones, and what a run ``proposed`` for others.

    ``likely`` says of the proposed ones how likely they are: by their probability, or else by their score.
    """

    known: dict[int, int]
    proposed: dict[int, int]
    likely: dict[int, float]


def neighbour_edges(session: Session, entity_ids: Iterable[int]) -> list[NeighbourEdge]:
    """Every triple that any of the entities is head or tail of; one with itself is not a neighbour."""
    rows = _rows(
        session,
        "SELECT head_id AS own, tail_id AS neighbour, relation_id, 1 AS outgoing FROM relation_triple"
        " WHERE head_id IN :ids AND tail_id <> head_id"
        " UNION ALL SELECT tail_id, head_id, relation_id, 0 FROM relation_triple"
        " WHERE tail_id IN :ids AND head_id <> tail_id",
        entity_ids,
    )
    return [NeighbourEdge(own, neighbour, relation, bool(out)) for own, neighbour, relation, out in rows]


def degrees(session: Session, entity_ids: Iterable[int]) -> dict[int, int]:
    """In how many triples each entity is; those in none are left out."""
    found: dict[int, int] = {}
    for end in ("head_id", "tail_id"):
        statement = f"SELECT {end}, count(*) FROM relation_triple WHERE {end} IN :ids GROUP BY {end}"
        for entity_id, number in _rows(session, statement, entity_ids):
            found[entity_id] = found.get(entity_id, 0) + number
    return found


def entity_total(session: Session) -> int:
    """How many entities both graphs have, or had: read off the last one, since counting takes long."""
    return int(session.execute(text("SELECT coalesce(max(id), 0) FROM entity")).scalar_one())


def counterparts(session: Session, run_id: int, left_ids: Sequence[int]) -> Counterparts:
    """Counterparts of left entities.

    Known are seeds of the run and accepted verdicts. Proposed are the run's pseudo-seeds, and its candidates
    that are each other's best, unless they were rejected.
    """
    verdicts = "SELECT left_id, right_id FROM current_verdict WHERE left_id IN :ids AND kind"
    of_run = "run_id = :run AND left_id IN :ids"
    known = _rows(
        session,
        f"SELECT left_id, right_id FROM ({KNOWN}) AS known WHERE left_id IN :ids"
        f" UNION ALL {verdicts} = 'accepted'",
        left_ids,
        run=run_id,
    )
    proposed = list(
        _rows(
            session,
            "SELECT p.left_id, p.right_id, (SELECT coalesce(c.probability, c.score) FROM candidate c"
            "  WHERE c.run_id = :run AND c.left_id = p.left_id AND c.right_id = p.right_id) AS likely FROM ("
            f" SELECT left_id, right_id FROM run_seed WHERE {of_run} AND role = 'pseudo'"
            f" UNION SELECT left_id, right_id FROM candidate WHERE {of_run} AND rank = 1 AND mutual"
            f" EXCEPT {verdicts} = 'rejected') AS p",
            left_ids,
            run=run_id,
        )
    )
    return Counterparts(
        {row.left_id: row.right_id for row in known},
        {row.left_id: row.right_id for row in proposed},
        {row.left_id: max(0.0, row.likely) for row in proposed if row.likely is not None},
    )


def _rows(session: Session, statement: str, ids: Iterable[int], **values: Any) -> Iterator[Any]:
    """The rows of a statement about ``:ids``, which may be many."""
    prepared = text(statement).bindparams(bindparam("ids", expanding=True))
    wanted = list(ids)
    for start in range(0, len(wanted), _MOST_VALUES):
        yield from session.execute(prepared, values | {"ids": wanted[start : start + _MOST_VALUES]})
