from __future__ import annotations

import math

import pytest

from core.ablation.statistics import paired_p, summarise


def test_mean_and_sample_standard_deviation() -> None:
    summary = summarise({0: 0.2, 1: 0.4, 2: 0.9})
    assert summary.mean == pytest.approx(0.5)
    # deviations -0.3, -0.1, 0.4: squares 0.26 over n - 1 = 2
    assert summary.std == pytest.approx(math.sqrt(0.13))
    assert summary.p is None


def test_paired_t_test_by_hand() -> None:
    # Differences 1, 2, 3: mean 2, standard deviation 1, t = 2 √3 with 2 degrees of freedom, for which the
    # two-sided p has the closed form 1 - t / √(t² + 2).
    t = 2 * math.sqrt(3)
    expected = 1 - t / math.sqrt(t * t + 2)
    assert paired_p({0: 2.0, 1: 4.0, 2: 6.0}, {0: 1.0, 1: 2.0, 2: 3.0}) == pytest.approx(expected, abs=1e-12)


def test_pairs_are_made_by_random_seed() -> None:
    one, other = {5: 2.0, 6: 4.0, 7: 6.0, 8: 100.0}, {9: -50.0, 7: 3.0, 6: 2.0, 5: 1.0}
    assert paired_p(one, other) == pytest.approx(paired_p({0: 2.0, 1: 4.0, 2: 6.0}, {0: 1.0, 1: 2.0, 2: 3.0}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({0: 0.5}, {0: 0.6}),
        ({0: 0.5, 1: 0.6}, {0: 0.6, 2: 0.7}),
        ({0: 0.5, 1: 0.6}, {0: 0.5, 1: 0.6}),
        ({0: 0.2, 1: 0.3}, {0: 0.3, 1: 0.4}),  # the differences are the same up to rounding
    ],
)
def test_no_test_where_there_is_nothing_to_test(one: dict[int, float], other: dict[int, float]) -> None:
    assert paired_p(one, other) is None


def test_one_random_seed_has_no_spread() -> None:
    summary = summarise({3: 0.25}, {3: 0.5})
    assert (summary.mean, summary.std, summary.p) == (0.25, None, None)
