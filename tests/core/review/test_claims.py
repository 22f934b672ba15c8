from __future__ import annotations

from core.review.claims import Contest, contest_of, leave_all_but, leave_one
from core.review.evidence import pair_evidence
from core.review.journal import Decision, current_verdicts, decide, undo
from core.review.queue import load_queue
from core.store.candidates import candidate_rows
from core.store.neighbourhood import counterparts
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter


def contest(project: ProjectFile, left: int, right: int) -> Contest | None:
    with project.read() as session:
        return contest_of(session, 1, left, right)


def accepted(project: ProjectFile) -> set[tuple[int, int | None]]:
    with project.read() as session:
        return {(d.left_id, d.right_id) for d in current_verdicts(session) if d.kind == "accepted"}


def test_a_pair_that_nothing_stands_against_is_no_contest(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted")])
    assert contest(project, 1, 41) is None
    assert contest(project, 2, 42) is None


def test_two_accepted_for_one_and_the_proposal_that_is_shown(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted", author="ada"), Decision(2, 41, "accepted", author="bo")])
    found = contest(project, 4, 41)
    assert found is not None and (found.side, found.card.id) == ("right", 41)
    assert {(claim.pair, claim.standing, claim.author) for claim in found.claims} == {
        ((1, 41), "accepted", "ada"),
        ((2, 41), "accepted", "bo"),
        ((4, 41), "proposed", ""),
    }
    assert found.claims[-1].pair == (4, 41)
    assert found.claims[0].score is not None and found.claims[0].attributes
    decide(project, leave_one(found, (4, 41), "carol"))
    assert accepted(project) == {(4, 41)}
    undo(project)
    assert accepted(project) == {(1, 41), (2, 41)}


def test_none_of_them(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted"), Decision(2, 41, "accepted")])
    found = contest(project, 1, 41)
    assert found is not None
    decide(project, leave_one(found, None, ""))
    assert accepted(project) == set()


def test_of_a_left_entity_too(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted"), Decision(1, 42, "accepted")])
    found = contest(project, 1, 42)
    assert found is not None and (found.side, found.card.id) == ("left", 1)
    decide(project, leave_one(found, (1, 41), ""))
    assert accepted(project) == {(1, 41)}


def test_a_known_link_is_kept_without_a_verdict_and_rejected_like_any_other(project: ProjectFile) -> None:
    found = contest(project, 1, 43)  # 43 is the counterpart of the seed 3
    assert found is not None
    assert [(claim.pair, claim.standing) for claim in found.claims] == [
        ((3, 43), "known"),
        ((1, 43), "proposed"),
    ]
    assert [(d.left_id, d.kind) for d in leave_one(found, (3, 43), "")] == [(1, "rejected")]
    kept = [(d.left_id, d.right_id, d.kind) for d in leave_one(found, (1, 43), "")]
    assert kept == [(3, 43, "rejected"), (1, 43, "accepted")]
    assert {(d.left_id, d.kind) for d in leave_one(found, None, "")} == {(1, "rejected"), (3, "rejected")}


def test_a_known_link_that_was_rejected_stands_in_the_way_of_nothing(project: ProjectFile) -> None:
    def waits() -> bool:
        with project.read() as session:
            return 3 in load_queue(session, CandidateFilter(1)).left_ids

    def conflicts() -> int:
        with project.read() as session:
            return len(pair_evidence(session, 1, 1, 43).conflicts)

    assert not waits() and conflicts() == 1
    with project.read() as session:
        evidence = pair_evidence(session, 1, 1, 43)
    decide(project, leave_all_but(evidence, Decision(1, 43, "accepted")))
    assert accepted(project) == {(1, 43)}
    assert waits() and conflicts() == 0
    assert contest(project, 1, 43) is None
    with project.read() as session:
        row = next(
            row for row in candidate_rows(session, [1, 2, 3]) if (row.left_id, row.right_id) == (1, 41)
        )
        assert row.settled
        assert counterparts(session, 1, [1, 3]).known == {1: 43}
    undo(project)
    assert not waits() and conflicts() == 1


def test_replacing_rejects_what_was_accepted_for_either_entity(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted"), Decision(2, 42, "accepted")])
    with project.read() as session:
        evidence = pair_evidence(session, 1, 1, 42)
    decide(project, leave_all_but(evidence, Decision(1, 42, "accepted")))
    assert accepted(project) == {(1, 42)}
    undo(project)
    assert accepted(project) == {(1, 41), (2, 42)}
