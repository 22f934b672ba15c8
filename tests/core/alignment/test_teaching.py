from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.alignment.teaching import gains, neighbourhood

triples = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 2), st.integers(0, 11)), max_size=40)


def _naive(linked: np.ndarray, known: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """The greedy choice with every gain computed anew in each step."""
    n = len(linked)
    rarity = np.log1p(n / np.maximum(linked.sum(axis=1), 1))
    support = linked @ (np.where(known, 1, chance) * rarity)
    adds = rarity * (1.05 - chance)
    out = np.zeros(n)
    left = [entity for entity in range(n) if chance[entity] > 0 and not known[entity]]
    while left:
        gain = {
            entity: chance[entity] ** 4
            * sum(
                np.log1p(adds[entity] / (1 + support[near]))
                for near in range(n)
                if linked[entity, near] and not known[near]
            )
            for entity in left
        }
        best = max(gain.values())
        entity = next(entity for entity in left if gain[entity] >= best - 1e-12)
        out[entity] = gain[entity]
        for near in range(n):
            if linked[entity, near] and not known[near]:
                support[near] += chance[entity] * adds[entity]
        left.remove(entity)
    return out


@given(triples, st.integers(0, 2**32 - 1))
def test_gains_are_those_of_the_naive_greedy_choice(rows: list[tuple[int, int, int]], seed: int) -> None:
    linked = neighbourhood(np.array(rows, dtype=np.int64).reshape(-1, 3), 12)
    rng = np.random.default_rng(seed)
    known, chance = rng.random(12) < 0.2, rng.random(12) * (rng.random(12) < 0.8)
    ours = gains(linked, known, chance)
    np.testing.assert_allclose(ours, _naive(linked.toarray(), known, chance), rtol=1e-9)
    assert not ours[known].any() and not ours[chance == 0].any()


def test_neighbours_count_once_and_nobody_is_his_own() -> None:
    linked = neighbourhood(np.array([(0, 0, 1), (0, 1, 1), (1, 0, 0), (2, 0, 2)]), 4)
    assert linked.toarray().tolist() == [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_a_second_neighbour_of_the_same_teaches_less() -> None:
    # 0 and 1 both have the neighbours 2 to 5, 6 has 7 alone.
    rows = [(hub, 0, near) for hub in (0, 1) for near in (2, 3, 4, 5)] + [(6, 0, 7)]
    chance = np.zeros(8)
    chance[[0, 1, 6]] = 0.6
    value = gains(neighbourhood(np.array(rows), 8), np.zeros(8, dtype=bool), chance)
    assert value[0] > value[1] > value[6] > 0


def test_a_pair_that_is_certain_teaches_less_than_one_that_is_likely() -> None:
    rows = [(hub, 0, hub + 3 * near) for hub in (0, 1, 2) for near in (1, 2, 3)]  # all alike
    chance = np.array([0.99, 0.85, 0.3] + [0.0] * 9)
    certain, likely, doubtful = gains(neighbourhood(np.array(rows), 12), np.zeros(12, bool), chance)[:3]
    assert likely > certain > 0 and likely > doubtful > 0
