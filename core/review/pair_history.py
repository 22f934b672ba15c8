"""Every verdict that was ever given on a pair."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.review.journal import VerdictKind

_MOST = 100


@dataclass(frozen=True, slots=True)
class PastVerdict:
    """A verdict as the journal has it; times are ISO 8601 in UTC, ``undone_at`` is None while it stands."""

    kind: VerdictKind
    author: str
    note: str
    score_shown: float | None
    decided_at: str
    undone_at: str | None


def pair_history(session: Session, left_id: int, right_id: int) -> tuple[PastVerdict, ...]:
    """All verdicts on the pair, and those that the left entity has no counterpart, the newest first."""
    rows = session.execute(
        text(
            "SELECT kind, author, note, score_shown, decided_at, undone_at FROM verdict"
            " WHERE left_id = :left AND (right_id = :right OR right_id IS NULL) ORDER BY id DESC LIMIT :most"
        ),
        {"left": left_id, "right": right_id, "most": _MOST},
    )
    return tuple(PastVerdict(*row) for row in rows)
