from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import MimeaError
from core.review.bulk import accept_candidates, best_matching
from core.review.journal import Decision, current_verdicts, decide, undo
from core.store.project_file import ProjectFile


def accepted(project: ProjectFile) -> list[tuple[int, int | None]]:
    with project.read() as session:
        return [(d.left_id, d.right_id) for d in current_verdicts(session) if d.kind == "accepted"]


def test_mutual_pairs_are_accepted_as_one_step(project: ProjectFile) -> None:
    assert accept_candidates(project, 1, mutual=True) == 35  # every seventh of 40 is not mutual
    assert all(right == left + 40 for left, right in accepted(project))
    undo(project)
    assert accepted(project) == []


def test_a_threshold_keeps_the_best(project: ProjectFile) -> None:
    assert accept_candidates(project, 1, threshold=0.96) == 5


def test_one_to_one_never_uses_an_entity_twice(project: ProjectFile) -> None:
    number = accept_candidates(project, 1, one_to_one=True)
    pairs = accepted(project)
    assert number == len(pairs) >= 38
    assert len({left for left, _ in pairs}) == len({right for _, right in pairs}) == len(pairs)


def test_what_a_curator_decided_is_left_alone(project: ProjectFile) -> None:
    decide(
        project,
        [Decision(1, 41, "rejected"), Decision(2, None, "no_counterpart"), Decision(3, 44, "accepted")],
    )
    accept_candidates(project, 1, mutual=True)
    pairs = accepted(project)
    assert (1, 41) not in pairs
    assert not any(left == 2 for left, _ in pairs)
    assert [pair for pair in pairs if pair[0] == 3 or pair[1] == 44] == [(3, 44)]


def test_without_candidates_it_says_so(project: ProjectFile) -> None:
    with pytest.raises(MimeaError, match="run 9 has no candidates"):
        accept_candidates(project, 9)


scored = st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.floats(-1, 1), max_size=8)


@given(scored)
def test_matching_agrees_with_trying_everything(scores: dict[tuple[int, int], float]) -> None:
    pairs = [(left, right, score) for (left, right), score in scores.items()]
    chosen = best_matching(pairs)
    lefts, rights = [pairs[i][0] for i in chosen], [pairs[i][1] for i in chosen]
    assert len(set(lefts)) == len(lefts) and len(set(rights)) == len(rights)
    assert all(pairs[i][2] > 0 for i in chosen)
    best = max(
        sum(max(scores.get(pair, 0.0), 0.0) for pair in enumerate(order)) for order in permutations(range(4))
    )
    assert sum(pairs[i][2] for i in chosen) == pytest.approx(best, abs=1e-9)
