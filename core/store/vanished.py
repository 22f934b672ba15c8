"""Entities that their graph no longer has, since one of another version was imported in its place.

Their rows stay: the journal and the runs refer to them, and neither forgets. The description of such an
entity says when it went. At that very time its verdicts were undone, so that they come back into force with
the entity should a later version have it again, and those that somebody undid by hand do not.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, or_

from core.store.schema import Entity, Verdict

_SINCE = "No longer in this graph since "

VANISHED: ColumnElement[bool] = Entity.description.startswith(_SINCE)
PRESENT: ColumnElement[bool] = ~VANISHED

# Of a verdict: both of its entities are there.
ON_PRESENT: ColumnElement[bool] = ~exists().where(
    or_(Entity.id == Verdict.left_id, Entity.id == Verdict.right_id), VANISHED
)


def epitaph(time: str) -> str:
    """The description of an entity that went at ``time``."""
    return f"{_SINCE}{time}"


def vanished_at(description: str) -> str | None:
    """When the entity of this description went; None for one that is there."""
    return description.removeprefix(_SINCE) if description.startswith(_SINCE) else None
