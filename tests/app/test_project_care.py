from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.settings import Settings
from app.views.add_links_dialog import AddLinksDialog
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
    tmp_path: Path,
) -> None:
    file = tmp_path / "more.tsv"
    with project.read() as session:
        left, right = (session.get_one(Entity, number).uri for number in (1, 45))
    file.write_text(f"{left}\t{right}\nnowhere\t{right}\n")
    add = links_dialog(open_window, file)
    qtbot.waitUntil(add.isEnabled)
    open_window.findChild(QComboBox, "linksUse").setCurrentIndex(1)
    with qtbot.waitSignal(open_window.project.graphs_changed):
        add.click()
    assert open_window.message.text == (
        "reference: more.tsv: 1 link added, 0 known before and changed, 0 unchanged; "
        "1 link was left out: an end is in neither graph or in the wrong one"
    )
    with project.read() as session:
        assert session.get_one(Link, (1, 45)).source == "reference: more.tsv"


def test_a_file_that_became_wrong_since_it_was_looked_at_is_told(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "more.tsv"
    file.write_text("nowhere\tnobody\n")
    add = links_dialog(open_window, file)
    qtbot.waitUntil(add.isEnabled)
    file.write_text("only\n")
    add.click()
    qtbot.waitUntil(lambda: "more.tsv, line 1" in open_window.message.text)


def test_verdicts_are_added(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot, tmp_path: Path
) -> None:
    with project.read() as session:
        left, right = (session.get_one(Entity, number).uri for number in (1, 45))
    (tmp_path / "more.tsv").write_text(f"{left}\t{right}\n")
    add = links_dialog(open_window, tmp_path / "more.tsv")
    qtbot.waitUntil(add.isEnabled)
    open_window.findChild(QComboBox, "linksUse").setCurrentIndex(2)
    with qtbot.waitSignal(open_window.project.verdicts_changed):
        add.click()
    with project.read() as session:
        (verdict,) = current_verdicts(session)
    assert (verdict.left_id, verdict.right_id, verdict.kind) == (1, 45, "accepted")


def test_a_file_of_links_is_seen_before_it_is_added(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot, tmp_path: Path
) -> None:
    with project.read() as session:
        uris = [session.get_one(Entity, number).uri for number in (1, 41, 2, 45)]
    same = "<http://www.w3.org/2002/07/owl#sameAs>"
    (tmp_path / "more.nt").write_text(
        f"<{uris[0]}> {same} <{uris[1]}> .\n<{uris[2]}> {same} <{uris[3]}> .\n<a:b> {same} <c:d> .\n"
    )
    add = links_dialog(open_window, tmp_path / "more.nt")
    assert not add.isEnabled()
    qtbot.waitUntil(add.isEnabled)
    assert open_window.findChild(QLabel, "linksFound").text().splitlines() == [
        "RDF, because its name ends in .nt.",
        "2 links between the two graphs, 1 is known already",
        "1 link was left out: an end is in neither graph or in the wrong one",
    ]
    dialog = open_window.findChild(AddLinksDialog)
    table = dialog.findChild(QTableWidget, "previewTable")
    assert (table.rowCount(), table.item(2, 0).text()) == (3, "a:b")
    (tmp_path / "wrong.unsure.nt").write_text("")
    dialog.findChild(QLineEdit, "linksFileField").setText(str(tmp_path / "wrong.unsure.nt"))
    assert not add.isEnabled()
    qtbot.waitUntil(lambda: "left unsure, by its name" in dialog.findChild(QLabel, "linksFound").text())
    assert not add.isEnabled() and not table.isVisible()
    with qtbot.assertNotEmitted(dialog.chosen):
        dialog.findChild(QPushButton, "cancelLinksButton").click()


def links_dialog(window: MainWindow, file: Path) -> QPushButton:
    """Open the dialog and enter a file; gives the button that adds its links."""
    window.actions_.add_links.trigger()
    dialog = window.findChild(AddLinksDialog)
    dialog.findChild(QLineEdit, "linksFileField").setText(str(file))
    button = dialog.findChild(QPushButton, "addLinksButton")
    assert isinstance(button, QPushButton)
    return button


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
