"""Blind re-review: random accepted pairs are judged again, with score and old verdict hidden.

The share that is confirmed estimates the precision of what is accepted. A random sample is as good for the
many verdicts given in bulk as for those given one by one.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from core.review.journal import now
from core.store.project_file import ProjectFile
from core.store.schema import Recheck

Answer = Literal["accepted", "rejected", "unsure"]
_OPEN = """
SELECT v.id, v.left_id, v.right_id FROM current_verdict v
WHERE v.kind = 'accepted' AND NOT EXISTS (SELECT 1 FROM recheck r WHERE r.verdict_id = v.id) ORDER BY v.id
"""
_Z = 1.959964  # of the normal distribution, for 95 %


@dataclass(frozen=True, slots=True)
class RecheckPair:
    """An accepted pair to judge again."""

    verdict_id: int
    left_id: int
    right_id: int


@dataclass(frozen=True, slots=True)
class Precision:
    """What the answers so far say; ``unsure`` ones are in neither count of the share."""

    confirmed: int
    refused: int
    unsure: int

    @property
    def share(self) -> float | None:
        """Estimated share of accepted pairs that are right; None without an answer."""
        judged = self.confirmed + self.refused
        return self.confirmed / judged if judged else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % confidence interval of the share (Wilson 1927); None without an answer."""
        n, p = self.confirmed + self.refused, self.share
        if p is None:
            return None
        middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        return max(0.0, middle - half), min(1.0, middle + half)


def recheck_sample(session: Session, size: int, rng: random.Random) -> list[RecheckPair]:
    """At most ``size`` accepted pairs in force, at random, of those that nobody judged again yet."""
    rows = session.execute(text(_OPEN)).all()
    return [RecheckPair(*row) for row in rng.sample(rows, min(size, len(rows)))]


def record_recheck(project: ProjectFile, verdict_id: int, kind: Answer, author: str) -> None:
    """Write an answer; it is on disk when this returns.

    Raises:
        ValueError: ``kind`` is no answer.
    """
    if kind not in get_args(Answer):
        raise ValueError(f"{kind} is no answer")
    with project.write() as session:
        session.execute(
            insert(Recheck).values(verdict_id=verdict_id, kind=kind, author=author, decided_at=now())
        )


def accepted_precision(session: Session) -> Precision:
    """The estimate from all answers so far."""
    query = select(Recheck.kind, func.count()).group_by(Recheck.kind)
    counts = {kind: number for kind, number in session.execute(query)}  # noqa: C416, rows are no plain tuples
    return Precision(counts.get("accepted", 0), counts.get("rejected", 0), counts.get("unsure", 0))
