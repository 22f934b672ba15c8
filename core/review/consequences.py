"""What accepting a pair would change among the pairs that wait for a verdict."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Consequences:
    """Of the pairs that the run proposed, only those that wait for a verdict count.

    Two entities that are linked to those of an accepted pair, each on its side, are supported by it. How far
    that takes them is for the next run to say: here it counts only whose best candidate is among them.
    """

    excluded: int  # pairs of which one entity would have its counterpart
    displaced: int  # those of them that are the best left of another left entity
    confirmed: int  # left neighbours whose best left is supported
    lifted: int  # left neighbours that have only other candidates which are


# The best left: every better candidate of its left entity was rejected. The plus keeps SQLite on the index of
# the left entities.
_COUNTS = text("""
WITH touched AS (
  SELECT id FROM candidate WHERE run_id = :run AND left_id = :left
  UNION SELECT id FROM candidate WHERE run_id = :run AND right_id = :right
  UNION SELECT id FROM candidate WHERE run_id = :run
  AND left_id IN (SELECT tail_id FROM relation_triple WHERE head_id = :left
                  UNION ALL SELECT head_id FROM relation_triple WHERE tail_id = :left)
  AND +right_id IN (SELECT tail_id FROM relation_triple WHERE head_id = :right
                    UNION ALL SELECT head_id FROM relation_triple WHERE tail_id = :right)),
open AS (
  SELECT c.left_id, c.right_id, NOT EXISTS (
    SELECT 1 FROM candidate b WHERE b.run_id = :run AND b.left_id = c.left_id AND b.rank < c.rank
    AND NOT EXISTS (SELECT 1 FROM current_verdict v WHERE v.left_id = b.left_id AND v.right_id = b.right_id
                    AND v.kind = 'rejected')) AS is_best
  FROM candidate c WHERE c.id IN (SELECT id FROM touched)
  AND NOT (c.left_id = :left AND c.right_id = :right)
  AND NOT EXISTS (SELECT 1 FROM current_verdict v WHERE v.left_id = c.left_id
                  AND (v.kind IN ('accepted', 'no_counterpart') OR v.right_id = c.right_id))
  AND NOT EXISTS (SELECT 1 FROM run_seed s WHERE s.run_id = :run AND s.left_id = c.left_id
                  AND s.role = 'seed' AND NOT EXISTS (
                    SELECT 1 FROM current_verdict v WHERE v.left_id = s.left_id AND v.right_id = s.right_id
                    AND v.kind = 'rejected')))
SELECT count(*) AS excluded, count(*) FILTER (WHERE left_id <> :left AND is_best) AS displaced,
  (SELECT count(DISTINCT left_id) FROM open WHERE left_id <> :left AND right_id <> :right AND is_best)
    AS confirmed,
  (SELECT count(DISTINCT left_id) FROM open WHERE left_id <> :left AND right_id <> :right) AS supported
FROM open WHERE left_id = :left OR right_id = :right
""")


def consequences_of(session: Session, run_id: int, left_id: int, right_id: int) -> Consequences:
    """What accepting a pair would change."""
    row = session.execute(_COUNTS, {"run": run_id, "left": left_id, "right": right_id}).one()
    return Consequences(row.excluded, row.displaced, row.confirmed, row.supported - row.confirmed)
