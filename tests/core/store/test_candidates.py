from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import text

from core.review.journal import Decision, decide
from core.review.queue import load_queue
from core.store.candidates import candidate_rows, reviewable_run
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter

SEEDS = set(range(3, 41, 3))


def pairs(project: ProjectFile, **wanted) -> list[tuple[int, int]]:
    with project.read() as session:
        queue = load_queue(session, CandidateFilter(1, **wanted))
    return list(zip(queue.left_ids.tolist(), queue.right_ids.tolist(), strict=True))


def test_the_best_pair_of_each_entity_that_is_no_seed(project: ProjectFile) -> None:
    found = pairs(project)
    assert {left for left, _ in found} == set(range(1, 41)) - SEEDS
    assert found[0] == (1, 41)
    assert len(found) == len({left for left, _ in found})


def test_ids_come_sorted_by_score(project: ProjectFile) -> None:
    with project.read() as session:
        for best_only in (True, False):
            ids = load_queue(session, CandidateFilter(1, queue="all", best_only=best_only)).ids
            assert ids.dtype == np.int64
            scores = [row.score for row in candidate_rows(session, ids)]
            assert scores == sorted(scores, reverse=True)
            up = load_queue(session, CandidateFilter(1, "", "all", best_only, "score_ascending")).ids
            assert [r.score for r in candidate_rows(session, up)] == sorted(scores)
        assert len(ids) == 200


def test_by_label(project: ProjectFile) -> None:
    with project.read() as session:
        for order in ("left_label", "right_label"):
            ids = load_queue(session, CandidateFilter(1, queue="all", order=order)).ids
            labels = [getattr(row, order) for row in candidate_rows(session, ids)]
            assert labels == sorted(labels)


def test_verdicts_decide_what_is_listed(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted")])
    decide(project, [Decision(2, None, "no_counterpart")])
    decide(project, [Decision(4, 44, "unsure")])
    decide(project, [Decision(5, 45, "rejected")])
    undecided = pairs(project)
    assert not {1, 2, 4} & {left for left, _ in undecided}
    second = [right for left, right in undecided if left == 5]
    assert len(second) == 1
    assert second != [45]
    assert pairs(project, queue="accepted") == [(1, 41)]
    assert pairs(project, queue="no_counterpart") == [(2, 42)]
    assert pairs(project, queue="unsure") == [(4, 44)]
    assert pairs(project, queue="rejected") == [(5, 45)]
    everything = pairs(project, best_only=False)
    # Of an entity with an unsure pair the others still wait, when all candidates are asked for.
    assert len([right for left, right in everything if left == 4]) == 4
    assert not [right for left, right in everything if left in (1, 2)]


def test_an_entity_whose_candidates_were_all_rejected_is_listed_no_more(project: ProjectFile) -> None:
    mine = [pair for pair in pairs(project, queue="all", best_only=False) if pair[0] == 1]
    decide(project, [Decision(left, right, "rejected") for left, right in mine])
    assert 1 not in {left for left, _ in pairs(project)}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("kenya", True),
        ("KENYA", True),
        ("republic kenya", True),
        ("example.org/1/000c", True),
        ("kenya zimbabwe", False),
        ("%", False),
        ("_enya", False),
        ("\\", False),
        ("'; DROP TABLE entity; --", False),
    ],
)
def test_search(project: ProjectFile, words: str, expected: bool) -> None:
    assert bool(pairs(project, queue="all", best_only=False, text=words)) == expected


def test_search_folds_letters_beyond_ascii(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(text("UPDATE entity SET label = 'Österreich' WHERE id = 1"))
        session.execute(text("UPDATE entity SET label = '100%_sure' WHERE id = 2"))
    assert pairs(project, text="österreich") == [(1, 41)]
    assert pairs(project, text="ÖSTERREICH") == [(1, 41)]
    assert pairs(project, text="0%_s") == [(2, 42)]


def test_rows_say_what_is_known_of_the_pair(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted"), Decision(2, None, "no_counterpart")])
    with project.read() as session:
        rows = {(r.left_id, r.right_id): r for r in candidate_rows(session, range(1, 201))}
    first = rows[1, 41]
    assert (first.verdict, first.rank, first.mutual, first.seed, first.settled) == (
        "accepted", 1, True, False, False,
    )  # fmt: skip
    others = [row for (left, right), row in rows.items() if left == 1 and right != 41]
    assert all(row.settled and row.verdict is None for row in others)
    assert rows[2, 42].verdict == "no_counterpart"
    assert rows[3, 43].seed
    assert all(row.settled for (left, right), row in rows.items() if left == 3 and right != 43)


def test_rows_keep_the_order_asked_for(project: ProjectFile) -> None:
    with project.read() as session:
        assert [row.id for row in candidate_rows(session, [7, 3, 9999, 5])] == [7, 3, 5]
        assert candidate_rows(session, []) == []


def test_only_a_run_that_ended_can_be_reviewed(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(
            text("INSERT INTO run (id, config_json, status, device, started_at, modalities) VALUES"
                 " (2, '{}', 'running', '', '', ''), (3, '{}', 'done', '', '', '')")
        )  # fmt: skip
        session.execute(
            text("INSERT INTO candidate (run_id, left_id, right_id, rank, score, mutual)"
                 " VALUES (2, 1, 41, 1, 0.5, FALSE)")
        )  # fmt: skip
    with project.read() as session:
        assert reviewable_run(session) == 1
    with project.write() as session:
        session.execute(text("UPDATE run SET status = 'stopped' WHERE id = 2"))
    with project.read() as session:
        assert reviewable_run(session) == 2
