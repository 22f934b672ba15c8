"""Accepting many candidates at once from the command line, as one step of the journal."""

from __future__ import annotations

import numpy as np
from sqlalchemy import text

from core.errors import MimeaError
from core.review.bulk_plan import HELD, carry_out, plan_bulk
from core.store.project_file import ProjectFile

_CHOSEN = text(f"""
WITH held AS MATERIALIZED ({HELD}),
parked AS MATERIALIZED (SELECT left_id, right_id FROM current_verdict WHERE kind = 'unsure')
SELECT c.id FROM candidate c
WHERE c.run_id = :run AND c.score >= :threshold AND (:probability = 0 OR c.probability >= :probability)
  AND (:any = 1 OR c.rank = 1) AND (:one_sided = 1 OR c.mutual)
  AND c.left_id NOT IN (SELECT left_id FROM held) AND c.right_id NOT IN (SELECT right_id FROM held)
  AND NOT EXISTS (SELECT 1 FROM parked x WHERE x.left_id = c.left_id AND x.right_id = c.right_id)
""")


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
    """Accept the best candidates of what is neither decided nor a seed, in one step; returns how many.

    Without ``one_to_one`` a left entity's best candidate is taken, with it the one-to-one choice among all
    candidates that is worth the most: where the run has probabilities the one with the most right pairs to
    expect, elsewhere the one with the highest total score. ``mutual`` keeps pairs that are each
    other's best, ``threshold`` those that score at least that much, ``probability`` those that are at least
    that likely to be right.

    Raises:
        MimeaError: the run has no candidates, or no probabilities and one is asked for.
    """
    values = {
        "run": run_id,
        "threshold": threshold,
        "probability": probability,
        "any": int(one_to_one),
        "one_sided": int(not mutual),
    }
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
        ids = np.array(session.scalars(_CHOSEN, values).all(), np.int64)
        plan = plan_bulk(session, run_id, "accepted", ids, exclusive=one_to_one)
    if len(plan):
        carry_out(project, plan, author)
    return len(plan)
