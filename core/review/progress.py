"""How many correct pairs are still undecided: when to stop reviewing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.store.arrays import verdicts_in_force
from core.store.candidate_columns import candidate_columns
from core.store.candidates import pair_keys
from core.store.runs import run_pairs

Numbers = NDArray[np.float64]
Truth = NDArray[np.bool_]
Rows = NDArray[np.int64]
Pairs = NDArray[np.int64]

# Log odds are corrected to `shift + slope * odds`: means and standard deviations before any verdict.
_MEAN = np.array([0.0, 1.0])
_PRIOR = np.array([1.0, 0.2])
_OFF = 0.25  # how far it is off on the demo, beside chance: 94 % of truths are in range in the list's order
_CLIP = 1e-6
_STEPS = 30
_SHARING = 20  # rounds


@dataclass(frozen=True, slots=True)
class Left:
    """Correct pairs to expect among the undecided candidates: their number and its standard deviation.

    ``settled`` are those that are known or accepted.
    """

    expected: float
    deviation: float
    settled: int = 0

    @property
    def range(self) -> tuple[float, float]:
        """Where the number lies with a probability of 95 %, as far as the estimate holds."""
        return max(0.0, self.expected - 1.96 * self.deviation), self.expected + 1.96 * self.deviation

    @property
    def share_settled(self) -> float | None:
        """The share of all correct pairs that is settled; None where there is none at all."""
        total = self.settled + self.expected
        return self.settled / total if total else None


def correct_left(undecided: Numbers, pairs: Pairs, decided: Numbers, right: Truth) -> Left:
    """The number of correct pairs among undecided candidates.

    Calibrated probabilities were learned from held-out links, which need not be like the rest: an entity
    without a counterpart is never among them. Two things correct them. Verdicts do, by a shift and a slope of
    all log odds, the most likely ones under a normal prior around none. And an entity has one counterpart at
    most: where the candidates of an entity of either side promise more than one together, they share it. The
    counterparts of entities that have none are claimed by others, so this alone takes most of the excess. A
    calibration that is wrong in other ways is not repaired, and pairs that are no candidates are not counted.

    Args:
        undecided: probability of each candidate that nothing decided excludes. Shape: ``(n,)``.
        pairs: left and right entity of each. Shape: ``(n, 2)``.
        decided: probability of each candidate that a verdict says is right or wrong, as its own run had it.
            Shape: ``(m,)``.
        right: what the verdict says. Shape: ``(m,)``.
    """
    correction, covariance = _correction(_features(decided), right)
    features = _features(undecided)
    left, other = (np.unique(side, return_inverse=True)[1] for side in pairs.T)

    def shared(weights: Numbers) -> Numbers:
        return _one_to_one(expit(features @ weights), left, other)

    p = shared(correction)
    expected = float(p.sum())
    spread = float((p * (1 - p)).sum())
    # By chance, as far as the correction isn't known, and as far as the estimate is wrong in other ways.
    steps = np.sqrt(np.diag(covariance))
    slopes = [(shared(correction + step).sum() - expected) / step.max() for step in np.diag(steps)]
    unknown = float(slopes @ covariance @ slopes)
    return Left(expected, float(np.sqrt(spread + unknown + (_OFF * expected) ** 2)))


def _features(probability: Numbers) -> Numbers:
    odds = logit(probability.astype(np.float64).clip(_CLIP, 1 - _CLIP))
    return np.stack([np.ones_like(odds), odds], axis=1)


def _correction(features: Numbers, right: Truth) -> tuple[Numbers, Numbers]:
    """The most likely shift and slope, and their covariance."""
    weights, precision = _MEAN, np.diag(_PRIOR**-2)
    for _ in range(_STEPS):  # Newton's; the posterior is concave
        p = expit(features @ weights)
        precision = (features * (p * (1 - p))[:, None]).T @ features + np.diag(_PRIOR**-2)
        step = np.linalg.solve(precision, features.T @ (right - p) - (weights - _MEAN) / _PRIOR**2)
        weights = weights + step.clip(-1, 1)
        if np.abs(step).max() < 1e-9:
            break
    return weights, np.linalg.inv(precision)


def _one_to_one(probability: Numbers, left: Rows, right: Rows) -> Numbers:
    """Probabilities that come to one at most for each entity, whose candidates share alike what is too much.

    Args:
        probability: of each pair. Shape: ``(n,)``.
        left, right: numbers of its entities from 0 on. Shape: ``(n,)``.
    """
    for _ in range(_SHARING):
        for side in (right, left):
            probability = probability / np.maximum(np.bincount(side, probability), 1)[side]
    return probability


# An accepted pair says of all other candidates of its left entity that they are wrong.
_DECIDED = """
WITH in_force AS MATERIALIZED (SELECT left_id, right_id, kind, run_id FROM current_verdict),
accepted AS MATERIALIZED (SELECT left_id FROM in_force WHERE kind = 'accepted')
SELECT c.probability, v.kind = 'accepted' AND c.right_id = v.right_id AS is_right
FROM in_force v JOIN candidate c ON c.run_id = v.run_id AND c.left_id = v.left_id
WHERE c.probability IS NOT NULL
  AND (v.kind = 'accepted' OR v.kind = 'rejected' AND c.right_id = v.right_id
       AND v.left_id NOT IN (SELECT left_id FROM accepted))
"""


def correct_pairs_left(session: Session, run_id: int) -> Left | None:
    """The estimate for the candidates of a run; None where it has no calibrated probabilities.

    Verdicts count on candidates of the run in which they were given. About 0.2 s for 150,000 candidates.
    """
    columns = candidate_columns(session, run_id)
    known = ~np.isnan(columns.probability)
    if not known.any():
        return None
    verdicts = verdicts_in_force(session)
    rejected = pair_keys(verdicts.rejected[:, 0], verdicts.rejected[:, 1])
    seeds = run_pairs(session, run_id, "seed")
    known_links = seeds[~np.isin(pair_keys(seeds[:, 0], seeds[:, 1]), rejected)]
    settled = np.concatenate([known_links, verdicts.accepted])
    waits = (
        known
        & ~np.isin(columns.left_id, np.concatenate([settled[:, 0], verdicts.alone]))
        & ~np.isin(columns.right_id, settled[:, 1])
        & ~np.isin(pair_keys(columns.left_id, columns.right_id), rejected)
    )
    decided = session.execute(text(_DECIDED)).all()
    left = correct_left(
        columns.probability[waits].astype(np.float64),
        np.stack([columns.left_id[waits], columns.right_id[waits]], axis=1),
        np.array([row.probability for row in decided], dtype=np.float64),
        np.array([row.is_right for row in decided], dtype=bool),
    )
    return replace(left, settled=len(np.unique(pair_keys(settled[:, 0], settled[:, 1]))))
