"""The one-to-one choice against SciPy's dense solver and against trying everything."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from core.alignment.assignment import one_to_one

scored = st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.floats(-1, 1), max_size=8)


@given(scored, st.sampled_from([0.0, -2.0, 0.5]))
def test_it_agrees_with_trying_everything(scores: dict[tuple[int, int], float], alone: float) -> None:
    left, right = np.array(list(scores), np.int64).reshape(-1, 2).T
    score = np.array(list(scores.values()), np.float64)
    chosen = one_to_one(left, right, score, alone)
    assert len(set(left[chosen])) == len(set(right[chosen])) == len(chosen)
    assert (score[chosen] > alone).all()
    best = max(
        sum(max(scores.get(pair, alone) - alone, 0.0) for pair in enumerate(order))
        for order in permutations(range(4))
    )
    assert (score[chosen] - alone).sum() == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("shape", [(30, 30), (20, 35), (35, 20)])
def test_of_all_pairs_it_is_the_dense_solution(shape: tuple[int, int]) -> None:
    score = np.random.default_rng(0).random(shape)
    left, right = (part.ravel() for part in np.indices(shape))
    chosen = one_to_one(left, right, score.ravel())
    expected = np.stack(linear_sum_assignment(score, maximize=True), axis=1)
    found = np.stack([left[chosen], right[chosen]], axis=1)
    assert found.tolist() == expected.tolist()


def test_three_who_want_one() -> None:
    """No full matching among the candidates: two are left alone, and the best keeps the one."""
    left, right = np.array([10, 11, 12]), np.array([7, 7, 7])
    assert one_to_one(left, right, np.array([0.2, 0.9, 0.4])).tolist() == [1]


def test_nothing_to_choose_from() -> None:
    none = np.array([], np.int64)
    assert one_to_one(none, none, np.array([])).tolist() == []
    assert one_to_one(np.array([1]), np.array([2]), np.array([-0.5])).tolist() == []
