from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.review.history import history_ids, history_rows
from core.review.journal import (
    Decision,
    VerdictCounts,
    current_verdicts,
    decide,
    history_state,
    redo,
    restore,
    revoke,
    undo,
    verdict_counts,
)
from core.store.project_file import ProjectFile


def counts(project: ProjectFile) -> VerdictCounts:
    with project.read() as session:
        return verdict_counts(session)


def in_force(project: ProjectFile) -> list[tuple[int, int | None, str]]:
    with project.read() as session:
        return [(d.left_id, d.right_id, d.kind) for d in current_verdicts(session)]


def test_a_decision_is_seen_by_another_connection_at_once(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted", score_shown=0.97, run_id=1, author="ada")])
    other = ProjectFile.open(project.path)
    assert in_force(other) == [(1, 41, "accepted")]
    other.close()


def test_the_last_verdict_of_a_pair_holds(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted")])
    decide(project, [Decision(1, 41, "rejected")])
    assert in_force(project) == [(1, 41, "rejected")]


def test_accepted_and_no_counterpart_exclude_each_other(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted")])
    decide(project, [Decision(1, None, "no_counterpart")])
    assert in_force(project) == [(1, None, "no_counterpart")]
    decide(project, [Decision(1, 42, "accepted")])
    assert in_force(project) == [(1, 42, "accepted")]
    undo(project)
    undo(project)
    assert in_force(project) == [(1, 41, "accepted")]


def test_an_author_undoes_and_redoes_their_own_steps(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted", author="ada")])
    decide(project, [Decision(2, 42, "accepted", author="grace")])
    step = undo(project, "ada")
    assert step is not None and [d.left_id for d in step.decisions] == [1]
    assert in_force(project) == [(2, 42, "accepted")]
    assert undo(project, "ada") is None
    with project.read() as session:
        assert history_state(session, "ada") == (False, True)
        assert history_state(session, "grace") == (True, False)
    assert redo(project, "grace") is None
    step = redo(project, "ada")
    assert step is not None and in_force(project) == [(1, 41, "accepted"), (2, 42, "accepted")]
    with project.read() as session:
        assert history_state(session, "ada") == (True, False)


def test_undo_and_redo_move_by_steps(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted")])
    decide(project, [Decision(2, 42, "accepted"), Decision(3, 43, "accepted")])
    step = undo(project)
    assert step is not None and [d.left_id for d in step.decisions] == [2, 3]
    assert counts(project).accepted == 1
    redo(project)
    assert counts(project).accepted == 3
    undo(project)
    decide(project, [Decision(4, 44, "unsure")])
    assert redo(project) is None
    assert counts(project) == VerdictCounts(accepted=1, unsure=1)


def test_a_buried_step_does_not_come_back(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted")])
    undo(project)
    decide(project, [Decision(2, 42, "accepted")])
    undo(project)
    redo(project)
    assert in_force(project) == [(2, 42, "accepted")]
    assert redo(project) is None


def test_nothing_to_undo_or_redo(project: ProjectFile) -> None:
    assert undo(project) is None
    assert redo(project) is None
    with project.read() as session:
        assert history_state(session) == (False, False)


def test_a_decision_must_fit_its_kind(project: ProjectFile) -> None:
    with pytest.raises(ValueError, match="accepted"):
        decide(project, [Decision(1, None, "accepted")])
    with pytest.raises(ValueError, match="at least one"):
        decide(project, [])
    assert counts(project).total == 0


actions = st.lists(
    st.one_of(
        st.tuples(
            st.integers(1, 4), st.integers(41, 44), st.sampled_from(["accepted", "rejected", "unsure"])
        ),
        st.tuples(st.integers(1, 4), st.none(), st.just("no_counterpart")),
        st.just("undo"),
        st.just("redo"),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(actions=actions)
def test_the_journal_agrees_with_a_list_of_states(actions, tmp_path_factory) -> None:
    from tests.support import build_project

    project = build_project(tmp_path_factory.mktemp("journal") / "p.mimea", run=False, images=False)
    done: list[tuple] = []
    undone: list[tuple] = []
    for action in actions:
        if action == "undo":
            assert (undo(project) is not None) == bool(done)
            if done:
                undone.append(done.pop())
        elif action == "redo":
            assert (redo(project) is not None) == bool(undone)
            if undone:
                done.append(undone.pop())
        else:
            decide(project, [Decision(*action)])
            done.append(action)
            undone.clear()
    assert sorted(in_force(project), key=str) == sorted(_expected(done), key=str)
    project.close()


def _expected(done: list[tuple]) -> list[tuple]:
    force: list[tuple] = []
    for left, right, kind in done:
        force = [
            v
            for v in force
            if not (v[0] == left and (v[1] == right or {v[2], kind} == {"accepted", "no_counterpart"}))
        ]
        force.append((left, right, kind))
    return force


def ids(project: ProjectFile) -> dict[tuple[int, int | None], int]:
    """Ids of the verdicts by pair; the newest of each pair."""
    with project.read() as session:
        rows = history_rows(session, history_ids(session)[::-1].tolist())
    return {(row.left_id, row.right_id): row.id for row in rows}


def test_one_verdict_is_revoked_and_later_ones_stay(project: ProjectFile) -> None:
    for left in (1, 2, 3):
        decide(project, [Decision(left, 40 + left, "accepted")])
    step = revoke(project, [ids(project)[1, 41]])
    assert step is not None and [d.left_id for d in step.decisions] == [1]
    assert in_force(project) == [(2, 42, "accepted"), (3, 43, "accepted")]
    assert redo(project) is None  # it brings back what undo took, not what was revoked before
    restored = restore(project, [ids(project)[1, 41]])
    assert restored is not None and len(in_force(project)) == 3


def test_what_is_revoked_of_a_bulk_step_stays_so_when_the_step_is_undone_and_redone(
    project: ProjectFile,
) -> None:
    decide(project, [Decision(i, 40 + i, "accepted") for i in (1, 2, 3)])
    revoke(project, [ids(project)[2, 42]])
    assert [pair[0] for pair in in_force(project)] == [1, 3]
    step = undo(project)
    assert step is not None and len(step.decisions) == 2
    assert in_force(project) == []
    redo(project)
    assert [pair[0] for pair in in_force(project)] == [1, 3]


def test_revoking_the_last_step_is_undoing_it(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted")])
    revoke(project, [ids(project)[1, 41]])
    assert redo(project) is not None
    assert in_force(project) == [(1, 41, "accepted")]


def test_a_restored_verdict_does_not_override_a_later_one(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted")])
    first = ids(project)[1, 41]
    undo(project)
    decide(project, [Decision(1, 41, "rejected")])
    assert restore(project, [first]) is not None
    assert in_force(project) == [(1, 41, "rejected")]
    assert restore(project, [first]) is None
    assert revoke(project, [9_999]) is None


def test_history_tells_what_became_of_each_verdict(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted", author="ada", note="same flag")])
    decide(project, [Decision(1, 41, "rejected")])
    decide(project, [Decision(2, None, "no_counterpart"), Decision(3, 43, "unsure")])
    undo(project)
    with project.read() as session:
        rows = history_rows(session, history_ids(session).tolist())
    assert [(row.left_id, row.kind, row.in_force, row.undone_at is None) for row in rows] == [
        (3, "unsure", False, False),
        (2, "no_counterpart", False, False),
        (1, "rejected", True, True),
        (1, "accepted", False, True),
    ]
    assert [row.together for row in rows] == [2, 2, 1, 1]
    assert (rows[3].author, rows[3].note, rows[1].right_label) == ("ada", "same flag", None)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_revoking_and_restoring_leave_every_other_verdict_alone(data, tmp_path_factory) -> None:
    from tests.support import build_project

    project = build_project(tmp_path_factory.mktemp("journal") / "p.mimea", run=False, images=False)
    live: set[int] = set()
    for left in range(1, 7):
        decide(project, [Decision(left, 40 + left, "accepted")])
        live.add(left)
        chosen = data.draw(st.sets(st.integers(1, left)))
        if data.draw(st.booleans()):
            revoke(project, [ids(project)[i, 40 + i] for i in chosen])
            live -= chosen
        else:
            restore(project, [ids(project)[i, 40 + i] for i in chosen])
            live |= chosen
        assert {left for left, _, _ in in_force(project)} == live
    project.close()
