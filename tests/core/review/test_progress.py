from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.review.journal import Decision, decide
from core.review.progress import correct_left, correct_pairs_left
from core.store.candidate_columns import columns_from_rows, pack_candidates
from core.store.project_file import ProjectFile

NONE = np.empty(0), np.empty(0, dtype=bool)


def apart(n: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Pairs none of which has an entity of another."""
    return np.stack([np.arange(n), np.arange(n)], axis=1)


def test_without_verdicts_it_is_the_sum_of_the_probabilities() -> None:
    left = correct_left(np.array([0.9, 0.5, 0.1]), apart(3), *NONE)
    assert left.expected == pytest.approx(1.5)
    assert left.deviation > np.sqrt(0.09 + 0.25 + 0.09)  # nobody knows yet how far calibration holds
    low, high = left.range
    assert 0 <= low < 1.5 < high


@given(st.integers(0, 2**32 - 1), st.floats(-2, 1))
def test_verdicts_correct_probabilities_that_are_off(seed: int, off: float) -> None:
    rng = np.random.default_rng(seed)
    told = rng.uniform(0.05, 0.95, 4000)
    true = 1 / (1 + np.exp(-(np.log(told / (1 - told)) + off)))
    right = rng.random(4000) < true
    left = correct_left(told[1000:], apart(3000), told[:1000], right[:1000])
    assert abs(left.expected - right[1000:].sum()) < 5 * left.deviation
    assert abs(left.expected - true[1000:].sum()) < 0.1 * 3000


def test_an_entity_has_one_counterpart_at_most() -> None:
    """Five left entities want the same right one; two right ones are wanted by the same left one."""
    wanted = correct_left(np.full(5, 0.8), np.stack([np.arange(5), np.zeros(5, int)], axis=1), *NONE)
    wanting = correct_left(np.full(2, 0.8), np.array([[0, 0], [0, 1]]), *NONE)
    assert wanted.expected == pytest.approx(1) and wanting.expected == pytest.approx(1)
    assert correct_left(np.full(2, 0.4), np.array([[0, 0], [1, 0]]), *NONE).expected == pytest.approx(0.8)


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.floats(0, 1)), max_size=40),
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=30),
)
def test_it_lies_between_none_and_one_for_each_entity(
    open_pairs: list[tuple[int, int, float]], rows: list[tuple[float, bool]]
) -> None:
    undecided = np.array([p for *_, p in open_pairs])
    pairs = np.array([pair for *pair, _ in open_pairs], dtype=np.int64).reshape(-1, 2)
    decided, right = np.array([p for p, _ in rows]), np.array([truth for _, truth in rows], dtype=bool)
    left = correct_left(undecided, pairs, decided, right)
    assert 0 <= left.expected <= min(len(set(side)) for side in pairs.T.tolist()) + 1e-9
    assert np.isfinite(left.deviation) and left.deviation >= 0


@given(st.lists(st.floats(0, 1), max_size=40))
def test_verdicts_that_agree_never_lower_it_where_nothing_is_shared(chances: list[float]) -> None:
    undecided, pairs = np.array(chances), np.arange(len(chances))[:, None].repeat(2, axis=1)
    all_right = correct_left(undecided, pairs, np.full(20, 0.5), np.ones(20, dtype=bool))
    all_wrong = correct_left(undecided, pairs, np.full(20, 0.5), np.zeros(20, dtype=bool))
    assert all_wrong.expected <= all_right.expected + 1e-9


def test_it_is_read_of_the_candidates_and_verdicts_of_a_run(project: ProjectFile) -> None:
    with project.read() as session:
        assert correct_pairs_left(session, 1) is None  # its candidates have no probabilities
    with project.write() as session:
        session.execute(text("UPDATE candidate SET probability = CASE rank WHEN 1 THEN 0.8 ELSE 0.05 END"))
        seeds = session.scalar(text("SELECT count(*) FROM run_seed WHERE role = 'seed'"))
        entities = session.scalar(text("SELECT count(DISTINCT left_id) FROM candidate"))
        rows = session.execute(text("SELECT left_id, right_id FROM candidate WHERE rank = 1")).all()
        taken = session.scalar(text(
            "SELECT sum(c.probability) FROM candidate c WHERE c.right_id IN (SELECT right_id FROM run_seed "
            "WHERE role = 'seed') AND c.left_id NOT IN (SELECT left_id FROM run_seed WHERE role = 'seed')"
        ))  # fmt: skip
        pack_candidates(session, 1, columns_from_rows(session, 1))
    with project.read() as session:
        before = correct_pairs_left(session, 1)
    every = (entities - seeds) * (0.8 + 4 * 0.05) - taken  # a counterpart that is given is nobody else's
    assert taken > 0 and before is not None and 0.8 * every < before.expected <= every + 1e-3
    with project.read() as session:
        links = session.execute(text("SELECT left_id, right_id FROM run_seed WHERE role = 'seed'")).all()
    assert before.settled == len(links)
    assert before.share_settled == pytest.approx(len(links) / (len(links) + before.expected))
    open_pairs = [(row.left_id, row.right_id) for row in rows if row.left_id % 3][:6]
    decide(project, [Decision(left, right, "rejected", run_id=1) for left, right in open_pairs])
    with project.read() as session:
        after = correct_pairs_left(session, 1)
    accepted = next((row.left_id, row.right_id) for row in rows[::-1] if tuple(row) not in open_pairs)
    decide(project, [Decision(*accepted, "accepted", run_id=1)])
    with project.read() as session:
        assert correct_pairs_left(session, 1).settled == len({*map(tuple, links), accepted})
    # Six pairs are out of the question, and the others have become less likely.
    assert after is not None and after.expected < before.expected - 6 * 0.8
