from __future__ import annotations

from sqlalchemy import text

from core.review.journal import Decision, decide
from core.review.teach import pairs_to_teach
from core.store.project_file import ProjectFile


def test_only_what_is_undecided_is_asked_and_what_is_shown_of_it(project: ProjectFile) -> None:
    with project.read() as session:
        best = dict(session.execute(text("SELECT left_id, right_id FROM candidate WHERE rank = 1")).all())
        second = dict(session.execute(text("SELECT left_id, right_id FROM candidate WHERE rank = 2")).all())
        seeds = set(session.scalars(text("SELECT left_id FROM run_seed WHERE role = 'seed'")))
        everything = pairs_to_teach(session, 1, 1000)
        first = pairs_to_teach(session, 1, 5)
    assert dict(everything) == {left: right for left, right in best.items() if left not in seeds}
    assert first == everything[:5]
    (accepted, _), (rejected, wrong), (alone, _), (unsure, other) = first[:4]
    decide(project, [
        Decision(accepted, best[accepted], "accepted"), Decision(rejected, wrong, "rejected"),
        Decision(alone, None, "no_counterpart"), Decision(unsure, other, "unsure"),
    ])  # fmt: skip
    with project.read() as session:
        left = dict(pairs_to_teach(session, 1, 1000))
    assert not {accepted, alone, unsure} & left.keys()
    assert left[rejected] == second[rejected]
    assert len(left) == len(everything) - 3


def test_likely_entities_with_many_neighbours_come_first(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(text("UPDATE candidate SET probability = 0.5"))
        session.execute(text("UPDATE candidate SET probability = 0.9 WHERE left_id = 1"))
        session.execute(text("DELETE FROM relation_triple WHERE head_id = 2 OR tail_id = 2"))
    with project.read() as session:
        asked = [left for left, _ in pairs_to_teach(session, 1, 1000)]
    assert asked[0] == 1 and 2 not in asked
