"""How reviewing goes: what one person decided since the morning, how fast, and how often as the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from core.review.journal import BULK_NOTES, FILE_NOTE
from core.review.progress import Left, correct_pairs_left
from core.review.recheck import Precision, accepted_precision
from core.store.candidates import reviewable_run

PAUSE = 120.0  # seconds: a longer time between two verdicts was no deciding
_SINCE = """
SELECT decided_at, note, run_id FROM verdict
WHERE author = :author AND decided_at >= :since AND undone_at IS NULL ORDER BY decided_at
"""
# The model says that the first candidate of a left entity is its counterpart, and that no other is.
_AGREED = text("""
SELECT count(*) AS compared,
  sum(CASE WHEN v.kind = 'accepted' AND c.rank = 1 OR v.kind = 'rejected' AND c.rank > 1 THEN 1 ELSE 0 END)
    AS agreed
FROM current_verdict v LEFT JOIN candidate c
  ON c.run_id = v.run_id AND c.left_id = v.left_id AND c.right_id = v.right_id
WHERE v.author = :author AND v.note NOT IN :bulk AND v.run_id IS NOT NULL
  AND (c.id IS NOT NULL AND v.kind IN ('accepted', 'rejected') OR v.kind = 'no_counterpart')
""").bindparams(bindparam("bulk", expanding=True))


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """Of one author; ``agreed`` of the ``compared`` verdicts in force, given one by one, are the model's."""

    decided: int  # since the given time, one by one
    in_bulk: int
    pace: float | None  # verdicts an hour, pauses left out; None before there is a second one
    agreed: int
    compared: int
    precision: Precision  # of all that is accepted, by anybody
    left: Left | None  # correct pairs among the undecided; None where no run says how likely they are

    @property
    def agreement(self) -> float | None:
        """Share of the verdicts that are what the model says; None where there is none to compare."""
        return self.agreed / self.compared if self.compared else None


def session_facts(session: Session, author: str, since: str) -> SessionFacts:
    """The facts as of now; ``since`` is an ISO 8601 time in UTC, as the journal writes it."""
    rows = session.execute(text(_SINCE), {"author": author, "since": since}).all()
    by_hand = [row.decided_at for row in rows if not _in_bulk(row.note, row.run_id)]
    run_id = reviewable_run(session)
    compared, agreed = session.execute(_AGREED, {"author": author, "bulk": BULK_NOTES}).one()
    return SessionFacts(
        decided=len(by_hand),
        in_bulk=len(rows) - len(by_hand),
        pace=_pace(by_hand),
        agreed=agreed or 0,
        compared=compared,
        precision=accepted_precision(session),
        left=None if run_id is None else correct_pairs_left(session, run_id),
    )


def _in_bulk(note: str, run_id: int | None) -> bool:
    """Whether a verdict was given with many others, or read from a file."""
    return note in BULK_NOTES or (run_id is None and note.startswith(FILE_NOTE))


def _pace(times: Sequence[str]) -> float | None:
    moments = [datetime.fromisoformat(time).timestamp() for time in times]
    gaps = [after - before for before, after in pairwise(moments)]
    spent = [gap for gap in gaps if 0 < gap <= PAUSE]
    return 3600 * len(spent) / sum(spent) if spent else None
