from __future__ import annotations

from core.review.disagreement import (
    Disagreement,
    disagreement_count,
    disagreement_on,
    disagreements,
)
from core.review.journal import Decision, decide, undo
from core.review.queue import load_queue
from core.store.candidates import SETTLED
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter


def found(project: ProjectFile) -> list[Disagreement]:
    with project.read() as session:
        return disagreements(session)


def test_verdicts_of_two_curators_on_a_pair_are_both_kept(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted", author="ada")])
    decide(project, [Decision(2, 42, "accepted", author="ada")])
    decide(project, [Decision(1, 41, "rejected", author="grace", note="another place")])
    decide(project, [Decision(2, 42, "accepted", author="grace")])
    (only,) = found(project)
    assert (only.left_id, only.right_id) == (1, 41)
    assert [(o.author, o.kind, o.note) for o in only.opinions] == [
        ("ada", "accepted", ""),
        ("grace", "rejected", "another place"),
    ]


def test_who_thinks_again_may_agree(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted", author="ada")])
    decide(project, [Decision(1, 41, "rejected", author="grace")])
    decide(project, [Decision(1, 41, "accepted", author="grace")])
    assert found(project) == []
    undo(project)
    assert len(found(project)) == 1


def test_one_person_disagrees_with_nobody(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted", author="ada")])
    decide(project, [Decision(1, 41, "rejected", author="ada")])
    assert found(project) == []


def test_no_counterpart_disagrees_with_an_accepted_one(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted", author="ada")])
    decide(project, [Decision(1, 42, "rejected", author="ada")])
    decide(project, [Decision(1, None, "no_counterpart", author="grace")])
    (only,) = found(project)
    assert (only.right_id, [o.kind for o in only.opinions]) == (41, ["accepted", "no_counterpart"])


def test_a_verdict_that_settles_it_ends_it_until_somebody_decides_anew(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted", author="ada")])
    decide(project, [Decision(1, 41, "rejected", author="grace")])
    decide(project, [Decision(2, 42, "accepted", author="ada")])
    decide(project, [Decision(2, None, "no_counterpart", author="grace")])
    decide(project, [Decision(3, 43, "accepted", author="ada")])
    with project.read() as session:
        assert disagreement_count(session) == 2
        assert [o.author for o in disagreement_on(session, 2, 42)] == ["ada", "grace"]
        assert disagreement_on(session, 3, 43) == ()
        shown = load_queue(session, CandidateFilter(1, queue="disagreement"))
        assert set(zip(shown.left_ids.tolist(), shown.right_ids.tolist(), strict=True)) == {(1, 41), (2, 42)}
    decide(project, [Decision(1, 41, "accepted", author="carol", note=f"{SETTLED}: seen both")])
    decide(project, [Decision(2, None, "no_counterpart", author="carol", note=SETTLED)])
    with project.read() as session:
        assert disagreement_count(session) == 0 and disagreements(session) == []
        assert not len(load_queue(session, CandidateFilter(1, queue="disagreement")))
    undo(project)
    assert [(d.left_id, d.right_id) for d in found(project)] == [(2, 42)]
    decide(project, [Decision(1, 41, "rejected", author="grace")])
    assert [o.author for o in found(project)[0].opinions] == ["ada", "carol", "grace"]


def test_one_author_is_not_counted(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted", author="ada")])
    with project.read() as session:
        assert disagreement_count(session) == 0
