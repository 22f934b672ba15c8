"""The journal as a person reads it: every verdict, newest first, with what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from core.review.journal import VerdictKind
from core.store.candidates import Ids
from core.store.schema import Verdict

# Thousands may share a step: it is counted once.
_ROWS = """
WITH counted AS MATERIALIZED (
  SELECT step, count(*) AS together FROM verdict
  WHERE step IN (SELECT step FROM verdict WHERE id IN :ids) GROUP BY step)
SELECT v.id, v.step, v.left_id, v.right_id, l.label AS left_label, r.label AS right_label, v.kind, v.author,
  v.note, v.decided_at, v.undone_at, EXISTS (SELECT 1 FROM current_verdict c WHERE c.id = v.id) AS in_force,
  counted.together
FROM verdict v JOIN counted ON counted.step = v.step
JOIN entity l ON l.id = v.left_id LEFT JOIN entity r ON r.id = v.right_id WHERE v.id IN :ids
"""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A verdict of the journal; ``together`` counts those that were given in the same step.

    One that is neither in force nor undone was replaced by a later verdict.
    """

    id: int
    step: int
    together: int
    left_id: int
    right_id: int | None
    left_label: str
    right_label: str | None
    kind: VerdictKind
    author: str
    note: str
    decided_at: str
    undone_at: str | None
    in_force: bool


def history_ids(session: Session) -> Ids:
    """The ids of all verdicts, newest first. shape: ``(n,)``."""
    return np.fromiter(session.scalars(select(Verdict.id).order_by(Verdict.id.desc())), np.int64)


def history_rows(session: Session, ids: Sequence[int]) -> list[HistoryRow]:
    """The verdicts of ``ids``, in the order asked for; ids that don't exist are left out."""
    statement = text(_ROWS).bindparams(bindparam("ids", expanding=True))
    found = {row.id: row for row in session.execute(statement, {"ids": list(ids)})}
    return [
        HistoryRow(**(dict(found[i]._mapping) | {"in_force": bool(found[i].in_force)}))
        for i in ids
        if i in found
    ]
