"""Mean, spread and significance over random seeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True, slots=True)
class Summary:
    """A metric of a variant over random seeds; None is what can't be said."""

    values: Mapping[int, float]  # by random seed
    mean: float
    std: float | None  # of a sample: n - 1
    p: float | None  # that the variant does not differ from the reference


def summarise(values: Mapping[int, float], reference: Mapping[int, float] | None = None) -> Summary:
    """Summary of ``values``, tested against those of the reference with the same random seeds.

    Args:
        values: by random seed, not empty.
        reference: those of the reference, by random seed.
    """
    numbers = list(values.values())
    return Summary(
        values,
        float(np.mean(numbers)),
        float(np.std(numbers, ddof=1)) if len(numbers) > 1 else None,
        None if reference is None else paired_p(values, reference),
    )


def paired_p(values: Mapping[int, float], reference: Mapping[int, float]) -> float | None:
    """p of the paired two-sided t-test over the random seeds that both have.

    None for fewer than two, and where all differences are the same: there the statistic is a division by 0.
    """
    common = [seed for seed in values if seed in reference]
    one = np.array([values[seed] for seed in common])
    other = np.array([reference[seed] for seed in common])
    if len(common) < 2 or np.ptp(one - other) < 1e-12:
        return None
    return float(stats.ttest_rel(one, other).pvalue)
