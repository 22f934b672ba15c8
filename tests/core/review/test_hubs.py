from __future__ import annotations

import pytest
from sqlalchemy import text

from core.review.hubs import Hub, hub_ids, read_hub
from core.review.journal import Decision, current_verdicts, decide, undo
from core.review.queue import load_queue
from core.store.candidate_columns import renew_facts
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter

HUB = 41


@pytest.fixture
def project(project: ProjectFile) -> ProjectFile:
    """Entities 1, 2, 4 and the seed 3 all have 41 as their best; 5, 7 and 8 have 45; 10 and 11 have 50."""
    with project.write() as session:
        session.execute(text("DELETE FROM candidate WHERE rank = 1 AND right_id IN (41, 45, 50)"))
        session.execute(
            text("UPDATE candidate SET rank = 9 WHERE rank = 1 AND left_id IN (1, 2, 3, 4, 5, 7, 8, 10, 11)")
        )
        session.execute(
            text(
                "INSERT INTO candidate (run_id, left_id, right_id, rank, score, mutual)"
                " VALUES (1, 1, 41, 1, 0.5, true), (1, 2, 41, 1, 0.9, false), (1, 3, 41, 1, 0.8, false),"
                " (1, 4, 41, 1, 0.7, false), (1, 5, 45, 1, 0.5, true), (1, 7, 45, 1, 0.4, false),"
                " (1, 8, 45, 1, 0.3, false), (1, 10, 50, 1, 0.5, true), (1, 11, 50, 1, 0.4, false)"
            )
        )
    return project


def hub(project: ProjectFile, right_id: int = HUB) -> Hub:
    with project.read() as session:
        return read_hub(session, 1, right_id)


def ids(project: ProjectFile) -> list[int]:
    with project.read() as session:
        return [each for each in hub_ids(session, 1) if each in (41, 45, 50)]


def lefts(found: Hub) -> list[int]:
    return [claimant.card.id for claimant in found.claimants]


def test_hubs_are_listed_by_how_many_wait(project: ProjectFile) -> None:
    assert ids(project) == [41, 45]
    assert lefts(hub(project)) == [2, 4, 1]  # the seed 3 has its counterpart
    assert [c.score for c in hub(project).claimants] == [0.9, 0.7, 0.5]
    decide(project, [Decision(2, 41, "rejected"), Decision(4, None, "no_counterpart")])
    assert lefts(hub(project)) == [1]
    assert ids(project) == [45]
    decide(project, [Decision(1, 50, "accepted")])
    assert lefts(hub(project)) == []


def test_the_board_has_what_the_queue_of_hubs_has(project: ProjectFile) -> None:
    with project.write() as session:
        renew_facts(session, 1)
    with project.read() as session:
        queue = load_queue(session, CandidateFilter(1, queue="hub"))
        assert set(queue.right_ids.tolist()) == set(hub_ids(session, 1)) >= {41, 45}


def test_the_likeliest_comes_first(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(text("UPDATE candidate SET probability = 0.8 WHERE left_id = 1 AND rank = 1"))
    assert lefts(hub(project)) == [1, 2, 4]


def test_a_hub_is_resolved_in_one_step(project: ProjectFile) -> None:
    step = decide(project, hub(project).resolved(4, "ada"))
    with project.read() as session:
        stored = {(v.left_id, v.right_id, v.kind, v.author) for v in current_verdicts(session)}
    assert stored == {
        (1, 41, "rejected", "ada"), (2, 41, "rejected", "ada"), (4, 41, "accepted", "ada"),
    }  # fmt: skip
    assert {d.score_shown for d in step.decisions} == {0.9, 0.7, 0.5}
    undo(project)
    assert lefts(hub(project)) == [2, 4, 1]


def test_none_of_them(project: ProjectFile) -> None:
    assert {d.kind for d in hub(project).resolved(None, "ada")} == {"rejected"}


def test_one_that_was_accepted_stays_unless_another_is_chosen(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted")])
    found = hub(project)
    assert [c.card.id for c in found.claimants if c.accepted] == [1]
    assert {(d.left_id, d.kind) for d in found.resolved(None, "")} == {(2, "rejected"), (4, "rejected")}
    assert {(d.left_id, d.kind) for d in found.resolved(2, "")} == {
        (1, "rejected"), (2, "accepted"), (4, "rejected"),
    }  # fmt: skip


def test_an_entity_that_nobody_claims(project: ProjectFile) -> None:
    with project.read() as session:
        claimed = set(session.scalars(text("SELECT right_id FROM candidate WHERE rank = 1")))
    nobodys = next(right for right in range(41, 81) if right not in claimed)
    assert (hub(project, nobodys).card.id, hub(project, nobodys).claimants) == (nobodys, ())
    with pytest.raises(LookupError):
        hub(project, 9999)
