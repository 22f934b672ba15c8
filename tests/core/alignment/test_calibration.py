"""Calibration of scores whose true probability is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from core.alignment.calibration import fit, reliability


def _sample(n: int, slope: float, shift: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stated probabilities, the true ones (of Platt's own shape), and outcomes drawn from these."""
    rng = np.random.default_rng(seed)
    stated = rng.random(n)
    true = expit(slope * logit(stated) + shift)
    return stated, true, rng.random(n) < true


def test_an_overconfident_score_is_put_right() -> None:
    stated, _, right = _sample(5000, 0.4, -0.5, 0)
    calibrate = fit(stated, right)
    new, true, outcome = _sample(20_000, 0.4, -0.5, 1)
    assert reliability(new, outcome).ece > 0.15
    assert reliability(calibrate(new), outcome).ece < 0.03
    assert np.abs(calibrate(new) - true).mean() < 0.03


def test_many_examples_find_the_line() -> None:
    stated, _, right = _sample(200_000, 0.7, 0.3, 2)
    probe = np.array([0.1, 0.5, 0.9])
    assert fit(stated, right)(probe) == pytest.approx(expit(0.7 * logit(probe) + 0.3), abs=0.01)


def test_few_examples_change_little() -> None:
    """Two mistakes among twenty sure pairs are no reason to doubt all others."""
    probe = np.array([0.1, 0.5, 0.9])
    nothing = fit(np.empty(0), np.empty(0, dtype=bool))
    assert nothing(probe) == pytest.approx(probe)
    few = fit(np.full(20, 0.999), np.arange(20) >= 2)
    assert few(probe) == pytest.approx(probe, abs=0.25) and few(np.array([0.999]))[0] > 0.85


def test_one_sure_mistake_counts_no_more_than_a_clipped_one() -> None:
    right = np.array([False, *[True] * 9])
    sure = fit(np.array([1.0, *[0.8] * 9]), right)
    less = fit(np.array([0.999, *[0.8] * 9]), right)
    probe = np.linspace(0.01, 0.99, 9)
    assert sure(probe) == pytest.approx(less(probe))


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 1e-9, 0.2, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=30
    )
)
def test_any_sample_gives_rising_probabilities_short_of_certainty(pairs: list[tuple[float, bool]]) -> None:
    stated, right = np.array([p for p, _ in pairs]), np.array([r for _, r in pairs])
    found = fit(stated, right)(np.linspace(0, 1, 21))
    assert (np.diff(found) >= 0).all()
    assert ((found > 0) & (found < 1)).all()


def test_the_error_by_hand() -> None:
    probability = np.array([0.95, 0.95, 0.95, 0.95, 0.05, 1.0, 0.0])
    right = np.array([True, True, True, False, False, True, False])
    found = reliability(probability, right)
    # 0 to 0.1 holds two at mean 0.025 of which none is right; 0.9 to 1 five at mean 0.96 of which four are
    assert found.ece == pytest.approx((2 * 0.025 + 5 * 0.16) / 7)
    assert [(part.low, part.high, part.count) for part in found.bins] == [(0.0, 0.1, 2), (0.9, 1.0, 5)]
    assert found.as_dict()["bins"][1]["right"] == pytest.approx(0.8)
    assert found.pairs == 7


def test_honest_probabilities_have_no_error() -> None:
    probability = np.repeat([0.25, 0.75], 4)
    right = np.array([True, False, False, False, True, True, True, False])
    assert reliability(probability, right).ece == 0
