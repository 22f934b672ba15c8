"""What stands in a graph is shown letter by letter, whatever Qt would make of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as RichText
from PySide6.QtWidgets import QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.actions import Actions
from app.labels import plain_tip, tip_or_spoken, unmarked
from app.main_window import MainWindow
from app.models.attribute_model import AttributeModel
from app.models.candidate_model import LEFT
from app.models.other_model import OtherModel
from app.models.rows_model import Column, RowsModel
from app.views.review.question_actions import QuestionActions
from app.views.review.second_counterpart import SecondCounterpart
from app.views.review.walk import WalkBar
from core.review.attributes import AttributeCell, AttributePair
from core.review.evidence import pair_evidence
from core.review.journal import Decision, decide
from core.store.project_file import ProjectFile
from core.store.schema import Entity, Graph

NAME = "<b>R&D</b>"
TIP, SPOKEN = Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole


@pytest.fixture
def marked(project: ProjectFile) -> ProjectFile:
    """The first pair and the left graph have a name that looks like HTML, and the left one is taken."""
    with project.write() as session:
        for entity_id in (1, 41):
            session.get_one(Entity, entity_id).label = NAME
        session.get_one(Graph, 1).name = NAME
    decide(project, [Decision(1, 42, "accepted", author=NAME)])
    return project


def is_literal(text: str) -> bool:
    """Whether the name is shown as it is written."""
    return NAME in text if not RichText.mightBeRichText(text) else "&lt;b&gt;R&amp;D&lt;/b&gt;" in text


def test_a_tip_is_escaped_only_where_qt_would_take_it_for_html() -> None:
    assert plain_tip("3 < 4 & 5\nnext") == "3 < 4 & 5\nnext"
    assert plain_tip("<i>a</i>\nb") == "<p>&lt;i&gt;a&lt;/i&gt;<br>b</p>"
    assert tip_or_spoken(SPOKEN, NAME) == NAME
    assert unmarked("R&D") == "R&&D"


def test_tooltips_show_labels_as_they_are(window: MainWindow, marked: ProjectFile, qtbot: QtBot) -> None:
    with marked.read() as session:
        evidence = pair_evidence(session, 1, 1, 41)
    others = OtherModel()
    others.set_others(evidence.for_left, (1, 41))
    assert is_literal(others.index(0).data(TIP)) and others.index(0).data(SPOKEN).count(NAME) == 1
    rows = RowsModel([Column("Name", str)], hint=str)
    rows.set_rows([NAME])
    assert is_literal(rows.index(0, 0).data(TIP))
    with qtbot.waitSignal(window.opener.ready):
        window.open_project(marked.path)
    qtbot.waitUntil(lambda: not window.tasks.busy)
    window.pages.review.show_pair(1, 41)
    table = window.pages.review._queue.table.model()
    qtbot.waitUntil(lambda: table.rowCount() > 0 and table.index(0, LEFT).data() != "…")
    tips = [table.index(row, LEFT).data(TIP) for row in range(table.rowCount())]
    assert all(not RichText.mightBeRichText(tip) or is_literal(tip) for tip in tips)
    title = window.findChild(QWidget, "leftGraphTitle").findChild(QLabel)
    qtbot.waitUntil(lambda: title.text() == NAME)
    assert title.textFormat() is Qt.TextFormat.PlainText
    qtbot.waitUntil(lambda: not window.tasks.busy)


def test_the_question_about_a_second_counterpart_shows_them_as_they_are(
    marked: ProjectFile, qtbot: QtBot
) -> None:
    with marked.read() as session:
        evidence = pair_evidence(session, 1, 1, 41)
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = SecondCounterpart(evidence, QuestionActions(parent), parent)
    labels = [label for label in dialog.findChildren(QLabel) if NAME in label.text()]
    assert len(labels) == 2
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)


def test_an_ampersand_marks_no_key(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    bar = WalkBar()
    qtbot.addWidget(bar)
    bar.show_trail(["R&D = R&D"])
    assert bar.findChild(QToolButton, "walkBackButton").text() == "Back to R&&D = R&&D"
    actions: Actions = window.actions_
    actions.fill_recent([tmp_path / "R&D.mimea"])
    assert actions.recent_menu.actions()[0].text() == "R&&D.mimea"


def test_attributes_show_their_names_as_they_are() -> None:
    model = AttributeModel()
    model.set_pairs((AttributePair(AttributeCell(NAME, ("1",)), None, "left"),))
    assert is_literal(model.index(0, 0).data(TIP))
