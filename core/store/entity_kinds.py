"""What kind of thing an entity is: its types, or what it does most where it has none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from core.store.kinds import type_relations

_MOST_TYPES = 6


@dataclass(frozen=True, slots=True)
class EntityKind:
    """``types`` as their labels; where there are none, the most frequent relation, with its direction."""

    types: tuple[str, ...] = ()
    relation: str = ""


def kinds_of(session: Session, ids: Collection[int]) -> dict[int, EntityKind]:
    """The kinds of some entities."""
    types = text(
        "SELECT DISTINCT t.head_id, e.label FROM relation_triple t JOIN entity e ON e.id = t.tail_id"
        " WHERE t.head_id IN :ids AND t.relation_id IN :types ORDER BY t.head_id, e.label"
    ).bindparams(bindparam("ids", expanding=True), bindparam("types", expanding=True))
    found: dict[int, list[str]] = {}
    for entity_id, label in session.execute(types, {"ids": list(ids), "types": type_relations(session)}):
        found.setdefault(entity_id, []).append(label)
    relations = _main_relations(session, [each for each in ids if each not in found])
    return {
        each: EntityKind(tuple(found.get(each, ())[:_MOST_TYPES]), relations.get(each, "")) for each in ids
    }


def _main_relations(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The relation that most triples of each entity have."""
    if not ids:
        return {}
    counted = text(
        "SELECT c.entity_id, r.label, c.outgoing FROM ("
        " SELECT head_id AS entity_id, relation_id, 1 AS outgoing, count(*) AS number FROM relation_triple"
        " WHERE head_id IN :ids GROUP BY head_id, relation_id"
        " UNION ALL SELECT tail_id, relation_id, 0, count(*) FROM relation_triple"
        " WHERE tail_id IN :ids GROUP BY tail_id, relation_id) AS c"
        " JOIN relation r ON r.id = c.relation_id ORDER BY c.number, c.outgoing, r.id DESC"
    ).bindparams(bindparam("ids", expanding=True))
    rows = session.execute(counted, {"ids": list(ids)})
    return {
        entity_id: f"{label} →" if outgoing else f"← {label}"
        for entity_id, label, outgoing in rows  # the last one counts
    }
