from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import QLabel, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.pages import EXPORT, GRAPHS, REVIEW, TRAIN
from app.settings import Settings
from app.views.new_project_dialog import NewProjectDialog
from core.config import RunConfig
from core.errors import ProjectError
from core.review.journal import Decision, decide
from core.store.project_file import ProjectFile
from tests.app.fake_run import FakeRun
from tests.support import build_project
from tests.window import activate

NAMES = [
    "newProjectAction",
    "openProjectAction",
    "demoAction",
    "undoAction",
    "redoAction",
    "exportAction",
    "trainView",
    "startTrainingButton",
    "stopTrainingButton",
    "reviewView",
    "exportView",
    "exportButton",
    "exportFormat",
    "exportPath",
    "",
]


def child(window: MainWindow, kind: type, name: str):  # type: ignore[no-untyped-def]
    found = window.findChild(kind, name)
    assert found is not None, f"there is no {name}"
    return found


def drop(window: MainWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)


def test_what_tests_and_scripts_drive_has_a_name(window: MainWindow) -> None:
    assert window.objectName() == "mainWindow"
    kinds = {"Action": QAction}
    for name in NAMES:
        child(window, kinds.get(name[-6:], QWidget), name)


def test_every_page_says_what_to_do_next_without_a_project(window: MainWindow) -> None:
    for page in (GRAPHS, TRAIN, REVIEW, EXPORT):
        window.show_page(page)
        buttons = [b for b in window.pages.currentWidget().findChildren(QPushButton) if b.isVisible()]
        assert any(button.isEnabled() for button in buttons), page
    assert not window.actions_.undo.isEnabled()
    assert not window.actions_.export.isEnabled()


@pytest.mark.parametrize("page", [GRAPHS, TRAIN, REVIEW, EXPORT])
def test_ctrl_and_a_digit_go_to_the_page(window: MainWindow, qtbot: QtBot, page: int) -> None:
    window.show_page((page + 1) % 4)
    activate(qtbot, window)
    qtbot.keyClick(window, Qt.Key(Qt.Key.Key_1 + page), Qt.KeyboardModifier.ControlModifier)
    assert window.page == page


def test_a_project_with_candidates_opens_on_the_review_page_ready_for_the_keys(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot
) -> None:
    assert open_window.page == REVIEW
    table = child(open_window, QTableView, "candidateTable")
    qtbot.waitUntil(table.hasFocus)
    assert open_window.windowTitle() == "small – MIMEA Explorer"
    assert open_window.settings.recent == [project.path]


def test_a_project_without_a_run_opens_on_the_graphs_page(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    build_project(tmp_path / "fresh.mimea", run=False).close()
    with qtbot.waitSignal(window.opener.ready) as ready:
        window.open_project(tmp_path / "fresh.mimea")
    assert ready.args == [False]
    assert window.page == GRAPHS


def test_counts_follow_decisions_and_their_undoing(
    window: MainWindow, project: ProjectFile, qtbot: QtBot
) -> None:
    decide(project, [Decision(3, 43, "rejected")])
    with qtbot.waitSignal(window.opener.ready):
        window.open_project(project.path)
    counts = child(window, QLabel, "verdictStatus")

    def shown(*words: str) -> bool:
        plain = counts.text().replace("<b>", "").replace("</b>", "")
        return all(word in plain for word in words)

    qtbot.waitUntil(lambda: shown("accepted 0", "rejected 1", "unsure 0"))
    window.project.decide([Decision(1, 41, "accepted")])
    qtbot.waitUntil(lambda: shown("accepted 1", "rejected 1"))
    qtbot.waitUntil(window.actions_.undo.isEnabled)
    window.actions_.undo.trigger()
    qtbot.waitUntil(lambda: shown("accepted 0", "rejected 1"))
    qtbot.waitUntil(window.actions_.redo.isEnabled)
    window.actions_.redo.trigger()
    qtbot.waitUntil(lambda: shown("accepted 1"))


def test_on_a_server_people_undo_their_own_verdicts(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProjectFile, "is_shared", property(lambda _self: True))
    me = Settings().author
    decide(project, [Decision(1, 41, "accepted", author=me), Decision(2, 42, "accepted", author="grace")])
    decide(project, [Decision(3, 43, "accepted", author="grace")])
    with qtbot.waitSignal(open_window.project.verdicts_changed) as undone:
        open_window.project.undo()
    assert [decision.left_id for decision in undone.args[0].decisions] == [1]
    qtbot.waitUntil(lambda: not open_window.actions_.undo.isEnabled())
    with qtbot.waitSignal(open_window.project.verdicts_changed) as redone:
        open_window.project.redo()
    assert [decision.left_id for decision in redone.args[0].decisions] == [1]
    qtbot.waitUntil(open_window.actions_.undo.isEnabled)


def test_what_is_no_project_is_told_in_the_window_and_forgotten(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "notes.mimea"
    path.write_text("no database", encoding="utf-8")
    window.settings.remember(path)
    with qtbot.waitSignal(window.opener.failed):
        window.open_project(path)
    assert "notes.mimea is not a MIMEA project" in window.message.text
    assert window.settings.recent == []
    assert not window.project.is_open


def test_closing_during_a_run_keeps_what_it_has_and_leaves_no_thread(
    open_window: MainWindow, fake_run: FakeRun, qtbot: QtBot
) -> None:
    fake_run.pause_after = 3
    ended: list[str] = []
    open_window.project.runs_changed.connect(lambda run: ended.append(f"run {run}"))
    open_window.project.closed.connect(lambda: ended.append("closed"))
    open_window.training.start(RunConfig())
    qtbot.waitUntil(lambda: open_window.pages.train.panel.facts.epoch is not None)
    open_window.close()
    assert open_window.isVisible()  # until the run has ended
    qtbot.waitUntil(lambda: not open_window.isVisible())
    assert ended == ["run 2", "closed"]  # the project has one already
    assert not open_window.training.active


@pytest.mark.parametrize("way", ["recent", "drop", "demo"])
def test_opening_another_project_asks_before_it_stops_the_run_of_the_first(
    open_window: MainWindow,
    fake_run: FakeRun,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
) -> None:
    build_project(tmp_path / "other.mimea", run=False).close()
    fake_run.pause_after = 2
    open_window.training.start(RunConfig())
    qtbot.waitUntil(lambda: bool(fake_run.threads))
    other = tmp_path / "other.mimea"
    monkeypatch.setattr("core.demo.demo_project_path", lambda _folder: other)
    if way == "demo":
        open_window.actions_.demo.trigger()
    elif way == "drop":
        drop(open_window, other)
    else:
        open_window.settings.remember(other)
        open_window.actions_.recent_menu.aboutToShow.emit()
        open_window.actions_.recent_menu.actions()[0].trigger()
    assert open_window.message.text.startswith("A run is going; opening other.mimea stops it")
    assert open_window.training.active and not open_window.training.stopping
    with qtbot.waitSignal(open_window.opener.ready):
        child(open_window.message, QPushButton, "messageAction").click()
    assert not open_window.training.active
    assert open_window.project.file.name == "other"


def test_a_project_that_was_not_opened_does_not_come_when_the_run_ends(
    open_window: MainWindow, fake_run: FakeRun, tmp_path: Path, qtbot: QtBot
) -> None:
    fake_run.pause_after = 2
    open_window.training.start(RunConfig())
    qtbot.waitUntil(lambda: bool(fake_run.threads))
    open_window.open_project(tmp_path / "other.mimea")
    with qtbot.waitSignal(open_window.training.ended):
        open_window.training.stop()
    qtbot.waitUntil(lambda: not open_window.tasks.busy)
    assert open_window.project.file.name == "small"


def test_whoever_closes_twice_does_not_wait(open_window: MainWindow, qtbot: QtBot) -> None:
    go_on = threading.Event()
    open_window.side_work.start(lambda _report, _stop: go_on.wait(20))
    open_window.close()
    job = child(open_window, QLabel, "jobStatus").text()
    assert job == "Stopping the ablation or measurement … Close again to leave at once."
    assert open_window.isVisible()
    open_window.close()
    assert not open_window.isVisible() and open_window.busy
    with qtbot.waitSignal(open_window.side_work.ended):
        go_on.set()
    open_window.project.close()
    qtbot.waitUntil(lambda: not open_window.tasks.busy)


def test_dropping_a_project_opens_it(window: MainWindow, project: ProjectFile, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.opener.ready):
        drop(window, project.path)
    assert window.project.file.path == project.path


def test_dropping_two_folders_starts_a_project_with_them(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    drop(window, tmp_path / "left", tmp_path / "right")
    dialog = child(window, NewProjectDialog, "newProjectDialog")
    assert dialog.isVisible()
    for name, folder in (("leftPathField", "left"), ("rightPathField", "right")):
        assert child(window, QWidget, name).text() == str(tmp_path / folder)
    qtbot.waitUntil(lambda: not window.tasks.busy)
    dialog.reject()


def test_the_demo_is_imported_once_and_opened(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.opener.ready, timeout=60_000):
        window.actions_.demo.trigger()
    path = window.project.file.path
    assert path == tmp_path / "data" / "mimea-explorer" / "countries.mimea"
    written = path.stat().st_mtime_ns
    with qtbot.waitSignal(window.opener.ready):
        window.actions_.demo.trigger()
    assert path.stat().st_mtime_ns == written
    counts = child(window, QWidget, "graphCounts")
    qtbot.waitUntil(lambda: counts.accessibleDescription().startswith("entities: 2,"))


def test_geometry_and_theme_are_remembered(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1000, 700)  # what the screen of the tests can hold
    dark = child(window, QAction, "darkThemeAction")
    dark.trigger()
    assert window.settings.theme == "dark"
    assert window.palette().window().color().lightness() < 60
    window.close()
    again = MainWindow(type(window.settings)())
    qtbot.addWidget(again)
    assert (again.width(), again.height()) == (1000, 700)


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has no window manager to tell
def test_help_opens_beside_the_work(window: MainWindow) -> None:
    child(window, QAction, "helpAction").trigger()
    text = child(window, QWidget, "helpText")
    assert text.isVisible()
    assert text.toPlainText().startswith("First steps")


def test_a_write_that_fails_is_told_above_the_page(open_window: MainWindow, qtbot: QtBot) -> None:
    def fail() -> None:
        raise ProjectError("the disk is full")

    open_window.tasks.write(open_window, fail)
    qtbot.waitUntil(open_window.message.isVisible)
    assert open_window.message.text == "the disk is full"
