"""Accepting many candidates at once, as one step of the journal."""

from __future__ import annotations

import numpy as np
from sqlalchemy import text

from core.alignment.assignment import one_to_one as assign
from core.errors import MimeaError
from core.review.journal import BULK_NOTE, Decision, decide
from core.store.project_file import ProjectFile

_OPEN_CANDIDATES = """
SELECT c.left_id, c.right_id, c.rank, c.score, c.probability, c.mutual FROM candidate c
WHERE c.run_id = :run AND c.score >= :threshold AND (:probability = 0 OR c.probability >= :probability)
  AND NOT EXISTS (SELECT 1 FROM current_verdict v WHERE v.left_id = c.left_id
                  AND (v.right_id = c.right_id OR v.kind IN ('accepted', 'no_counterpart')))
  AND NOT EXISTS (SELECT 1 FROM current_verdict v WHERE v.right_id = c.right_id AND v.kind = 'accepted')
"""


def accept_candidates(
    project: ProjectFile,
    run_id: int,
    *,
    threshold: float = float("-inf"),
    probability: float = 0.0,
    mutual: bool = False,
    one_to_one: bool = False,
    author: str = "",
) -> int:
    """Accept the best candidates that nothing decided excludes; returns how many, in one undoable step.

    Without ``one_to_one`` a left entity's best candidate is taken, with it the one-to-one choice among all
    candidates that is worth the most: where the run has probabilities the one with the most right pairs to
    expect, elsewhere the one with the highest total score. ``mutual`` keeps pairs that are each
    other's best, ``threshold`` those that score at least that much, ``probability`` those that are at least
    that likely to be right.

    Raises:
        MimeaError: the run has no candidates, or no probabilities and one is asked for.
    """
    with project.read() as session:
        if not session.scalar(
            text("SELECT EXISTS (SELECT 1 FROM candidate WHERE run_id = :run)"), {"run": run_id}
        ):
            raise MimeaError(f"run {run_id} has no candidates to accept; train first")
        if probability and not session.scalar(
            text("SELECT EXISTS (SELECT 1 FROM candidate WHERE run_id = :run AND probability IS NOT NULL)"),
            {"run": run_id},
        ):
            raise MimeaError(
                f"run {run_id} has no probabilities: it held no seeds out; train with validation_ratio set"
            )
        rows = session.execute(
            text(_OPEN_CANDIDATES), {"run": run_id, "threshold": threshold, "probability": probability}
        ).all()
    kept = [row for row in rows if row.mutual or not mutual]
    if one_to_one:
        left, right = (
            np.array(column, np.int64)
            for column in ([row.left_id for row in kept], [row.right_id for row in kept])
        )
        worth = [row.score if row.probability is None else row.probability for row in kept]
        pairs = [kept[index] for index in assign(left, right, np.array(worth, np.float64))]
    else:
        pairs = [row for row in kept if row.rank == 1]
    if pairs:
        decide(
            project,
            [
                Decision(row.left_id, row.right_id, "accepted", row.score, run_id, author, note=BULK_NOTE)
                for row in pairs
            ],
        )
    return len(pairs)
