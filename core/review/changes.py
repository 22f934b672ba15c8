"""What a run changed against the one before: verdicts that it contradicts, pairs that jumped, other bests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.store.candidates import KNOWN, VerdictKind, reviewable_run

JUMP = 3  # places that a pair must have gained to count
TOP = 3  # and among which it must be now
SURE = 0.9  # the probability from which a candidate speaks against "no counterpart"


@dataclass(frozen=True, slots=True)
class Change:
    """A pair and its rank among its left entity's candidates in both runs; None: it is none of them."""

    left_id: int
    right_id: int
    left_label: str
    right_label: str
    before: int | None
    now: int | None
    verdict: VerdictKind | None = None  # the one that the run contradicts


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two runs; entities that are settled count among the contradicted alone."""

    run_id: int
    before_id: int | None  # None: the run is the first, and only verdicts can be compared with it
    # Accepted pairs that are no longer first, rejected ones that are, likely ones of who has no counterpart.
    contradicted: Sequence[Change] = ()
    jumped: Sequence[Change] = ()
    best: Sequence[Change] = ()  # the best candidate of an entity that had another


_SETTLED = f"""
SELECT left_id FROM current_verdict WHERE kind IN ('accepted', 'no_counterpart')
UNION SELECT left_id FROM ({KNOWN}) AS known
"""
# Of an accepted pair that is no candidate any more nothing can be shown but what stands in its place.
_CONTRADICTED = f"""
WITH held AS MATERIALIZED
  (SELECT left_id, right_id, kind FROM current_verdict
   WHERE kind IN ('accepted', 'rejected', 'no_counterpart')),
shown AS (
  SELECT h.left_id, coalesce(n.right_id, f.right_id) AS right_id, h.kind, coalesce(n.rank, 1) AS now, f.score
  FROM held h JOIN candidate f ON f.run_id = :run AND f.left_id = h.left_id AND f.rank = 1
  LEFT JOIN candidate n ON n.run_id = :run AND n.left_id = h.left_id AND n.right_id = h.right_id
  WHERE h.kind = 'accepted' AND f.right_id <> h.right_id
    AND NOT EXISTS (SELECT 1 FROM held a WHERE a.kind = 'accepted' AND a.left_id = h.left_id
                    AND a.right_id = f.right_id)
  OR h.kind = 'rejected' AND f.right_id = h.right_id
  OR h.kind = 'no_counterpart' AND f.probability >= {SURE})
SELECT s.left_id, s.right_id, s.kind, o.rank AS before, s.now, s.score AS weight
FROM shown s LEFT JOIN candidate o
  ON o.run_id = :before AND o.left_id = s.left_id AND o.right_id = s.right_id
"""
_JUMPED = f"""
SELECT n.left_id, n.right_id, NULL AS kind, o.rank AS before, n.rank AS now,
  coalesce(o.rank, :beyond) - n.rank + n.score / 10 AS weight
FROM candidate n LEFT JOIN candidate o
  ON o.run_id = :before AND o.left_id = n.left_id AND o.right_id = n.right_id
WHERE n.run_id = :run AND n.rank <= {TOP} AND coalesce(o.rank, :beyond) - n.rank >= {JUMP}
  AND n.left_id NOT IN ({_SETTLED})
"""
_BEST = f"""
SELECT n.left_id, n.right_id, NULL AS kind, p.rank AS before, n.rank AS now, n.score AS weight
FROM candidate n JOIN candidate o ON o.run_id = :before AND o.left_id = n.left_id AND o.rank = 1
LEFT JOIN candidate p ON p.run_id = :before AND p.left_id = n.left_id AND p.right_id = n.right_id
WHERE n.run_id = :run AND n.rank = 1 AND n.right_id <> o.right_id AND n.left_id NOT IN ({_SETTLED})
"""
_PREVIOUS = """
SELECT max(r.id) FROM run r WHERE r.id < :run AND r.status <> 'running'
AND EXISTS (SELECT 1 FROM candidate c WHERE c.run_id = r.id)
"""
_NEW = """
SELECT (SELECT count(*) FROM current_verdict WHERE kind <> 'unsure' AND id > :newest)
  + (SELECT count(*) FROM verdict WHERE kind <> 'unsure' AND id <= :newest AND undone_at > :began)
"""


def changes(session: Session, run_id: int | None = None) -> Changes | None:
    """What a run, without ``run_id`` the newest with candidates, changed; None where there is none."""
    run_id = reviewable_run(session) if run_id is None else run_id
    if run_id is None:
        return None
    before = session.scalar(text(_PREVIOUS), {"run": run_id})
    beyond = "SELECT max(rank) + 1 FROM candidate WHERE run_id = :before"
    values = {"run": run_id, "before": before, "beyond": session.scalar(text(beyond), {"before": before})}
    parts = [
        [] if before is None and sql is not _CONTRADICTED else _read(session, sql, values)
        for sql in (_CONTRADICTED, _JUMPED, _BEST)
    ]
    return Changes(run_id, before, *parts)


def new_verdicts(session: Session) -> int:
    """How many verdicts, given or undone since it began, the newest run with candidates doesn't know."""
    run = session.execute(
        text("SELECT newest_verdict, started_at FROM run WHERE id = :run"), {"run": reviewable_run(session)}
    ).first()
    if run is None:
        return 0
    return int(session.scalar(text(_NEW), {"newest": run.newest_verdict or 0, "began": run.started_at}) or 0)


def _read(session: Session, sql: str, values: dict[str, int | None]) -> list[Change]:
    rows = session.execute(
        text(
            "SELECT c.*, l.label AS left_label, r.label AS right_label"
            f" FROM ({sql}) AS c JOIN entity l ON l.id = c.left_id JOIN entity r ON r.id = c.right_id"
            " ORDER BY c.weight DESC, c.left_id"
        ),
        values,
    )
    return [
        Change(row.left_id, row.right_id, row.left_label, row.right_label, row.before, row.now, row.kind)
        for row in rows
    ]
