"""Two curators who differ: found in the list, seen on the pair, settled by a third verdict."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPushButton

from app.settings import Settings
from app.views.review.queue_chooser import COUNT_ROLE
from core.review.disagreement import disagreements
from core.review.journal import Decision, decide
from core.store.candidates import SETTLED
from core.store.project_file import ProjectFile


@pytest.fixture
def disputed(project: ProjectFile) -> ProjectFile:
    decide(project, [Decision(1, 41, "accepted", author="ada")])
    decide(project, [Decision(1, 41, "rejected", author="grace", note="another place")])
    decide(project, [Decision(2, 42, "accepted", author="ada")])
    Settings().author = "carol"
    return project


def test_it_is_listed_shown_and_settled(disputed: ProjectFile, open_page, qtbot) -> None:
    page = open_page(disputed.path)
    combo = page.find(QComboBox, "verdictFilter")
    place = combo.findData("disagreement")
    assert combo.itemData(place, COUNT_ROLE) == 1
    notice = page.view._panel.disagreement
    assert notice.text == ""
    combo.setCurrentIndex(place)
    page.settle()
    assert page.table.model().rowCount() == 1 and page.shown == (1, 41)
    first, second = notice.text.splitlines()
    assert first.startswith("ada accepted this pair on ")
    assert second.startswith("grace rejected this pair on ") and second.endswith(": another place")
    assert page.visible(page.find(QPushButton, "rejectedSettle"))
    assert not page.visible(page.find(QPushButton, "unsureSettle"))
    page.view._bar.note.setText("asked both")
    qtbot.mouseClick(page.find(QPushButton, "acceptedSettle"), Qt.MouseButton.LeftButton)
    page.settle()
    assert page.stored()[-1] == Decision(
        1, 41, "accepted", page.stored()[-1].score_shown, 1, "carol", f"{SETTLED}: asked both"
    )
    with disputed.read() as session:
        assert disagreements(session) == []
    assert combo.itemData(place, COUNT_ROLE) == 0 and page.table.model().rowCount() == 0


def test_a_verdict_by_key_keeps_it_open(disputed: ProjectFile, open_page) -> None:
    page = open_page(disputed.path)
    combo = page.find(QComboBox, "verdictFilter")
    combo.setCurrentIndex(combo.findData("disagreement"))
    page.settle()
    page.view.focus_table()
    page.press(Qt.Key.Key_U)
    with disputed.read() as session:
        (only,) = disagreements(session)
    assert [(o.author, o.kind) for o in only.opinions] == [
        ("ada", "accepted"),
        ("grace", "rejected"),
        ("carol", "unsure"),
    ]
