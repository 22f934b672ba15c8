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
from core.store.runs import RunInfo, list_runs, queue_run
from core.training.events import Continued, EpochDone, Event, Paused, RunFinished, RunStarted
from tests.app.fake_run import FakeRun, cancelled, training_error
from tests.support import build_project

SHORT = RunConfig().replace(epochs=20)
LONG = RunConfig().replace(epochs=100_000)


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


@pytest.fixture
def events(training: Training) -> list[Event]:
    found: list[Event] = []
    training.event_arrived.connect(found.append)
    return found


def stored(file: ProjectFile) -> dict[int, RunInfo]:
    with file.read() as session:
        return {run.id: run for run in list_runs(session)}


def statuses(file: ProjectFile) -> dict[int, str]:
    """Of the runs that came after that of the fixture."""
    return {run_id: run.status for run_id, run in stored(file).items() if run_id > 1}


def wait_for_epochs(qtbot: QtBot, events: list[Event], run_id: int, number: int = 1) -> None:
    qtbot.waitUntil(
        lambda: sum(isinstance(e, EpochDone) and e.run_id == run_id for e in events) >= number, timeout=20_000
    )


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
    with qtbot.waitSignal(training.ended), qtbot.assertNotEmitted(training.failed):
        training.discard()
        assert training.discarding
    assert statuses(opened.file) == {}
    assert not any(isinstance(event, RunFinished) for event in events)


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
        qtbot.waitSignal(training.failed) as failed,
        qtbot.waitSignal(training.ended),
        qtbot.assertNotEmitted(opened.runs_changed),
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
    with qtbot.waitSignal(training.ended), qtbot.assertNotEmitted(training.failed):
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


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("queued", {2: "stopped", 3: "queued"}),
        ("preparing", {2: "queued"}),
        ("running", {2: "stopped"}),
        ("paused", {2: "stopped"}),
        ("stopping", {2: "stopped"}),
        ("discarding", {}),
        ("failing", {2: "failed"}),
        ("failed", {2: "failed"}),
        ("resumed", {2: "stopped"}),
        ("done", {2: "done"}),
    ],
)
def test_closing_the_window_keeps_what_can_be_kept(
    open_window: MainWindow, fake_run: FakeRun, qtbot: QtBot, state: str, expected: dict[int, str]
) -> None:
    """In each state of a run the window ends it first, and the project tells how it was."""
    window, events = open_window, []
    path = window.project.file.path
    window.training.event_arrived.connect(events.append)
    match state:
        case "preparing":
            fake_run.hold = True
        case "failing":  # as soon as it is asked to stop
            fake_run.pause_after = fake_run.fail_at = 3
        case "failed":
            fake_run.fail_at = 3
    window.training.start(SHORT if state == "done" else LONG)
    match state:
        case "preparing":
            qtbot.waitUntil(lambda: window.training.active)
        case "failed":
            qtbot.waitSignal(window.training.ended).wait()
        case "done":
            qtbot.waitUntil(lambda: bool(fake_run.threads))
            fake_run.threads[0].join(20)  # it is over, and the window has not heard of it yet
            assert window.training.active
        case _:
            wait_for_epochs(qtbot, events, 2)
    match state:
        case "queued":
            window.training.start(SHORT)
            qtbot.waitUntil(lambda: window.training.waiting == [3])
        case "paused":
            window.training.pause()
            qtbot.waitUntil(lambda: isinstance(events[-1], Paused))
        case "stopping":
            window.training.stop()
        case "discarding":
            window.training.discard()
        case "resumed":
            with qtbot.waitSignal(window.training.ended):
                window.training.stop()
            events.clear()
            fake_run.pause_after = 3
            window.training.resume(2)
            wait_for_epochs(qtbot, events, 2)
            assert fake_run.resumed == [2]
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=20_000)
    assert not window.training.active
    file = ProjectFile.open(path)
    assert statuses(file) == expected
    file.close()


def test_events_of_a_stale_run_never_reach_the_window(
    open_window: MainWindow, fake_run: FakeRun, tmp_path: Path, qtbot: QtBot
) -> None:
    """What a run told before it was left, and nobody took up yet, comes before the next project does."""
    window = open_window
    first = window.project.file.path
    other = build_project(tmp_path / "other.mimea", images=False, run=False)
    other.close()
    heard: list[tuple[Path | None, Event]] = []
    window.training.event_arrived.connect(
        lambda event: heard.append((window.project.file.path if window.project.is_open else None, event))
    )
    fake_run.pause_after = 200
    window.training.start(LONG)
    qtbot.waitUntil(lambda: bool(fake_run.threads))
    window.training.stop()
    fake_run.threads[0].join(20)  # hundreds of events wait in its mailbox
    told = len(heard)
    with qtbot.waitSignal(window.opener.ready, timeout=20_000):
        window.open_project(other.path)
    assert window.project.file.path == other.path and not window.training.active
    at_opening = len(heard)
    assert at_opening > told and {path for path, _ in heard} == {first}
    qtbot.waitUntil(lambda: not window.tasks.busy)
    assert len(heard) == at_opening
    panel = window.pages.train.panel
    assert panel.facts.start is None and panel.facts.epoch is None
    assert all(len(columns) == 0 for columns in panel.curves.columns.values())
    events: list[Event] = []
    window.training.event_arrived.connect(events.append)
    fake_run.pause_after = None
    with qtbot.waitSignal(window.training.ended):
        window.training.start(SHORT)
    assert [event.epoch for event in events if isinstance(event, EpochDone)] == list(range(1, 21))
    assert len(panel.curves.columns["loss"]) == 20


def test_a_run_that_was_left_tells_the_next_one_nothing(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training, events: list[Event]
) -> None:
    """The second begins once all that the first told, even unheard, was taken up."""
    training.start(LONG)
    training.start(SHORT)
    wait_for_epochs(qtbot, events, 2)
    qtbot.waitUntil(lambda: training.waiting == [3])
    first = training._control
    training.discard()
    fake_run.threads[0].join(20)
    with qtbot.waitSignals([training.ended] * 2, timeout=20_000):
        pass
    assert training._control is not first and first.discarding and not training._control.stopping
    runs = [event.run_id for event in events if hasattr(event, "run_id")]
    assert runs.index(3) > len(runs) - 1 - runs[::-1].index(2)
    assert statuses(opened.file) == {3: "done"}


def test_runs_of_two_projects_at_once_share_nothing(
    qtbot: QtBot, fake_run: FakeRun, opened: Project, training: Training, events: list[Event], tmp_path: Path
) -> None:
    build_project(tmp_path / "other.mimea", images=False).close()
    neighbour = Project(Tasks())
    with qtbot.waitSignal(neighbour.opened):
        neighbour.open(tmp_path / "other.mimea")
    beside = Training(neighbour)
    theirs: list[Event] = []
    beside.event_arrived.connect(theirs.append)
    training.start(LONG)
    beside.start(LONG.replace(epochs=99_999))
    wait_for_epochs(qtbot, events, 2, 5)
    wait_for_epochs(qtbot, theirs, 2, 5)
    training.pause()
    qtbot.waitUntil(lambda: isinstance(events[-1], Paused))
    assert not beside.paused
    heard = len(theirs)
    qtbot.waitUntil(lambda: len(theirs) > heard)
    with qtbot.waitSignal(beside.ended, timeout=20_000):
        beside.discard()
    assert training.active and training.paused and not training.stopping
    assert statuses(opened.file) == {2: "running"} and statuses(neighbour.file) == {}
    with qtbot.waitSignal(training.ended, timeout=20_000):
        training.stop()
    assert statuses(opened.file) == {2: "stopped"}
    totals = [{event.epochs for event in each if isinstance(event, RunStarted)} for each in (events, theirs)]
    assert totals == [{100_000}, {99_999}]
    neighbour.close()


def test_runs_that_were_queued_are_offered_when_the_project_is_opened_again(
    window: MainWindow, project: ProjectFile, fake_run: FakeRun, qtbot: QtBot
) -> None:
    with project.write() as session:
        for dimension in (16, 32):
            queue_run(session, SHORT.replace(dimension=dimension).to_json())
    with qtbot.waitSignals([window.opener.ready]):
        window.open_project(project.path)
    qtbot.waitUntil(lambda: "2 runs wait in the queue" in window.message.text)
    assert not fake_run.configs
    with qtbot.waitSignals([window.training.ended] * 2, timeout=20_000):
        window.message._action.click()
    assert [config.model.dimension for config in fake_run.configs] == [16, 32]
    assert statuses(window.project.file) == {2: "done", 3: "done"}


@pytest.mark.slow
def test_a_real_run_leaves_candidates(qtbot: QtBot, opened: Project, training: Training) -> None:
    config = RunConfig().replace(epochs=4, evaluate_every=2, dimension=8, batch_size=8, transport_sample=16)
    with qtbot.waitSignal(training.ended, timeout=120_000), qtbot.assertNotEmitted(training.failed):
        training.start(config)
    run = stored(opened.file)[2]
    assert (run.id, run.status, run.best_epoch) == (2, "done", 4)
