"""Accepting many candidates at once, as one step of the journal."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching
from sqlalchemy import text

from core.errors import MimeaError
from core.review.journal import BULK_NOTE, Decision, decide
from core.store.project_file import ProjectFile

_OPEN_CANDIDATES = """
SELECT c.left_id, c.right_id, c.rank, c.score, c.mutual FROM candidate c
WHERE c.run_id = :run AND c.score >= :threshold
  AND NOT EXISTS (SELECT 1 FROM current_verdict v WHERE v.left_id = c.left_id
                  AND (v.right_id = c.right_id OR v.kind IN ('accepted', 'no_counterpart')))
  AND NOT EXISTS (SELECT 1 FROM current_verdict v WHERE v.right_id = c.right_id AND v.kind = 'accepted')
"""


def accept_candidates(
    project: ProjectFile,
    run_id: int,
    *,
    threshold: float = float("-inf"),
    mutual: bool = False,
    one_to_one: bool = False,
    author: str = "",
) -> int:
    """Accept the best candidates that nothing decided excludes; returns how many, in one undoable step.

    Without ``one_to_one`` a left entity's best candidate is taken, with it the one-to-one choice among all
    candidates whose scores add up to the most. ``mutual`` keeps pairs that are each other's best,
    ``threshold`` those that score at least that much.

    Raises:
        MimeaError: the run has no candidates.
    """
    with project.read() as session:
        if not session.scalar(
            text("SELECT EXISTS (SELECT 1 FROM candidate WHERE run_id = :run)"), {"run": run_id}
        ):
            raise MimeaError(f"run {run_id} has no candidates to accept; train first")
        rows = session.execute(text(_OPEN_CANDIDATES), {"run": run_id, "threshold": threshold}).all()
    kept = [row for row in rows if row.mutual or not mutual]
    if one_to_one:
        chosen = best_matching([(row.left_id, row.right_id, row.score) for row in kept])
        pairs = [kept[index] for index in chosen]
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


def best_matching(pairs: list[tuple[int, int, float]]) -> list[int]:
    """Indices of the one-to-one subset of scored ``(left, right, score)`` pairs with the highest total score.

    A pair whose score is not positive adds nothing and is never chosen. Each left entity gets a private
    stand-in that is worth nothing, since SciPy's solver wants every left node matched.
    """
    useful = [index for index, (_, _, score) in enumerate(pairs) if score > 0]
    if not useful:
        return []
    left, left_index = np.unique([pairs[i][0] for i in useful], return_inverse=True)
    right, right_index = np.unique([pairs[i][1] for i in useful], return_inverse=True)
    score = np.array([pairs[i][2] for i in useful])
    rows = np.concatenate([left_index, np.arange(len(left))])
    columns = np.concatenate([right_index, len(right) + np.arange(len(left))])
    # An explicit zero would be dropped as "no edge": shift all values of this minimisation above it.
    most = score.max() + 1.0
    cost = np.concatenate([most - score, np.full(len(left), most)])
    graph = csr_array((cost, (rows, columns)), shape=(len(left), len(right) + len(left)))
    matched_rows, matched_columns = min_weight_full_bipartite_matching(graph)
    position = {(int(r), int(c)): i for r, c, i in zip(left_index, right_index, useful, strict=True)}
    found = (position.get((int(r), int(c))) for r, c in zip(matched_rows, matched_columns, strict=True))
    return sorted(index for index in found if index is not None)
