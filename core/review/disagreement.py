"""Where people who share a project have decided differently; every decision stays in the journal."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.review.journal import VerdictKind
from core.store.candidates import UNSETTLED


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
    """All that nobody has settled, by pair.

    "No counterpart" of the left entity stands against each pair accepted for it. A verdict whose note begins
    with :data:`core.store.candidates.SETTLED` ends the matter, until somebody decides anew.
    """
    return _found(session, "")


def disagreement_on(session: Session, left_id: int, right_id: int) -> tuple[Opinion, ...]:
    """What is held of a pair on which authors differ; empty where they don't, or where it is settled."""
    found = _found(session, " WHERE left_id = :left", left=left_id)
    return next((each.opinions for each in found if each.right_id == right_id), ())


def disagreement_count(session: Session) -> int:
    """On how many pairs authors differ."""
    authors = session.scalar(text("SELECT count(DISTINCT author) FROM verdict WHERE undone_at IS NULL"))
    return len(disagreements(session)) if authors and authors > 1 else 0


def _found(session: Session, where: str, **values: int) -> list[Disagreement]:
    rows = session.execute(
        text(
            f"SELECT left_id, right_id, author, kind, note, decided_at FROM ({UNSETTLED}) AS u{where}"
            " ORDER BY left_id, right_id, id"
        ),
        values,
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
