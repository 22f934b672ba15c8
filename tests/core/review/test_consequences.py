from __future__ import annotations

from sqlalchemy import text

from core.review.consequences import Consequences, consequences_of
from core.review.journal import Decision, decide
from core.store.project_file import ProjectFile


def found(project: ProjectFile) -> Consequences:
    with project.read() as session:
        return consequences_of(session, 1, 1, 41)


def test_only_pairs_that_wait_count(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(text("DELETE FROM run_seed"))
        session.execute(text("DELETE FROM relation_triple"))
        session.execute(text("DELETE FROM candidate"))
        session.execute(
            text("INSERT INTO relation_triple (head_id, relation_id, tail_id, graph_id) VALUES"
                 " (1, 10, 2, 1), (3, 10, 1, 1), (41, 20, 42, 2), (43, 20, 41, 2)")
        )  # fmt: skip
        pairs = [
            (1, 41, 1),
            (1, 44, 2),
            (4, 41, 1),
            (5, 45, 1),
            (5, 41, 2),
            (2, 42, 1),
            (3, 46, 1),
            (3, 43, 2),
        ]
        for left, right, rank in pairs:
            session.execute(
                text("INSERT INTO candidate (run_id, left_id, right_id, rank, score, mutual)"
                     " VALUES (1, :left, :right, :rank, 0.5, FALSE)"),
                {"left": left, "right": right, "rank": rank},
            )  # fmt: skip
    assert found(project) == Consequences(excluded=3, displaced=1, confirmed=1, lifted=1)
    # The better candidate of either is rejected: one is displaced too, the other can't rise any more.
    decide(project, [Decision(5, 45, "rejected"), Decision(3, 46, "rejected")])
    assert found(project) == Consequences(excluded=3, displaced=2, confirmed=2, lifted=0)
    # What is decided does not change.
    decide(project, [Decision(4, 44, "accepted"), Decision(2, None, "no_counterpart")])
    assert found(project) == Consequences(excluded=2, displaced=1, confirmed=1, lifted=0)
    with project.write() as session:
        session.execute(
            text("INSERT INTO run_seed (run_id, left_id, right_id, role) VALUES (1, 3, 47, 'seed')")
        )
    assert found(project) == Consequences(excluded=2, displaced=1, confirmed=0, lifted=0)
