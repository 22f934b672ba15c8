from __future__ import annotations

import random

import pytest
from sqlalchemy import text

from core.review.journal import Decision, decide
from core.review.queue import load_queue, waiting_rows
from core.store.candidates import VerdictKind
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter, QueueName, queue_ids


def test_what_waits(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted"), Decision(2, 42, "rejected"), Decision(4, 44, "unsure")])
    with project.read() as session:
        queue = load_queue(session, CandidateFilter(1, queue="all", best_only=False))
        assert (waiting_rows(session, queue) == queue.waiting).all()
    waiting = {(int(a), int(b)) for a, b in zip(
        queue.left_ids[queue.waiting], queue.right_ids[queue.waiting], strict=True)}  # fmt: skip
    assert not [pair for pair in waiting if pair[0] in (1, 3)]  # accepted; a seed
    assert (2, 42) not in waiting
    assert len([pair for pair in waiting if pair[0] == 2]) == 4


def test_next_waiting_goes_round(project: ProjectFile) -> None:
    with project.read() as session:
        queue = load_queue(session, CandidateFilter(1))
    last = len(queue) - 1
    assert queue.next_waiting(-1) == 0
    assert queue.next_waiting(0) == 1
    assert queue.next_waiting(last) == 0
    assert queue.next_waiting(0, -1) == last
    queue.waiting[:] = False
    assert queue.next_waiting(0) is None
    queue.waiting[3] = True
    assert queue.next_waiting(3) is None
    assert queue.next_waiting(5) == 3


def test_rows_of_pairs(project: ProjectFile) -> None:
    with project.read() as session:
        queue = load_queue(session, CandidateFilter(1))
    assert queue.row_of(1, 41) == 0
    assert queue.row_of(1, None) == 0
    assert queue.row_of(1, 42) is None
    assert queue.rows_of_left([1, 2]).tolist() == [0, 1]


@pytest.mark.parametrize("name", ["teach", "all"])
def test_what_is_found_without_a_query_is_what_the_query_finds(project: ProjectFile, name: QueueName) -> None:
    rng = random.Random(5)
    wanted = CandidateFilter(1, queue=name)
    with project.read() as session:
        pairs = session.execute(text("SELECT left_id, right_id FROM candidate ORDER BY id")).all()
    kinds: list[VerdictKind] = ["accepted", "rejected", "rejected", "unsure", "no_counterpart"]
    for _ in range(30):
        left, right = rng.choice(pairs)
        kind = rng.choice(kinds)
        decide(project, [Decision(left, None if kind == "no_counterpart" else right, kind)])
        with project.read() as session:
            listed, asked = load_queue(session, wanted).ids, queue_ids(session, wanted)
        assert sorted(listed.tolist()) == sorted(asked.tolist())
