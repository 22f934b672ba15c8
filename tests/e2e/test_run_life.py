"""A queue of runs in processes of their own, through all that can become of one, by keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.pages import TRAIN
from core.config import RunConfig
from core.store.candidate_columns import Ids, candidate_columns
from core.store.project_file import ProjectFile
from core.store.runs import list_runs
from core.training.events import Continued, EpochDone, Event, Paused, RunFinished, RunStarted
from tests.e2e.conftest import focused
from tests.support import build_project
from tests.window import activate

Key = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LONG = RunConfig().replace(
    dimension=16, seed_ratio=0.5, epochs=100_000, evaluate_every=5_000, checkpoint_every=5, device="cpu"
)
SHORT = LONG.replace(epochs=4, evaluate_every=4)
HOPELESS = SHORT.replace(visual_encoder="precomputed", visual_features="/nowhere/vectors.npz")
WAIT = 90_000  # milliseconds: a process that trains loads PyTorch first


class Trainer:
    """A window with its Train page, and what it was told of its runs."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot, self.window = qtbot, window
        self.events: list[Event] = []
        window.training.event_arrived.connect(self.events.append)
        qtbot.waitUntil(lambda: window.project.is_open and not window.tasks.busy, timeout=WAIT)
        self.press(Key.Key_2, CONTROL)
        assert window.page == TRAIN

    def press(self, key: Key, modifier: Qt.KeyboardModifier) -> None:
        activate(self.qtbot, self.window)
        self.qtbot.keyClick(focused(self.qtbot, self.window), key, modifier)

    def start(self, config: RunConfig) -> None:
        self.window.pages.train.run_tab.form.set_config(config)
        self.press(Key.Key_Return, CONTROL)

    def until(self, kind: type[Event], run_id: int, times: int = 1) -> None:
        """Wait until a run told so many things of a kind."""
        self.qtbot.waitUntil(lambda: self.told(kind, run_id) >= times, timeout=WAIT)

    def told(self, kind: type[Event], run_id: int) -> int:
        return sum(isinstance(event, kind) and event.run_id == run_id for event in self.events)

    def statuses(self) -> dict[int, str]:
        return statuses(self.window.project.file)


def statuses(project: ProjectFile) -> dict[int, str]:
    with project.read() as session:
        return {run.id: run.status for run in list_runs(session)}


def test_a_queue_from_its_start_to_its_end(
    qtbot: QtBot, tmp_path: Path, open_window: Callable[[Path | None], MainWindow]
) -> None:
    path = tmp_path / "p.mimea"
    build_project(path, images=False, run=False).close()
    at = Trainer(qtbot, open_window(path))
    for config in (LONG, HOPELESS, LONG):
        at.start(config)
    at.until(EpochDone, 1, times=3)
    assert at.statuses() == {1: "running", 2: "queued", 3: "queued"}

    at.press(Key.Key_P, CONTROL | SHIFT)
    at.until(Paused, 1)
    told = at.told(EpochDone, 1)
    assert at.statuses()[1] == "running" and at.window.training.paused
    at.press(Key.Key_P, CONTROL | SHIFT)
    at.until(Continued, 1)
    at.until(EpochDone, 1, times=told + 3)

    at.press(Key.Key_Period, CONTROL)  # it keeps what it has; the next one fails, and the one after it begins
    at.until(RunFinished, 1)
    at.until(EpochDone, 3, times=12)
    assert at.statuses() == {1: "stopped", 2: "failed", 3: "running"}
    assert "vectors.npz" in at.window.pages.train.run_tab.message.text
    assert len(candidates(at.window.project.file, 1))

    at.window.close()
    qtbot.waitUntil(lambda: not at.window.isVisible(), timeout=WAIT)
    file = ProjectFile.open(path)
    assert statuses(file) == {1: "stopped", 2: "failed", 3: "stopped"}
    file.close()

    again = Trainer(qtbot, open_window(path))
    qtbot.waitUntil(lambda: "Run 3" in again.window.message.text, timeout=WAIT)
    again.window.findChild(QPushButton, "messageAction").click()
    again.start(SHORT)
    again.until(EpochDone, 3, times=3)
    resumed = next(event for event in again.events if isinstance(event, RunStarted))
    assert resumed.run_id == 3 and resumed.resumed_after >= 5
    assert again.statuses() == {1: "stopped", 2: "failed", 3: "running", 4: "queued"}
    with qtbot.waitSignal(
        again.window.training.event_arrived,
        timeout=WAIT,
        check_params_cb=lambda event: isinstance(event, RunFinished) and event.run_id == 4,
    ):
        again.press(Key.Key_Delete, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: not again.window.training.active, timeout=WAIT)
    assert again.statuses() == {1: "stopped", 2: "failed", 4: "done"}
    assert {event.epoch for event in again.events if isinstance(event, EpochDone) and event.run_id == 4} == {
        1, 2, 3, 4,
    }  # fmt: skip
    assert len(candidates(again.window.project.file, 4))


def candidates(project: ProjectFile, run_id: int) -> Ids:
    with project.read() as session:
        return candidate_columns(session, run_id).id
