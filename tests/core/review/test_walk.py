from __future__ import annotations

from sqlalchemy import text

from core.review.journal import Decision, decide
from core.review.walk import pair_of
from core.store.project_file import ProjectFile


def find(project: ProjectFile, side: str, entity_id: int) -> tuple[int, int] | None:
    with project.read() as session:
        return pair_of(session, 1, side, entity_id)


def test_a_neighbour_leads_to_its_best_pair(project: ProjectFile) -> None:
    assert find(project, "left", 1) == (1, 41)
    assert find(project, "right", 41) == (1, 41)
    with project.read() as session:
        second = session.scalar(text("SELECT right_id FROM candidate WHERE left_id = 1 AND rank = 2"))
    decide(project, [Decision(1, 41, "rejected")])
    assert find(project, "left", 1) == (1, second)
    assert find(project, "right", 41) != (1, 41)


def test_what_was_accepted_comes_first_and_then_seeds(project: ProjectFile) -> None:
    assert find(project, "left", 3) == (3, 43)
    decide(project, [Decision(3, 50, "accepted")])
    assert find(project, "left", 3) == find(project, "right", 50) == (3, 50)
    assert find(project, "right", 43) == (3, 43)


def test_an_entity_without_any_pair(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(text("DELETE FROM candidate WHERE left_id = 1 OR right_id = 41"))
    assert find(project, "left", 1) is None and find(project, "right", 41) is None
