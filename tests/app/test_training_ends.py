"""The window or the project closes while a run goes, and runs that go at once or one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.project import Project
from app.tasks import Tasks
from app.training_worker import Training
from core.store.project_file import ProjectFile
from core.store.run_files import checkpoint_path
from core.store.runs import queue_run
from core.training.events import EpochDone, Event, Paused, RunStarted
from tests.app.fake_run import FakeRun
from tests.app.train_page import LONG, SHORT, statuses, stored, wait_for_epochs
from tests.support import REPOSITORY, build_project


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


_TERMINATED = """
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication
from app import application
from core.config import RunConfig
from core.training.events import EpochDone

class Curator(QObject):
    epochs = 0

    def look(self):
        window = next((w for w in QApplication.topLevelWidgets() if w.objectName() == "mainWindow"), None)
        if window is None or not window.project.is_open or window.tasks.busy:
            QTimer.singleShot(20, self.look)
            return
        window.training.event_arrived.connect(self.hear)
        window.training.start(RunConfig().replace(
            epochs=100_000, evaluate_every=1, dimension=8, seed_ratio=0.5, support_weight=0, device="cpu",
        ))

    @Slot(object)
    def hear(self, event):
        self.epochs += isinstance(event, EpochDone)
        if self.epochs == 3 and isinstance(event, EpochDone):
            os.kill(os.getpid(), signal.SIGTERM)

create = application.create_application
def created():
    made = create()
    made.curator = Curator()
    QTimer.singleShot(0, made.curator.look)
    return made
application.create_application = created
sys.exit(application.main(Path(sys.argv[1])))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_polite_kill_of_the_window_saves_the_run(tmp_path: Path) -> None:
    project = build_project(tmp_path / "p.mimea", images=False, run=False)
    own = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", _TERMINATED, str(project.path)],
        cwd=REPOSITORY,
        env={**os.environ, **own, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 130, done.stderr
    (run,) = stored(project).values()
    assert run.status == "stopped" and run.best_epoch is not None and run.best_epoch >= 3
    assert checkpoint_path(project.sidecar, run.id).exists()
    project.close()
