from __future__ import annotations

from core.review.disagreement import Disagreement, disagreements
from core.review.journal import Decision, decide, undo
from core.store.project_file import ProjectFile


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
