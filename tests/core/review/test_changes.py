from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from core.review.changes import Change, changes, new_verdicts
from core.review.journal import Decision, decide, undo
from core.store.project_file import ProjectFile
from core.store.schema import Candidate, Run
from tests.support import build_project

SIZE = 40  # of the small project: entity i is SIZE + i on the right


@pytest.fixture
def second(project: ProjectFile) -> Callable[[dict[int, list[int]]], None]:
    """Adds run 2: the candidates of run 1, but for the left entities that are given with their right ones."""

    def add(given: dict[int, list[int]]) -> None:
        with project.write() as session:
            session.add(
                Run(id=2, config_json="{}", status="done", started_at="2026-01-02T00:00:00+00:00",
                    best_epoch=1, metrics_json="{}", newest_verdict=0)
            )  # fmt: skip
            session.flush()
            rows = session.execute(
                text("SELECT left_id, right_id, rank, score FROM candidate WHERE run_id = 1")
            ).all()
            kept = [row._asdict() for row in rows if row.left_id not in given]
            kept += [
                {"left_id": left, "right_id": right, "rank": rank, "score": 1 - rank / 10}
                for left, rights in given.items()
                for rank, right in enumerate(rights, start=1)
            ]
            session.execute(insert(Candidate), [row | {"run_id": 2, "mutual": False} for row in kept])

    return add


def _ranks(found: object) -> list[tuple[int, int, int | None, int | None]]:
    assert isinstance(found, list)
    return [(each.left_id, each.right_id, each.before, each.now) for each in found]


def _candidates(project: ProjectFile, left: int) -> list[int]:
    with project.read() as session:
        query = text("SELECT right_id FROM candidate WHERE run_id = 1 AND left_id = :left ORDER BY rank")
        return list(session.scalars(query, {"left": left}))


def test_without_a_run_there_is_nothing(tmp_path: Path) -> None:
    project = build_project(tmp_path / "without.mimea", run=False)
    with project.read() as session:
        assert changes(session) is None and new_verdicts(session) == 0
    project.close()


def test_the_first_run_is_compared_with_verdicts_alone(project: ProjectFile) -> None:
    decide(project, [Decision(1, SIZE + 1, "rejected"), Decision(2, SIZE + 2, "accepted")])
    with project.read() as session:
        found = changes(session)
    assert found is not None and (found.run_id, found.before_id) == (1, None)
    assert found.contradicted == [Change(1, SIZE + 1, "France 1", "France 1", None, 1, "rejected")]
    assert found.jumped == found.best == []


def test_each_kind_of_change_is_found(project: ProjectFile, second: Callable[..., None]) -> None:
    first, fourth = _candidates(project, 1), _candidates(project, 4)
    turned = [fourth[4], *fourth[:4]]
    elsewhere = SIZE + 30 if SIZE + 30 not in first else SIZE + 31
    second({1: [elsewhere, *first[1:]], 4: turned, 5: _candidates(project, 5)[::-1]})
    decide(
        project,
        [
            Decision(1, first[0], "accepted"),  # no longer a candidate: what stands first is shown
            Decision(2, _candidates(project, 2)[0], "accepted"),  # still the first
            Decision(5, _candidates(project, 5)[4], "rejected"),  # now the first
            Decision(7, _candidates(project, 7)[0], "unsure"),
        ],
    )
    with project.read() as session:
        found = changes(session)
    assert found is not None and (found.run_id, found.before_id) == (2, 1)
    assert sorted(_ranks(found.contradicted)) == [
        (1, elsewhere, None, 1),
        (5, _candidates(project, 5)[4], 5, 1),
    ]
    # Entity 1 is settled, 5 is not.
    jumped = [each for each in _ranks(found.jumped) if each[0] == 4]
    assert jumped == [(4, fourth[4], 5, 1)]
    assert {each.left_id for each in found.best} == {4, 5}
    assert {(each.before, each.now) for each in found.best} == {(5, 1)}


def test_a_likely_candidate_speaks_against_no_counterpart(
    project: ProjectFile, second: Callable[..., None]
) -> None:
    second({})
    decide(project, [Decision(left, None, "no_counterpart") for left in (1, 2, 3)])
    with project.write() as session:  # entity 3 has no probability: the run was not calibrated for it
        for left, probability in ((1, 0.9), (2, 0.89)):
            session.execute(
                text("UPDATE candidate SET probability = :p WHERE run_id = 2 AND left_id = :l AND rank = 1"),
                {"p": probability, "l": left},
            )
    with project.read() as session:
        found = changes(session)
    assert found is not None
    first = _candidates(project, 1)[0]
    assert found.contradicted == [Change(1, first, "France 1", "France 1", 1, 1, "no_counterpart")]


def test_new_verdicts_are_those_that_the_run_does_not_know(
    project: ProjectFile, second: Callable[..., None]
) -> None:
    decide(project, [Decision(1, SIZE + 1, "accepted"), Decision(2, SIZE + 2, "unsure")])
    decide(project, [Decision(4, SIZE + 4, "rejected")])
    with project.read() as session:
        assert new_verdicts(session) == 2  # run 1 is of a version that learned from none
    second({})
    with project.write() as session:
        session.execute(text("UPDATE run SET newest_verdict = 2 WHERE id = 2"))
    with project.read() as session:
        assert new_verdicts(session) == 1
    undo(project), undo(project)
    with project.read() as session:
        assert new_verdicts(session) == 1  # one that it learned from was taken back
