from __future__ import annotations

from core.review.journal import Decision, decide, undo
from core.review.pair_history import pair_history
from core.store.project_file import ProjectFile


def test_all_verdicts_on_a_pair_are_kept_the_newest_first(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "unsure", 0.9, 1, "ada", "same flag")])
    decide(project, [Decision(1, 42, "accepted", author="ada"), Decision(2, 41, "accepted", author="ada")])
    decide(project, [Decision(1, None, "no_counterpart", author="bob")])
    undo(project)
    decide(project, [Decision(1, 41, "rejected", author="bob")])
    with project.read() as session:
        found = pair_history(session, 1, 41)
        assert pair_history(session, 5, 45) == ()
    assert [(v.kind, v.author, v.undone_at is None) for v in found] == [
        ("rejected", "bob", True),
        ("no_counterpart", "bob", False),
        ("unsure", "ada", True),
    ]
    assert (found[2].note, found[2].score_shown) == ("same flag", 0.9)
    assert found[0].decided_at > found[2].decided_at
