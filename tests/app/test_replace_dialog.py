"""Replacing a graph from the Graphs page."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from app.main_window import MainWindow
from app.pages import GRAPHS
from app.views.replace_dialog import ReplaceDialog
from core.config import RunConfig
from core.review.journal import Decision, decide
from core.store.graphs import project_info
from core.store.project_file import ProjectFile
from core.store.schema import Entity
from tests.app.fake_run import FakeRun
from tests.core.store.test_reimport import contents, write_graph


def ask(window: MainWindow, source: Path) -> ReplaceDialog:
    """The dialog on the left graph, with its source entered."""
    window.show_page(GRAPHS)
    window.findChild(QPushButton, "leftGraphTitleReplace").click()
    dialog = window.findChild(ReplaceDialog)
    assert dialog is not None
    dialog.findChild(QLineEdit, "replaceSourceField").setText(str(source))
    return dialog


def press(dialog: ReplaceDialog, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert button.isVisible() and button.isEnabled()
    button.click()


def test_a_graph_is_replaced_after_a_question(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot, tmp_path: Path
) -> None:
    decide(project, [Decision(1, 41, "accepted")])
    dialog = ask(open_window, write_graph(tmp_path / "few.nt", 1, [2, 3, 99]))
    plan, replace = dialog.findChild(QLabel, "replacePlan"), dialog.findChild(QPushButton, "replaceButton")
    assert not replace.isVisible()
    press(dialog, "compareButton")
    qtbot.waitUntil(lambda: not dialog.working)
    assert "of its entities 2 kept, 38 gone, 1 new" in plan.text()
    assert "in the journal: 1 accepted" in plan.text()
    with qtbot.waitSignals([dialog.replaced, open_window.project.graphs_changed, dialog.finished]):
        press(dialog, "replaceButton")
    assert "38 went" in open_window.message.text
    with project.read() as session:
        info = project_info(session)
    assert (info.left.entities, info.left.name, info.verdicts) == (3, "few", {})
    qtbot.waitUntil(lambda: open_window.pages.graphs._left.name == "few")
    assert list(project.sidecar.glob("reimport-*")) == []


def test_the_columns_of_a_table_are_mapped(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot, tmp_path: Path
) -> None:
    with project.read() as session:
        kept = session.scalars(select(Entity.uri).where(Entity.id.in_([2, 3])).order_by(Entity.id)).all()
    table = tmp_path / "few.csv"
    table.write_text(f"von,art,nach,wann\n{kept[0]},r,{kept[1]},2001\n")
    dialog = ask(open_window, table)
    choices = {
        part: dialog.findChild(QComboBox, f"leftColumn_{part}") for part in ("head", "relation", "tail")
    }
    qtbot.waitUntil(choices["head"].isVisible)
    press(dialog, "compareButton")
    qtbot.waitUntil(lambda: "found the columns von, art, nach, wann" in dialog.message.text)
    for choice, name in zip(choices.values(), ("von", "art", "nach"), strict=True):
        choice.setCurrentIndex(choice.findText(name))
        choice.activated.emit(choice.currentIndex())
    qtbot.waitUntil(lambda: not dialog.working)
    press(dialog, "compareButton")
    qtbot.waitUntil(
        lambda: "of its entities 2 kept, 38 gone, 0 new" in dialog.findChild(QLabel, "replacePlan").text()
    )
    # Other columns are another question.
    choices["tail"].activated.emit(choices["tail"].currentIndex())
    assert not dialog.findChild(QPushButton, "replaceButton").isVisible()
    dialog.findChild(QLineEdit, "replaceSourceField").setText(str(tmp_path / "graph.nt"))
    assert not choices["head"].isVisible()
    dialog.reject()


def test_what_was_only_compared_changes_nothing(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot, tmp_path: Path
) -> None:
    before = contents(project)
    dialog = ask(open_window, write_graph(tmp_path / "few.nt", 1, [2, 3]))
    press(dialog, "compareButton")
    qtbot.waitUntil(lambda: dialog.findChild(QPushButton, "replaceButton").isVisible())
    # Another source is another question.
    dialog.findChild(QLineEdit, "replaceSourceField").setText(str(tmp_path / "nowhere.nt"))
    assert not dialog.findChild(QPushButton, "replaceButton").isVisible()
    press(dialog, "compareButton")
    qtbot.waitUntil(lambda: "nowhere.nt" in dialog.message.text)
    dialog.reject()
    assert contents(project) == before
    assert list(project.sidecar.glob("reimport-*")) == []


def test_a_cancel_while_it_is_done_leaves_the_project_as_it_was(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot, tmp_path: Path
) -> None:
    before = contents(project)
    dialog = ask(open_window, write_graph(tmp_path / "few.nt", 1, [2, 3]))
    press(dialog, "compareButton")
    qtbot.waitUntil(lambda: not dialog.working)
    with qtbot.assertNotEmitted(open_window.project.graphs_changed), qtbot.waitSignal(dialog.finished):
        dialog._on_replace()
        dialog.reject()
        assert dialog.working
    assert contents(project) == before
    assert not open_window.dialogs.busy


def test_not_while_a_run_reads_the_graphs(open_window: MainWindow, fake_run: FakeRun, qtbot: QtBot) -> None:
    fake_run.pause_after = 2
    open_window.training.start(RunConfig())
    qtbot.waitUntil(lambda: open_window.training.active)
    open_window.show_page(GRAPHS)
    open_window.findChild(QPushButton, "rightGraphTitleReplace").click()
    assert "stop it first" in open_window.message.text
    assert open_window.findChild(ReplaceDialog) is None
    with qtbot.waitSignal(open_window.training.ended):
        open_window.training.stop()


@pytest.mark.parametrize("text", ["", "  "])
def test_something_has_to_be_chosen(open_window: MainWindow, text: str) -> None:
    dialog = ask(open_window, Path(text))
    dialog.findChild(QLineEdit, "replaceSourceField").setText(text)
    press(dialog, "compareButton")
    assert dialog.message.text == "Choose the new version."
    dialog.reject()
