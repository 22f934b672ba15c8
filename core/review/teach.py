"""The pairs whose verdicts would teach the next run most, as a queue of their own."""

from __future__ import annotations

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.alignment.teaching import gains, neighbourhood
from core.store.arrays import entity_ids, relation_triples
from core.store.candidates import KNOWN

BATCH = 100  # pairs between two refreshes

# The best candidate of each undecided entity that was not rejected, as the review list shows it.
_SHOWN = f"""
WITH in_force AS MATERIALIZED (SELECT left_id, right_id, kind FROM current_verdict),
settled AS MATERIALIZED (
  SELECT left_id FROM in_force WHERE kind <> 'rejected'
  UNION SELECT left_id FROM ({KNOWN}) AS known)
SELECT c.left_id, c.right_id, c.rank, coalesce(c.probability, c.score) AS chance FROM candidate c
WHERE c.run_id = :run AND c.left_id NOT IN (SELECT left_id FROM settled)
  AND NOT EXISTS (SELECT 1 FROM in_force f WHERE f.left_id = c.left_id AND f.right_id = c.right_id)
ORDER BY c.left_id, c.rank
"""
_KNOWN = f"""
SELECT left_id FROM current_verdict WHERE kind = 'accepted'
UNION SELECT left_id FROM ({KNOWN}) AS known
"""


def pairs_to_teach(session: Session, run_id: int, count: int = BATCH) -> list[tuple[int, int]]:
    """(left, right) pairs in the order in which their verdicts teach most; ``count`` or less.

    Where the run has no calibrated probabilities its scores take their place.
    """
    ids = entity_ids(session, "left")
    triples = relation_triples(session, "left")
    rows = np.stack(
        [np.searchsorted(ids, triples[:, 0]), triples[:, 1], np.searchsorted(ids, triples[:, 2])], axis=1
    )
    known = np.zeros(len(ids), dtype=bool)
    accepted = list(session.scalars(text(_KNOWN), {"run": run_id}))
    known[np.searchsorted(ids, np.array(accepted, dtype=np.int64))] = True
    shown: dict[int, tuple[int, float]] = {}
    for row in session.execute(text(_SHOWN), {"run": run_id}):
        shown.setdefault(row.left_id, (row.right_id, row.chance))
    chances = np.zeros(len(ids))
    places = np.searchsorted(ids, np.fromiter(shown, dtype=np.int64, count=len(shown)))
    chances[places] = [min(max(chance, 0.0), 1.0) for _, chance in shown.values()]
    gain = gains(neighbourhood(rows, len(ids)), known, chances)
    best = places[np.argsort(-gain[places], kind="stable")[:count]]
    return [(int(ids[place]), shown[int(ids[place])][0]) for place in best if gain[place] > 0]
