"""Calibration of scores whose true probability is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from core.alignment.calibration import Calibrator, fit, isotonic, platt, reliability


def _sample(n: int, slope: float, shift: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stated probabilities, the true ones (of Platt's own shape), and outcomes drawn from these."""
    rng = np.random.default_rng(seed)
    stated = rng.random(n)
    true = expit(slope * logit(stated) + shift)
    return stated, true, rng.random(n) < true


@pytest.mark.parametrize("method", [platt, isotonic])
def test_an_overconfident_score_is_put_right(method: object) -> None:
    stated, _, right = _sample(5000, 0.4, -0.5, 0)
    calibrate: Calibrator = method(stated, right)  # type: ignore[operator]
    new, true, outcome = _sample(20_000, 0.4, -0.5, 1)
    assert reliability(new, outcome).ece > 0.15
    assert reliability(calibrate(new), outcome).ece < 0.03
    assert np.abs(calibrate(new) - true).mean() < 0.03


def test_platt_finds_the_line() -> None:
    stated, _, right = _sample(200_000, 0.7, 0.3, 2)
    calibrate = platt(stated, right)
    probe = np.array([0.1, 0.5, 0.9])
    assert calibrate(probe) == pytest.approx(expit(0.7 * logit(probe) + 0.3), abs=0.01)


def test_few_examples_take_the_line_and_many_the_steps() -> None:
    """True probabilities on two levels: no line in the log odds says that."""
    rng = np.random.default_rng(3)
    stated = rng.random(4000)
    right = rng.random(4000) < np.where(stated > 0.5, 0.6, 0.2)
    probe = np.linspace(0.01, 0.99, 50)
    many = fit(stated, right, np.arange(4000))
    assert many(probe) == pytest.approx(isotonic(stated, right)(probe))
    few, _, outcome = _sample(40, 1.0, 0.0, 4)
    assert fit(few, outcome, np.arange(40))(probe) == pytest.approx(platt(few, outcome)(probe))


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 1e-9, 0.2, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=30
    )
)
def test_any_sample_gives_rising_probabilities_short_of_certainty(pairs: list[tuple[float, bool]]) -> None:
    stated, right = np.array([p for p, _ in pairs]), np.array([r for _, r in pairs])
    probe = np.linspace(0, 1, 21)
    steps = isotonic(stated, right)(probe)
    assert (np.diff(steps) >= -1e-12).all()
    assert ((steps > 0) & (steps < 1)).all()
    chosen = fit(stated, right, np.arange(len(pairs)) // 3)(probe)
    assert np.isfinite(chosen).all() and ((chosen >= 0) & (chosen <= 1)).all()


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
