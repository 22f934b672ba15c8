from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.project import Project
from app.tasks import Tasks
from app.training_worker import Training
from core.config import RunConfig
from core.store.project_file import ProjectFile
from core.training.events import EpochDone, Event, RunFinished
from tests.app.fake_run import FakeRun, cancelled, training_error


@pytest.fixture
def opened(qtbot: QtBot, project: ProjectFile) -> Iterator[Project]:
    made = Project(Tasks())
    with qtbot.waitSignal(made.opened):
        made.open(project.path)
    yield made
    made.close()


@pytest.fixture
def training(opened: Project) -> Training:
    return Training(opened)


def test_events_arrive_in_order_and_then_the_run_is_in_the_project(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training
) -> None:
    events: list[Event] = []
    training.event_arrived.connect(events.append)
    with qtbot.waitSignals([training.started, opened.runs_changed, training.ended], order="strict"):
        training.start(RunConfig().replace(epochs=20))
        assert training.active
    assert [event.epoch for event in events if isinstance(event, EpochDone)] == list(range(1, 21))
    assert isinstance(events[-1], RunFinished)
    assert not training.active
    assert fake_run.threads != [threading.current_thread()]


def test_stopping_ends_the_run_with_what_it_has(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training
) -> None:
    fake_run.pause_after = 5
    events: list[Event] = []
    training.event_arrived.connect(events.append)
    with qtbot.waitSignal(opened.runs_changed) as changed, qtbot.waitSignal(training.ended):
        training.start(RunConfig())
        qtbot.waitUntil(lambda: any(isinstance(event, EpochDone) for event in events))
        training.stop()
        assert training.stopping
    assert changed.args == [1]
    assert isinstance(events[-1], RunFinished)
    assert events[-1].status == "stopped"


def test_a_run_that_fails_says_why_and_can_be_started_again(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training
) -> None:
    fake_run.fail_with = training_error()
    with (
        qtbot.waitSignal(training.failed) as failed,
        qtbot.waitSignal(training.ended),
        qtbot.assertNotEmitted(opened.runs_changed),
    ):
        training.start(RunConfig())
    assert failed.args == ["there are no known links; import some, or accept pairs", ""]
    fake_run.fail_with = None
    with qtbot.waitSignals([opened.runs_changed, training.ended]):
        training.start(RunConfig().replace(epochs=2))


def test_a_run_stopped_before_it_began_is_no_error(
    qtbot: QtBot, fake_run: FakeRun, training: Training
) -> None:
    fake_run.fail_with = cancelled()
    with qtbot.waitSignal(training.ended), qtbot.assertNotEmitted(training.failed):
        training.start(RunConfig())


def test_there_is_one_run_at_a_time(qtbot: QtBot, fake_run: FakeRun, training: Training) -> None:
    fake_run.pause_after = 1
    training.start(RunConfig())
    with pytest.raises(RuntimeError, match="going already"):
        training.start(RunConfig())
    with qtbot.waitSignal(training.ended):
        training.stop()


@pytest.mark.slow
def test_a_real_run_leaves_candidates(qtbot: QtBot, opened: Project, training: Training) -> None:
    config = RunConfig().replace(epochs=4, evaluate_every=2, dimension=8, batch_size=8, transport_sample=16)
    with qtbot.waitSignal(training.ended, timeout=120_000), qtbot.assertNotEmitted(training.failed):
        training.start(config)
    from core.store.runs import latest_run

    with opened.file.read() as session:
        run = latest_run(session)
    assert run is not None
    assert (run.id, run.status, run.best_epoch) == (2, "done", 4)
