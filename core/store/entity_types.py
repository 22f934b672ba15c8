"""What kind of thing entities are, where the graphs say so."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import text
from sqlalchemy.orm import Session

# How the URIs of "is a" end: rdf:type, Wikidata's P31, and what exports to tables call it.
_ENDINGS = ("#type", "/type", "/P31", "instanceOf", "instance_of", "isA")
_CLASSES = """
SELECT t.head_id, e.label FROM relation_triple t
JOIN relation r ON r.id = t.relation_id JOIN entity e ON e.id = t.tail_id WHERE {which}
"""
_VALUES = """
SELECT t.entity_id, t.value FROM attribute_triple t
JOIN attribute r ON r.id = t.attribute_id WHERE {which}
"""


def entity_types(session: Session) -> dict[int, str]:
    """The type of each entity that has one; of several the one that most entities have.

    Types are of their graph, so equal words are one type only within it; callers group by side as well.
    """
    which = " OR ".join(f"r.uri = '{end}' OR r.uri LIKE '%{end}'" for end in _ENDINGS)
    rows = [
        (int(entity), str(name))
        for query in (_CLASSES, _VALUES)
        for entity, name in session.execute(text(query.format(which=which)))
    ]
    frequency = Counter(name for _, name in rows)
    types: dict[int, str] = {}
    for entity, name in rows:
        if entity not in types or frequency[name] > frequency[types[entity]]:
            types[entity] = name
    return types
