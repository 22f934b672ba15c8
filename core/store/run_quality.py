"""How a run answered its links, link by link, with what is known of their entities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from core.store.runs import Role

Integers = NDArray[np.int64]

_OUTCOMES = """
SELECT s.left_id, s.right_id,
 (SELECT c.right_id FROM candidate c WHERE c.run_id = :run AND c.left_id = s.left_id AND c.rank = 1) AS first,
 (SELECT c.rank FROM candidate c
  WHERE c.run_id = :run AND c.left_id = s.left_id AND c.right_id = s.right_id) AS place
FROM run_seed s WHERE s.run_id = :run AND s.role = :role ORDER BY s.left_id, s.right_id
"""
_DEGREES = """
SELECT entity, count(*) FROM
 (SELECT head_id AS entity FROM relation_triple UNION ALL SELECT tail_id FROM relation_triple) AS ends
GROUP BY entity
"""
_ATTRIBUTES = "SELECT entity_id, count(*) FROM attribute_triple GROUP BY entity_id"
_PICTURED = "SELECT entity_id, count(*) FROM image WHERE status = 'ok' GROUP BY entity_id"


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Links as a run answered them, among all right entities. Shapes: ``(n,)``.

    ``first`` is the right entity that it proposed first, 0 where it proposed none; ``rank`` that of the right
    answer, 0 where it is not among the candidates kept. Degrees, values and pictures are the left entity's,
    ``other_pictured`` the right one's.
    """

    left_id: Integers
    right_id: Integers
    first: Integers
    rank: Integers
    degree: Integers
    values: Integers
    pictured: NDArray[np.bool_]
    other_pictured: NDArray[np.bool_]

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether the first proposal is the right answer."""
        return np.asarray(self.first == self.right_id)


@dataclass(frozen=True, slots=True)
class Confusion:
    """A link that the run answered wrongly, in words; ``rank`` 0 is beyond the candidates kept."""

    left_id: int
    proposed_id: int
    right_id: int
    left_label: str
    proposed_label: str
    right_label: str
    score: float
    rank: int


def outcomes(session: Session, run_id: int, role: Role = "test") -> Outcomes:
    """How the run answered its ``role`` links."""
    rows = session.execute(text(_OUTCOMES), {"run": run_id, "role": role}).all()
    table = np.array([[value or 0 for value in row] for row in rows], np.int64).reshape(-1, 4)
    left, right, first, rank = table.T
    pictured = _counts(session, _PICTURED)
    return Outcomes(
        left,
        right,
        first,
        rank,
        _of(_counts(session, _DEGREES), left),
        _of(_counts(session, _ATTRIBUTES), left),
        _of(pictured, left) > 0,
        _of(pictured, right) > 0,
    )


def confusions(session: Session, run_id: int, found: Outcomes, most: int = 300) -> list[Confusion]:
    """The wrong first proposals that the run scored highest."""
    wrong = np.flatnonzero(~found.right & (found.first > 0))
    query = text("SELECT left_id, score FROM candidate WHERE run_id = :run AND rank = 1")
    scores: dict[int, float] = {row.left_id: row.score for row in session.execute(query, {"run": run_id})}
    ordered = sorted(wrong, key=lambda i: -scores[int(found.left_id[i])])[:most]
    ends = np.stack([found.left_id, found.first, found.right_id])[:, ordered]
    names = labels(session, ends.ravel().tolist())
    return [
        Confusion(
            left, first, right, names[left], names[first], names[right], scores[left], int(found.rank[i])
        )
        for i, (left, first, right) in zip(ordered, ends.T.tolist(), strict=True)
    ]


def labels(session: Session, entity_ids: list[int]) -> dict[int, str]:
    """What entities are called."""
    query = text("SELECT id, label FROM entity WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))
    return {row.id: row.label for row in session.execute(query, {"ids": sorted(set(entity_ids))})}


def _counts(session: Session, query: str) -> dict[int, int]:
    return dict(tuple(row) for row in session.execute(text(query)))


def _of(counts: dict[int, int], entities: Integers) -> Integers:
    return np.array([counts.get(entity, 0) for entity in entities.tolist()], np.int64)
