"""Where people who share a project have decided differently; every decision stays in the journal."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.review.journal import VerdictKind


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one author holds."""

    author: str
    kind: VerdictKind
    note: str
    decided_at: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A pair on which authors differ, the latest opinion last: that one is in force."""

    left_id: int
    right_id: int
    opinions: tuple[Opinion, ...]


def disagreements(session: Session) -> list[Disagreement]:
    """All of them, by pair. "No counterpart" of the left entity stands against each pair accepted for it."""
    rows = session.execute(
        text(
            "SELECT left_id, right_id, author, kind, note, decided_at FROM verdict_disagreement"
            " ORDER BY left_id, right_id, id"
        )
    ).all()
    found: dict[tuple[int, int], list[Opinion]] = defaultdict(list)
    alone: dict[int, list[Opinion]] = defaultdict(list)
    for row in rows:
        opinion = Opinion(row.author, row.kind, row.note, row.decided_at)
        if row.right_id is None:
            alone[row.left_id].append(opinion)
        else:
            found[row.left_id, row.right_id].append(opinion)
    for (left_id, _), opinions in found.items():
        if any(opinion.kind == "accepted" for opinion in opinions):
            opinions += alone[left_id]
    return [
        Disagreement(*pair, tuple(sorted(opinions, key=lambda opinion: opinion.decided_at)))
        for pair, opinions in sorted(found.items())
    ]
