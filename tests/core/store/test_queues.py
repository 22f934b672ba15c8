from __future__ import annotations

import random
from typing import get_args

import pytest
from sqlalchemy import text

from core.review.journal import Decision, decide
from core.review.queue import load_queue
from core.store.candidate_columns import columns_from_rows, pack_candidates
from core.store.project_file import ProjectFile
from core.store.queues import HUB, CandidateFilter, QueueName, queue_counts, waiting_count

Pair = tuple[int, int]


def listed(project: ProjectFile, queue: QueueName, **wanted) -> list[Pair]:
    with project.read() as session:
        found = load_queue(session, CandidateFilter(1, queue=queue, **wanted))
    return list(zip(found.left_ids.tolist(), found.right_ids.tolist(), strict=True))


def change(project: ProjectFile, assignment: str) -> None:
    """As if the run had found something else."""
    with project.write() as session:
        session.execute(text(f"UPDATE candidate SET {assignment}"))
        pack_candidates(session, 1, columns_from_rows(session, 1))


def counts(project: ProjectFile, author: str = "ada") -> dict[QueueName, int]:
    with project.read() as session:
        return queue_counts(session, 1, author)


def test_every_queue_counts_what_it_lists(project: ProjectFile) -> None:
    rng = random.Random(3)
    with project.read() as session:
        pairs = session.execute(text("SELECT left_id, right_id FROM candidate ORDER BY id")).all()
    for _ in range(3):
        for left, right in rng.sample(pairs, 15):
            kind = rng.choice(["accepted", "rejected", "unsure", "no_counterpart"])
            decide(
                project,
                [
                    Decision(
                        left,
                        None if kind == "no_counterpart" else right,
                        kind,
                        author=rng.choice(["ada", "bo"]),
                    )
                ],
            )
        told = counts(project)
        assert set(told) == set(get_args(QueueName))
        with project.read() as session:
            assert waiting_count(session, 1) == told["teach"]
        for name, number in told.items():
            assert len(listed(project, name, author="ada")) == number, name


def test_the_most_uncertain_comes_first(project: ProjectFile) -> None:
    change(project, "entropy = left_id % 7")
    lefts = [left for left, _ in listed(project, "uncertain")]
    assert [left % 7 for left in lefts] == sorted((left % 7 for left in lefts), reverse=True)
    assert set(lefts) == {left for left, _ in listed(project, "undecided")}


def test_modalities_that_disagree(project: ProjectFile) -> None:
    change(project, "dissent = CASE left_id WHEN 1 THEN 0.6 WHEN 2 THEN 0.75 ELSE 0.5 END")
    assert listed(project, "dissent") == [(2, 42), (1, 41)]


def test_mutual_ones_and_those_that_are_not(project: ProjectFile) -> None:
    assert {left for left, _ in listed(project, "mutual")} == {i for i in range(1, 41) if i % 3 and i % 7}


def test_a_hub_is_claimed_by_several(project: ProjectFile) -> None:
    change(project, "claims = CASE WHEN right_id IN (42, 44) THEN right_id - 39 ELSE 1 END")
    assert HUB == 3
    assert listed(project, "hub") == [(4, 44), (2, 42)]


def test_conflicts_are_two_accepted_for_one_and_proposals_of_what_is_taken(project: ProjectFile) -> None:
    before = set(listed(project, "conflict"))
    decide(project, [Decision(1, 41, "accepted"), Decision(2, 41, "accepted"), Decision(4, 44, "accepted")])
    assert {(1, 41), (2, 41)} <= set(listed(project, "conflict"))
    assert (4, 44) not in listed(project, "conflict")
    assert listed(project, "conflict")[:2] in ([(1, 41), (2, 41)], [(2, 41), (1, 41)])
    decide(project, [Decision(5, 44, "accepted")])  # 4's
    decide(project, [Decision(8, 43, "accepted")])  # of 3, which is a seed
    assert {(4, 44), (5, 44), (8, 43)} <= set(listed(project, "conflict"))
    assert (3, 43) not in before


def test_no_good_candidate_by_probability_or_by_margin(project: ProjectFile) -> None:
    assert listed(project, "weak") == []  # all are mutual or clearly ahead
    change(project, "mutual = FALSE, margin = 0.01 WHERE left_id = 4")
    assert listed(project, "weak") == [(4, 44)]
    change(project, "probability = left_id / 40.0")
    assert [left for left, _ in listed(project, "weak")] == [1, 2, 4, 5, 7, 8]


def test_pairs_that_lack_a_modality(project: ProjectFile) -> None:
    lefts = {left for left, _ in listed(project, "missing")}
    assert {5, 10, 20, 25, 40} <= lefts  # no attributes
    assert 1 not in lefts and 2 not in lefts


def test_what_changed_since_the_last_run(project: ProjectFile) -> None:
    assert listed(project, "changed") == []  # there is no other run
    with project.write() as session:
        session.execute(
            text(
                "INSERT INTO run (id, config_json, status, device, started_at, modalities, best_epoch)"
                " SELECT 2, config_json, 'done', device, started_at, modalities, 1 FROM run"
            )
        )
        session.execute(
            text(
                "INSERT INTO candidate (run_id, left_id, right_id, rank, score, mutual)"
                " SELECT 2, left_id, CASE left_id WHEN 2 THEN 50 ELSE right_id END, rank, score, mutual"
                " FROM candidate WHERE run_id = 1"
            )
        )
    with project.read() as session:
        found = load_queue(session, CandidateFilter(2, queue="changed"))
    assert found.left_ids.tolist() == [2]
    assert listed(project, "changed") == []


def test_mine_and_others(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted", author="ada")])
    decide(project, [Decision(2, None, "no_counterpart", author="bo")])
    assert listed(project, "mine", author="ada") == [(1, 41)]
    assert listed(project, "others", author="ada") == [(2, 42)]


def test_a_pair_found_by_hand_is_listed_with_the_others(project: ProjectFile) -> None:
    with project.read() as session:
        proposed = set(session.execute(text("SELECT right_id FROM candidate WHERE left_id = 1")).scalars())
    other = next(right for right in range(41, 81) if right not in proposed)
    decide(project, [Decision(1, other, "accepted"), Decision(2, 42, "accepted")])
    assert sorted(listed(project, "accepted")) == [(1, other), (2, 42)]
    assert listed(project, "accepted", order="left_label") in ([(1, other), (2, 42)], [(2, 42), (1, other)])


def test_a_queue_can_be_narrowed_to_some_pairs(project: ProjectFile) -> None:
    some = frozenset({(2, 42), (4, 44), (3, 43), (99, 99)})
    assert listed(project, "undecided", pairs=some) == [(2, 42), (4, 44)]
    assert listed(project, "all", pairs=some) == [(2, 42), (3, 43), (4, 44)]


@pytest.mark.parametrize("order", ["likely", "likely_ascending"])
def test_probabilities_come_before_scores(project: ProjectFile, order) -> None:
    change(project, "probability = CASE WHEN left_id > 20 THEN 0.9 ELSE 0.5 END")
    lefts = [left for left, _ in listed(project, "undecided", order=order)]
    best, rest = [i for i in lefts if i > 20], [i for i in lefts if i <= 20]
    assert lefts == (best + rest if order == "likely" else rest + best)
    assert best == sorted(best, reverse=order == "likely_ascending")
