"""Words in labels, URIs and attribute values: a full-text index in an SQLite file, ILIKE on a server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.store.project_file import ProjectFile

_PART = 2_000  # entities a transaction: a curator's verdict waits for one of them at most
_TABLE = "entity_search"
_CREATE = f"""
CREATE VIRTUAL TABLE IF NOT EXISTS {_TABLE}
USING fts5(label, uri, attributes, content='', tokenize="unicode61 remove_diacritics 2")
"""
_FILL = f"""
INSERT INTO {_TABLE} (rowid, label, uri, attributes)
SELECT e.id, e.label, e.uri,
  (SELECT group_concat(a.value, ' ') FROM attribute_triple a WHERE a.entity_id = e.id)
FROM entity e WHERE e.id > :last ORDER BY e.id LIMIT {_PART}
"""


def is_indexed(session: Session) -> bool:
    """Whether attribute values are found: on a server always, in a file once all entities are indexed."""
    if session.get_bind().dialect.name != "sqlite":
        return True
    return _has_index(session) and _last(session) == _highest(session)


def index_part(project: ProjectFile) -> bool:
    """Index some more entities; returns whether there are others left.

    Raises:
        ReadOnlyError: the project is open for looking only.
    """
    with project.write() as session:
        session.execute(text(_CREATE))
        session.execute(text(_FILL), {"last": _last(session)})
        return _last(session) < _highest(session)


def drop_index(session: Session) -> None:
    """Forget the index of a graph that is replaced: it is built anew when the project is next looked at."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"DROP TABLE IF EXISTS {_TABLE}"))


def entity_hits(session: Session, word: str, name: str) -> tuple[str, dict[str, str]]:
    """A query for the ids of entities that ``word`` occurs in, and its values, called after ``name``.

    It is found anywhere in a label or a URI, and at the beginning of the words of attribute values; in files
    without regard to accents there.
    """
    postgres = session.get_bind().dialect.name == "postgresql"
    like = "ILIKE" if postgres else "LIKE"
    clauses: list[str] = []
    values: dict[str, str] = {}
    for number, pattern in enumerate(_patterns(word)):
        key = f"{name}_{number}"
        clauses.append(f"label {like} :{key} ESCAPE '\\' OR uri {like} :{key} ESCAPE '\\'")
        values[key] = pattern
    hits = f"SELECT id FROM entity WHERE {' OR '.join(clauses)}"
    if postgres:
        hits += f" UNION SELECT entity_id FROM attribute_triple WHERE value ILIKE :{name}_0 ESCAPE '\\'"
    elif _has_index(session) and any(letter.isalnum() for letter in word):
        hits += f" UNION SELECT rowid FROM {_TABLE} WHERE {_TABLE} MATCH :{name}_all"
        values[f"{name}_all"] = f'"{word.replace(chr(34), " ")}"*'
    return hits, values


def search_clause(session: Session, words: str) -> tuple[str, dict[str, Any]]:
    """A condition on pairs, beginning with AND, that every word is found on either side; and its values."""
    clause = ""
    values: dict[str, Any] = {}
    for number, word in enumerate(words.split()):
        hits, these = entity_hits(session, word, f"word{number}")
        clause += f" AND (left_id IN ({hits}) OR right_id IN ({hits}))"
        values |= these
    return clause, values


def _patterns(word: str) -> Sequence[str]:
    """LIKE patterns for ``word``; SQLite folds the case of ASCII only, so other letters get variants."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    variants = {escaped} if word.isascii() else {escaped, escaped.lower(), escaped.upper(), escaped.title()}
    return [f"%{variant}%" for variant in sorted(variants)]


def _has_index(session: Session) -> bool:
    query = text("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = :name)")
    return bool(session.scalar(query, {"name": _TABLE}))


def _last(session: Session) -> int:
    return session.scalar(text(f"SELECT max(rowid) FROM {_TABLE}")) or 0


def _highest(session: Session) -> int:
    return session.scalar(text("SELECT max(id) FROM entity")) or 0
