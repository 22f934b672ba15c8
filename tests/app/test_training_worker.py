"""A run's life in the window: queued, running, paused, stopped, discarded, failed, resumed, done."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.project import Project
from app.tasks import Tasks
from app.training_worker import Training
from core.config import RunConfig
from core.store.project_file import ProjectFile
from core.store.run_edits import withdraw_run
from core.store.runs import queue_run
from core.training.child import ChildDied
from core.training.events import Continued, EpochDone, Event, Paused, RunFinished, RunStarted
from tests.app.fake_run import FakeRun, cancelled, training_error
from tests.app.train_page import LONG, SHORT, statuses, stored, wait_for_epochs
from tests.support import build_project


def test_events_arrive_in_order_and_then_the_run_is_in_the_project(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training, events: list[Event]
) -> None:
    with qtbot.waitSignals([training.started, opened.runs_changed, training.ended], order="strict"):
        training.start(SHORT)
    assert [event.epoch for event in events if isinstance(event, EpochDone)] == list(range(1, 21))
    assert isinstance(events[-1], RunFinished)
    assert not training.active
    assert fake_run.threads != [threading.current_thread()]
    assert statuses(opened.file) == {2: "done"}


def test_stopping_ends_the_run_with_what_it_has(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training, events: list[Event]
) -> None:
    fake_run.pause_after = 5
    with qtbot.waitSignal(opened.runs_changed) as changed, qtbot.waitSignal(training.ended):
        training.start(LONG)
        wait_for_epochs(qtbot, events, 2)
        training.stop()
        assert training.stopping and not training.discarding
    assert changed.args == [2]
    assert isinstance(events[-1], RunFinished) and events[-1].status == "stopped"
    assert statuses(opened.file) == {2: "stopped"}


def test_a_paused_run_waits_and_goes_on_where_it_was(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training, events: list[Event]
) -> None:
    training.start(LONG)
    wait_for_epochs(qtbot, events, 2)
    training.pause()
    qtbot.waitUntil(lambda: isinstance(events[-1], Paused))
    assert training.paused and training.active
    at = len(events)
    qtbot.wait(100)
    assert len(events) == at, "a paused run told something"
    training.go_on()
    assert not training.paused
    wait_for_epochs(qtbot, events, 2, sum(isinstance(e, EpochDone) for e in events) + 5)
    epochs = [event.epoch for event in events if isinstance(event, EpochDone)]
    assert epochs == list(range(1, len(epochs) + 1))
    assert any(isinstance(event, Continued) for event in events)
    with qtbot.waitSignal(training.ended):
        training.pause()
        training.stop()  # ends a pause as well
    assert statuses(opened.file) == {2: "stopped"}


@pytest.mark.parametrize("paused", [False, True])
def test_a_discarded_run_leaves_nothing(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training, events: list[Event], paused: bool
) -> None:
    training.start(LONG)
    wait_for_epochs(qtbot, events, 2)
    if paused:
        training.pause()
        qtbot.waitUntil(lambda: isinstance(events[-1], Paused))
    with qtbot.assertNotEmitted(training.failed), qtbot.waitSignal(training.ended):
        training.discard()
        assert training.discarding
    assert statuses(opened.file) == {}
    assert not any(isinstance(event, RunFinished) for event in events)


def test_a_run_discarded_after_its_last_word_is_no_news(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training
) -> None:
    """Then it is gone before anybody could look at it."""

    def on_event(event: Event) -> None:
        if isinstance(event, RunFinished):
            training.discard()

    training.event_arrived.connect(on_event)
    fake_run.linger = True
    with qtbot.assertNotEmitted(opened.runs_changed), qtbot.waitSignal(training.ended):
        training.start(SHORT)
    assert statuses(opened.file) == {}


def test_runs_wait_for_each_other_and_never_share_anything(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training, events: list[Event]
) -> None:
    fake_run.pause_after = 3
    training.start(LONG)
    training.start(SHORT.replace(dimension=64))
    training.start(SHORT.replace(dimension=32))
    wait_for_epochs(qtbot, events, 2, 2)
    qtbot.waitUntil(lambda: training.waiting == [3, 4])
    assert statuses(opened.file) == {2: "running", 3: "queued", 4: "queued"}
    training.pause()
    training.go_on()
    fake_run.pause_after = None
    with qtbot.waitSignals([training.ended] * 3, timeout=20_000):
        training.stop()  # the first one alone
    assert statuses(opened.file) == {2: "stopped", 3: "done", 4: "done"}
    assert [config.model.dimension for config in fake_run.configs] == [300, 64, 32]
    assert len({id(thread) for thread in fake_run.threads}) == 3
    order = [event.run_id for event in events if hasattr(event, "run_id")]
    assert order == sorted(order), "a run told something after the next one began"
    started = [event.run_id for event in events if isinstance(event, RunStarted)]
    assert started == [2, 3, 4]


def test_a_run_can_leave_the_queue(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training, events: list[Event]
) -> None:
    fake_run.pause_after = 2
    training.start(LONG)
    training.start(SHORT)
    qtbot.waitUntil(lambda: training.waiting == [3])
    with qtbot.waitSignal(training.queue_changed):
        training.withdraw(3)
    qtbot.waitUntil(lambda: not opened.tasks.busy)
    with qtbot.waitSignal(training.ended):
        training.stop()
    assert statuses(opened.file) == {2: "stopped"} and not training.active


def test_a_run_that_fails_says_why_and_the_next_one_goes_on(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training
) -> None:
    fake_run.fail_with = training_error()
    with (
        qtbot.assertNotEmitted(opened.runs_changed),
        qtbot.waitSignal(training.failed) as failed,
        qtbot.waitSignal(training.ended),
    ):
        training.start(RunConfig())
    assert failed.args == ["there are no known links; import some, or accept pairs", ""]
    fake_run.fail_with = None
    with qtbot.waitSignals([opened.runs_changed, training.ended]):
        training.start(SHORT)


def test_a_run_stopped_before_it_began_is_no_error_and_leaves_nothing(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training
) -> None:
    fake_run.fail_with = cancelled()
    with qtbot.assertNotEmitted(training.failed), qtbot.waitSignal(training.ended):
        training.start(RunConfig())
    qtbot.waitUntil(lambda: not opened.tasks.busy)
    assert statuses(opened.file) == {}


def test_a_stopped_run_is_resumed_after_those_before_it(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training, events: list[Event]
) -> None:
    with qtbot.waitSignal(training.ended):
        training.start(LONG)
        wait_for_epochs(qtbot, events, 2)
        training.stop()
    fake_run.pause_after = 2
    training.start(LONG)
    wait_for_epochs(qtbot, events, 3)
    training.resume(2)
    training.resume(2)
    assert training.waiting == [2]
    fake_run.pause_after = None
    with qtbot.waitSignals([training.ended] * 2, timeout=20_000):
        training.stop()
    assert fake_run.resumed == [2]
    assert statuses(opened.file) == {2: "done", 3: "stopped"}


def test_a_run_that_goes_is_neither_started_nor_withdrawn(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training
) -> None:
    """Until it has loaded everything the store still has it as queued."""
    fake_run.hold = True
    training.start(SHORT)
    qtbot.waitUntil(lambda: training.going == 2)
    training.start_queued(2, SHORT)
    training.resume(2)
    assert not training.waiting
    fake_run.hold = False
    with qtbot.waitSignal(training.ended):
        training.stop()
    assert training.going == 0


def test_the_store_has_it_as_running_before_anybody_looks_again(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training
) -> None:
    fake_run.pause_after = 2
    seen: list[str] = []
    training.queue_changed.connect(lambda: seen.append(statuses(opened.file).get(2, "")))
    training.start(LONG)
    qtbot.waitUntil(lambda: "running" in seen)
    with qtbot.waitSignal(training.ended):
        training.stop()


def test_withdrawing_leaves_a_run_that_began_alone(project: ProjectFile) -> None:
    with project.write() as session:
        run_id = queue_run(session, SHORT.to_json())
    withdraw_run(project, 1)  # that of the fixture is done
    assert set(stored(project)) == {1, run_id}
    withdraw_run(project, run_id)
    assert set(stored(project)) == {1}


def test_the_queue_goes_on_where_another_project_cannot_be_opened(
    qtbot: QtBot, fake_run: FakeRun, open_window: MainWindow, tmp_path: Path
) -> None:
    window, training = open_window, open_window.training
    fake_run.pause_after = 2
    training.start(LONG)
    training.start(SHORT)
    qtbot.waitUntil(lambda: training.waiting == [3])
    fake_run.pause_after = None
    with qtbot.waitSignals([window.opener.failed, training.ended, training.ended], timeout=20_000):
        window.opener.open(tmp_path / "missing.mimea", stop=True)
    assert statuses(window.project.file) == {2: "stopped", 3: "done"}


def test_nothing_begins_while_another_project_is_on_its_way(
    qtbot: QtBot, fake_run: FakeRun, open_window: MainWindow, tmp_path: Path
) -> None:
    window = open_window
    other = build_project(tmp_path / "other.mimea", size=5)
    other.close()
    with qtbot.waitSignal(window.opener.ready):
        window.open_project(other.path)
        window.training.start_queued(1, SHORT)
        assert not window.training.active and not window.side_work.free
    assert window.side_work.free and not window.training.active and not fake_run.configs


def test_a_process_that_breaks_off_leaves_no_run_in_the_queue(
    qtbot: QtBot, opened: Project, training: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Iterator[Event]:
        raise ChildDied("the process that computed broke off with exit status 1; its error output says why")
        yield

    monkeypatch.setattr("core.training.child.in_child", broken)
    with qtbot.waitSignal(training.ended), qtbot.waitSignal(training.failed) as told:
        training.start(SHORT)
    assert "exit status 1" in told.args[0]
    run = stored(opened.file)[2]
    assert run.status == "failed" and run.error is not None and "exit status 1" in run.error


def test_a_project_open_for_looking_only_refuses(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, project: ProjectFile
) -> None:
    other = Project(Tasks())
    with qtbot.waitSignal(other.opened):
        other.open(project.path)
    training = Training(other)
    with qtbot.waitSignal(training.failed) as failed:
        training.start(SHORT)
    assert "another window" in failed.args[0] and not training.active
    other.close()


@pytest.mark.slow
def test_a_real_run_leaves_candidates(qtbot: QtBot, opened: Project, training: Training) -> None:
    config = RunConfig().replace(epochs=4, evaluate_every=2, dimension=8, batch_size=8, transport_sample=16)
    with qtbot.assertNotEmitted(training.failed), qtbot.waitSignal(training.ended, timeout=120_000):
        training.start(config)
    run = stored(opened.file)[2]
    assert (run.id, run.status, run.best_epoch) == (2, "done", 4)
