from __future__ import annotations

import pytest
from sqlalchemy import text

from core.errors import MimeaError
from core.review.bulk import accept_candidates
from core.review.journal import Decision, current_verdicts, decide, undo
from core.store.candidate_columns import columns_from_rows, pack_candidates
from core.store.project_file import ProjectFile


def accepted(project: ProjectFile) -> list[tuple[int, int | None]]:
    with project.read() as session:
        return [(d.left_id, d.right_id) for d in current_verdicts(session) if d.kind == "accepted"]


def test_mutual_pairs_are_accepted_as_one_step(project: ProjectFile) -> None:
    assert (
        accept_candidates(project, 1, mutual=True) == 23
    )  # every seventh of 40 is not mutual, every third a seed
    assert all(right == left + 40 for left, right in accepted(project))
    undo(project)
    assert accepted(project) == []


def test_a_threshold_keeps_the_best(project: ProjectFile) -> None:
    assert accept_candidates(project, 1, threshold=0.96) == 4


def test_one_to_one_never_uses_an_entity_twice(project: ProjectFile) -> None:
    number = accept_candidates(project, 1, one_to_one=True)
    pairs = accepted(project)
    assert number == len(pairs) >= 25
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


@pytest.mark.parametrize("one_to_one", [False, True])
def test_seeds_and_their_counterparts_are_left_alone(project: ProjectFile, one_to_one: bool) -> None:
    with project.read() as session:
        seeds = session.execute(text("SELECT left_id, right_id FROM run_seed WHERE role = 'seed'")).all()
    assert accept_candidates(project, 1, one_to_one=one_to_one)
    pairs = accepted(project)
    assert not {left for left, _ in pairs} & {row.left_id for row in seeds}
    assert not {right for _, right in pairs} & {row.right_id for row in seeds}


def test_what_was_left_unsure_stays_so(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "unsure")])
    assert accept_candidates(project, 1, mutual=True) == 22


def test_without_candidates_it_says_so(project: ProjectFile) -> None:
    with pytest.raises(MimeaError, match="run 9 has no candidates"):
        accept_candidates(project, 9)


def test_a_probability_keeps_the_likely_ones(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(
            text("UPDATE candidate SET probability = CASE WHEN left_id <= 10 THEN 0.95 ELSE 0.4 END")
        )
    assert accept_candidates(project, 1, mutual=True, probability=0.9) == 6
    assert {left for left, _ in accepted(project)} == {1, 2, 4, 5, 8, 10}


def test_a_probability_needs_a_calibrated_run(project: ProjectFile) -> None:
    with pytest.raises(MimeaError, match="run 1 has no probabilities"):
        accept_candidates(project, 1, probability=0.9)
    assert accepted(project) == []


def test_one_to_one_takes_the_most_likely_where_there_are_probabilities(project: ProjectFile) -> None:
    with project.write() as session:  # the second candidate of each is the likely one, whatever its score
        session.execute(text("UPDATE candidate SET probability = CASE WHEN rank = 2 THEN 0.9 ELSE 0.001 END"))
        session.execute(text("DELETE FROM run_seed"))
        pack_candidates(session, 1, columns_from_rows(session, 1))
        seconds = session.execute(text("SELECT left_id, right_id FROM candidate WHERE rank = 2")).all()
    accept_candidates(project, 1, one_to_one=True)
    assert len(set(accepted(project)) & {tuple(row) for row in seconds}) == len({row[1] for row in seconds})
