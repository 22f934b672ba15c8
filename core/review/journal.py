"""The verdict journal: every decision is on disk before the function that took it returns.

Undo and redo live here, not in the window, so that they survive a restart. An action is a *step*: one
verdict, or all those of a bulk action. The undone steps after the last one in force can be redone; a new
decision buries them (they stay in the journal). Beside this, any verdicts can be revoked and restored
wherever they stand: undo passes over what is revoked already, and redo brings back what one undo took.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import ColumnElement, func, insert, select, text, true, update
from sqlalchemy.orm import Session

from core.store.project_file import ProjectFile
from core.store.schema import Verdict
from core.store.vanished import ON_PRESENT

VerdictKind = Literal["accepted", "rejected", "unsure", "no_counterpart"]
IN_FORCE = Verdict.undone_at.is_(None)
BULK_NOTE = "accepted in bulk"  # tells such a verdict from one on a pair that somebody looked at
BULK_REJECTED_NOTE = "rejected in bulk"
BULK_NOTES = (BULK_NOTE, BULK_REJECTED_NOTE)
FILE_NOTE = "from "  # and the name of the file that such a verdict, without a run, was imported from
FOUND_NOTE = "found by hand"  # in the whole other graph, rather than among the candidates


@dataclass(frozen=True, slots=True)
class Decision:
    """What a curator decided of a pair; ``right_id`` is None exactly for ``no_counterpart``."""

    left_id: int
    right_id: int | None
    kind: VerdictKind
    score_shown: float | None = None
    run_id: int | None = None
    author: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One user action as it stands in the journal."""

    number: int
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class VerdictCounts:
    """How many verdicts of each kind are in force."""

    accepted: int = 0
    rejected: int = 0
    unsure: int = 0
    no_counterpart: int = 0

    @property
    def total(self) -> int:
        """All verdicts in force."""
        return self.accepted + self.rejected + self.unsure + self.no_counterpart


def decide(project: ProjectFile, decisions: Sequence[Decision]) -> Step:
    """Write ``decisions`` as one step; they are on disk when this returns.

    Raises:
        ValueError: no decision, or ``right_id`` does not fit the kind.
    """
    if not decisions:
        raise ValueError("a step needs at least one decision")
    for decision in decisions:
        if (decision.right_id is None) != (decision.kind == "no_counterpart"):
            raise ValueError(f"{decision.kind} with right_id {decision.right_id}")
    time = now()
    with project.write() as session:
        number = (session.scalar(select(func.max(Verdict.step))) or 0) + 1
        session.execute(
            insert(Verdict),
            [
                {"step": number, "decided_at": time} | {f.name: getattr(d, f.name) for f in fields(d)}
                for d in decisions
            ],
        )
    return Step(number, tuple(decisions))


def undo(project: ProjectFile, author: str | None = None) -> Step | None:
    """Take the last step in force back; None when there is none. With ``author`` only theirs count."""
    mine = _by(author)
    with project.write() as session:
        number = session.scalar(select(func.max(Verdict.step)).where(IN_FORCE, mine))
        return _mark(session, now(), Verdict.step == number, IN_FORCE, mine)


def redo(project: ProjectFile, author: str | None = None) -> Step | None:
    """Bring back the step that was undone last; None when there is none after the last one in force."""
    mine = _by(author)
    with project.write() as session:
        undone = _redoable(session, mine)
        if undone is None:
            return None
        number, time = undone
        return _mark(session, None, Verdict.step == number, Verdict.undone_at == time, ON_PRESENT, mine)


def revoke(project: ProjectFile, verdicts: Sequence[int]) -> Step | None:
    """Take some verdicts back, by their ids, and leave all others; None where none was in force."""
    with project.write() as session:
        return _mark(session, now(), Verdict.id.in_(verdicts), IN_FORCE)


def restore(project: ProjectFile, verdicts: Sequence[int]) -> Step | None:
    """Bring back verdicts that were undone or revoked; None where there was none.

    Each counts as of when it was decided: a later one on the same pair still holds.
    """
    with project.write() as session:
        return _mark(session, None, Verdict.id.in_(verdicts), ~IN_FORCE, ON_PRESENT)


def history_state(session: Session, author: str | None = None) -> tuple[bool, bool]:
    """(can undo, can redo), with ``author`` of their own steps."""
    mine = _by(author)
    live = session.scalar(select(func.max(Verdict.step)).where(IN_FORCE, mine))
    return live is not None, _redoable(session, mine) is not None


def verdict_counts(session: Session) -> VerdictCounts:
    """Verdicts in force by kind."""
    rows = session.execute(text("SELECT kind, count(*) AS number FROM current_verdict GROUP BY kind"))
    return VerdictCounts(**{row.kind: row.number for row in rows})


def current_verdicts(session: Session) -> Iterator[Decision]:
    """The verdicts in force, oldest first."""
    for row in session.execute(text("SELECT * FROM current_verdict ORDER BY id")):
        yield Decision(**{f.name: getattr(row, f.name) for f in fields(Decision)})


def _by(author: str | None) -> ColumnElement[bool]:
    return true() if author is None else Verdict.author == author


def _redoable(session: Session, mine: ColumnElement[bool]) -> tuple[int, str] | None:
    """(step, when it was undone)."""
    live = session.scalar(select(func.max(Verdict.step)).where(IN_FORCE, mine)) or 0
    # The one undone last: those undone before a newer decision are buried below it, and stay so.
    row = session.execute(
        select(Verdict.step, Verdict.undone_at)
        .where(Verdict.step > live, ON_PRESENT, mine)
        .order_by(Verdict.undone_at.desc(), Verdict.step)
        .limit(1)
    ).first()
    return None if row is None else (row.step, row.undone_at)


def _mark(session: Session, undone_at: str | None, *which: ColumnElement[bool]) -> Step | None:
    """Set when the verdicts of ``which`` were undone; the step is that of the newest."""
    rows = session.scalars(select(Verdict).where(*which).order_by(Verdict.id)).all()
    if not rows:
        return None
    marked = Step(
        rows[-1].step,
        tuple(Decision(**{f.name: getattr(r, f.name) for f in fields(Decision)}) for r in rows),
    )
    session.execute(
        update(Verdict).where(*which).values(undone_at=undone_at),
        execution_options={"synchronize_session": False},
    )
    return marked


def now() -> str:
    """The time as the journal writes it: ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
