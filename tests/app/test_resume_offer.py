from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from app.main_window import MainWindow
from app.pages import REVIEW, TRAIN
from core.config import RunConfig
from core.store import runs
from core.store.epochs import EpochInfo, add_epochs
from core.store.project_file import ProjectFile
from core.store.run_files import checkpoint_path
from core.training.events import EpochDone, RunStarted
from tests.app.fake_run import FakeRun
from tests.support import build_project


@pytest.fixture
def interrupted(tmp_path: Path) -> Path:
    """A project whose second run has a checkpoint and no process; it has told ten epochs."""
    project = build_project(tmp_path / "small.mimea", images=False)
    with project.write() as session:
        run_id = runs.start_run(session, RunConfig().to_json(), "CPU, 1 thread", ("structure",))
        add_epochs(
            session,
            run_id,
            [EpochInfo(e, 0.1, {"joint": 3.0, "structure": 2.0}) for e in range(1, 11)],
        )
    checkpoint = checkpoint_path(project.sidecar, run_id)
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_bytes(b"state")
    project.close()
    return project.path


def button(window: MainWindow, name: str) -> QPushButton:
    found = window.findChild(QPushButton, name)
    assert found is not None
    return found


def open_on(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignals([window.opener.ready]):
        window.open_project(path)
    qtbot.waitUntil(lambda: not window.tasks.busy)


def test_an_interrupted_run_goes_on_when_asked_to(
    window: MainWindow, interrupted: Path, fake_run: FakeRun, qtbot: QtBot
) -> None:
    open_on(window, interrupted, qtbot)
    qtbot.waitUntil(lambda: "Run 2 was interrupted" in window.message.text)
    assert window.page == REVIEW and not fake_run.resumed  # nothing happens by itself
    with qtbot.waitSignal(window.training.ended):
        button(window, "messageAction").click()
        assert window.page == TRAIN and window.message.text == ""
    assert fake_run.resumed == [2]


def test_a_run_without_a_checkpoint_starts_again_with_its_settings(
    window: MainWindow, interrupted: Path, fake_run: FakeRun, qtbot: QtBot
) -> None:
    project = ProjectFile.open(interrupted)
    settings = RunConfig().replace(epochs=20)
    with project.write() as session:
        values = {"settings": settings.to_json()}
        session.execute(text("UPDATE run SET config_json = :settings, started_from = 1 WHERE id = 2"), values)
    checkpoint_path(project.sidecar, 2).unlink()
    project.close()
    open_on(window, interrupted, qtbot)
    qtbot.waitUntil(lambda: window.message.text == "Run 2 was interrupted before its first checkpoint.")
    assert button(window, "messageAction").text() == "Start again"
    fake_run.hold = True
    with qtbot.waitSignal(window.training.ended):
        button(window, "messageAction").click()
        qtbot.waitUntil(lambda: fake_run.configs == [settings])
        with window.project.file.read() as session:
            new = runs.list_runs(session)[0]
        window.training.stop()
    assert (new.id, new.started_from) == (3, 1) and not fake_run.resumed


def test_later_puts_it_off(window: MainWindow, interrupted: Path, fake_run: FakeRun, qtbot: QtBot) -> None:
    open_on(window, interrupted, qtbot)
    qtbot.waitUntil(lambda: "Run 2" in window.message.text)
    button(window, "messageLater").click()
    assert window.message.text == "" and not fake_run.resumed
    window.message.show_error("something else")
    assert not button(window, "messageLater").isVisible()
    open_on(window, interrupted, qtbot)
    qtbot.waitUntil(lambda: "Run 2" in window.message.text)  # asked again the next time


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("status = 'stopped'", "was stopped early"),
        ("status = 'failed', error = 'the memory is full'", "failed"),
    ],
)
def test_how_the_run_ended_is_said(
    window: MainWindow, interrupted: Path, qtbot: QtBot, change: str, words: str
) -> None:
    project = ProjectFile.open(interrupted)
    with project.write() as session:
        session.execute(text(f"UPDATE run SET {change} WHERE id = 2"))
    project.close()
    open_on(window, interrupted, qtbot)
    qtbot.waitUntil(lambda: f"Run 2 {words};" in window.message.text)


def test_a_run_that_a_newer_one_followed_is_not_asked_about(
    window: MainWindow, interrupted: Path, qtbot: QtBot
) -> None:
    project = ProjectFile.open(interrupted)
    with project.write() as session:
        newer = runs.start_run(session, RunConfig().to_json(), "CPU, 1 thread", ("structure",))
        runs.finish_run(session, newer, "done", best_epoch=1, metrics_json="{}")
    project.close()
    open_on(window, interrupted, qtbot)
    assert window.message.text == ""


def test_the_curves_begin_with_the_epochs_before(
    window: MainWindow, interrupted: Path, fake_run: FakeRun, qtbot: QtBot
) -> None:
    open_on(window, interrupted, qtbot)
    panel = window.pages.train.panel
    window.training.started.emit()
    window.training.event_arrived.emit(
        RunStarted(2, "CPU", ("structure",), {}, (40, 40), 9, 9, 12, 0, 26, 300, resumed_after=8)
    )
    assert panel.facts.progress() == ("Epoch 8 of 300", 8, 300)
    window.training.event_arrived.emit(EpochDone(2, 9, 0.1, {"joint": 1.0}))
    qtbot.waitUntil(lambda: not window.tasks.busy)
    epochs, losses = panel.curves.columns["loss"].line("joint")
    assert list(epochs) == list(range(1, 10))
    assert list(losses) == [3.0] * 8 + [1.0]
