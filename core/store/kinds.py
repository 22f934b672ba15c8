"""Of which kind entities are: what their graph says, or else the relation that they occur in most."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from core.store.entities import entity_labels, relation_labels

# The last part of the identifiers of relations that lead to a class.
_TYPE_NAMES = frozenset({"type", "instanceof", "instance_of", "p31"})
_TYPES = text(
    "SELECT head_id, min(tail_id) FROM relation_triple WHERE relation_id IN :relations GROUP BY head_id"
).bindparams(bindparam("relations", expanding=True))
_USES = text(
    "SELECT entity_id, relation_id FROM ("
    " SELECT entity_id, relation_id, count(*) AS uses FROM ("
    "  SELECT head_id AS entity_id, relation_id FROM relation_triple"
    "  UNION ALL SELECT tail_id, relation_id FROM relation_triple) AS ends"
    " GROUP BY entity_id, relation_id) AS counted ORDER BY uses, relation_id DESC"
)


def entity_kinds(session: Session, ids: NDArray[np.int64]) -> NDArray[np.int32]:
    """The kind of each of ``ids``: a class as the number of its entity, a relation as its own below 0.

    0 where an entity occurs in no triple. Shape: ``(n,)``.
    """
    kinds = np.zeros(int(ids.max(initial=0)) + 1, np.int32)
    # The last one that is set holds: the relation used most, and above all what the graph says.
    _set(kinds, ((entity, -relation) for entity, relation in session.execute(_USES)))
    relations = type_relations(session)
    if relations:
        _set(kinds, session.execute(_TYPES, {"relations": relations}))
    return kinds[ids]


def type_relations(session: Session) -> list[int]:
    """The relations of both graphs that lead from an entity to its class."""
    rows = session.execute(text("SELECT id, uri FROM relation"))
    return [row.id for row in rows if row.uri.replace("#", "/").rsplit("/", 1)[-1].lower() in _TYPE_NAMES]


def kind_labels(session: Session, kinds: Iterable[int]) -> dict[int, str]:
    """What kinds are called."""
    known = {kind for kind in kinds if kind}
    labels = entity_labels(session, [kind for kind in known if kind > 0])
    relations = relation_labels(session, [-kind for kind in known if kind < 0])
    return labels | {-relation: f"has {label}" for relation, label in relations.items()}


def _set(kinds: NDArray[np.int32], pairs: Iterable[Iterable[int]]) -> None:
    rows = np.array([tuple(pair) for pair in pairs], np.int64).reshape(-1, 2)
    rows = rows[rows[:, 0] < len(kinds)]
    kinds[rows[:, 0]] = rows[:, 1]
