"""What was asked about one project is never done to the next."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.pages import TRAIN
from core.store.project_file import ProjectFile
from core.store.runs import list_runs
from tests.support import build_project


def settle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.tasks.busy)


def shown_tab(window: MainWindow, name: str, qtbot: QtBot) -> QWidget:
    window.show_page(TRAIN)
    window.pages.train.show_tab(name)
    settle(window, qtbot)
    return window.pages.train.tabs.page(name)


def switch(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.opener.ready):
        window.open_project(path)
    settle(window, qtbot)


def test_a_question_about_a_run_ends_with_its_project(
    open_window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    build_project(tmp_path / "other.mimea", size=6, images=False).close()
    tab = shown_tab(open_window, "runs", qtbot)
    tab.findChild(QPushButton, "deleteRunButton").click()
    settle(open_window, qtbot)
    assert "Delete run 1?" in tab.message.text
    switch(open_window, tmp_path / "other.mimea", qtbot)
    assert tab.message.text == ""
    tab.message._run_action()
    settle(open_window, qtbot)
    with open_window.project.file.read() as session:
        assert [run.id for run in list_runs(session)] == [1]


def test_a_question_that_comes_after_its_project_is_not_asked(
    open_window: MainWindow, project: ProjectFile, tmp_path: Path, qtbot: QtBot
) -> None:
    build_project(tmp_path / "other.mimea", size=6, images=False).close()
    tab = shown_tab(open_window, "runs", qtbot)
    before, chosen = open_window.project.file, tab.table.chosen_rows
    switch(open_window, tmp_path / "other.mimea", qtbot)
    tab._question(before, chosen, [])
    assert tab.message.text == ""


def test_an_ablation_of_one_project_is_not_shown_for_the_next(
    open_window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    build_project(tmp_path / "other.mimea", size=6, images=False).close()
    tab = shown_tab(open_window, "ablation", qtbot)
    tab._on_failed("a table of the first project", "")
    assert tab._status.text() == "Failed"
    switch(open_window, tmp_path / "other.mimea", qtbot)
    assert tab.message.text == "" and tab.table.model().rowCount() == 0
    assert tab._status.text().startswith("Trains the variants")


def test_an_ablation_can_be_started_while_the_settings_are_right(open_window: MainWindow) -> None:
    open_window.pages.train.show_tab("ablation")
    start = open_window.findChild(QPushButton, "startAblationButton")
    epochs = open_window.findChild(QLineEdit, "epochsField")
    assert start.isEnabled()
    good = epochs.text()
    epochs.setText("0")
    epochs.textEdited.emit("0")
    assert not start.isEnabled()
    epochs.setText(good)
    epochs.textEdited.emit(good)
    assert start.isEnabled()
    open_window.project.close()
    assert not start.isEnabled()
