from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QInputDialog
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.settings import Settings
from core.review.journal import Decision, current_verdicts
from core.store.project_file import ProjectFile
from core.store.schema import Entity, Link


def test_the_file_menu_copies_compacts_and_checks(
    open_window: MainWindow,
    project: ProjectFile,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    copy = tmp_path / "copy.mimea"
    monkeypatch.setattr("app.project_care.ask_for_target", lambda *_: copy)
    actions, message = open_window.actions_, open_window.message
    actions.backup.trigger()
    qtbot.waitUntil(lambda: message.text == f"The project was copied to {copy}")
    ProjectFile.open(copy).close()
    actions.compact.trigger()
    qtbot.waitUntil(lambda: message.text.startswith("The project file had "))
    actions.check.trigger()
    qtbot.waitUntil(lambda: message.text == "The project file is sound")
    with project.write() as session:
        session.connection().exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        session.connection().exec_driver_sql(
            "INSERT INTO verdict (step, left_id, kind, author, note, decided_at)"
            " VALUES (1, 1, 'perhaps', '', '', '')"
        )
    actions.check.trigger()
    qtbot.waitUntil(lambda: message.text.startswith("The project is damaged"))


def test_known_links_are_added(
    open_window: MainWindow,
    project: ProjectFile,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    file = tmp_path / "more.tsv"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    monkeypatch.setattr(QInputDialog, "getItem", lambda *given, **_: (given[3][1], True))
    with project.read() as session:
        left, right = (session.get_one(Entity, number).uri for number in (1, 45))
    file.write_text(f"{left}\t{right}\nnowhere\t{right}\n")
    with qtbot.waitSignal(open_window.project.graphs_changed):
        open_window.actions_.add_links.trigger()
    assert open_window.message.text == (
        "reference: more.tsv: 1 link added, 0 known before and changed, 0 unchanged; "
        "1 link was left out: an end is in neither graph or in the wrong one"
    )
    with project.read() as session:
        assert session.get_one(Link, (1, 45)).source == "reference: more.tsv"
    file.write_text("only\n")
    open_window.actions_.add_links.trigger()
    qtbot.waitUntil(lambda: "more.tsv, line 1" in open_window.message.text)


def test_they_need_a_project(window: MainWindow) -> None:
    actions = window.actions_
    assert not any(
        action.isEnabled() for action in (actions.add_links, actions.backup, actions.compact, actions.check)
    )


def test_the_second_window_on_a_project_says_that_it_only_looks(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot
) -> None:
    second = MainWindow(Settings())
    qtbot.addWidget(second)
    second.pages.build()
    second.show()
    with qtbot.waitSignal(second.opener.ready):
        second.open_project(project.path)
    assert "(read-only)" in second.windowTitle() and "(read-only)" not in open_window.windowTitle()
    said = "small.mimea is open in another window; here it can be looked at, not changed"
    assert second.message.text == said
    second.message.hide()
    second.project.decide([Decision(1, 41, "accepted")])
    qtbot.waitUntil(lambda: second.message.text == said)
    with project.read() as session:
        assert list(current_verdicts(session)) == []
    second.close()


def test_opening_the_open_project_again_keeps_it_writable(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(open_window.opener.ready):
        open_window.open_project(project.path)
    assert open_window.project.read_only == ""
