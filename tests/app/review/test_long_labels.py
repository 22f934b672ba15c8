"""Labels that are longer than any line: no dialog becomes wider for them, and all of them can be read."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QListWidget, QToolButton
from sqlalchemy import text

from core.store.project_file import ProjectFile

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Key = Qt.Key
LABEL = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 5
WIDEST = 1200  # of the 1,280 that a small screen has


@pytest.fixture
def long(open_page, project: ProjectFile):
    with project.write() as session:
        session.execute(text("UPDATE entity SET label = :label"), {"label": LABEL})
    page = open_page(project.path)
    page.view.focus_table()
    return page


@pytest.mark.parametrize(
    ("name", "key", "control"),
    [
        ("secondCounterpart", Key.Key_A, False),
        ("conflictDialog", Key.Key_X, False),
        ("elsewhereDialog", Key.Key_F, False),
        ("bulkDialog", Key.Key_A, True),
    ],
)
def test_no_dialog_becomes_wider_than_the_screen(long, name, key, control) -> None:
    if name != "bulkDialog":
        long.press(Key.Key_A)
        other = long.view._panel.for_right.others
        long.view._panel.pair_chosen.emit(2, 41)
        long.settle()
        assert other
    modifier = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    long.press(key, modifier if control else Qt.KeyboardModifier.NoModifier)
    dialog = long.dialog(name)
    if name == "bulkDialog":
        dialog.findChild(QCheckBox, "bulkExclusive").setChecked(False)
        long.settle()
    assert max(dialog.width(), dialog.minimumSizeHint().width()) <= WIDEST
    dialog.reject()


def test_what_a_dialog_cuts_off_is_in_its_tooltips(long) -> None:
    long.press(Key.Key_A)
    long.view._panel.pair_chosen.emit(2, 41)
    long.settle()
    long.press(Key.Key_A)
    dialog = long.dialog("secondCounterpart")
    cut = [label for label in dialog.findChildren(QLabel) if "…" in label.text()]
    assert len(cut) == 2 and all(LABEL in label.toolTip() for label in cut)
    dialog.reject()


def test_entities_that_clash_are_elided_and_whole_on_hover(long) -> None:
    long.view._queue.best.setCurrentIndex(1)
    long.settle()
    long.view.focus_table()
    long.press(Key.Key_A, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = long.dialog("bulkDialog")
    dialog.findChild(QCheckBox, "bulkExclusive").setChecked(False)
    long.settle()
    clashes = dialog.findChild(QListWidget, "bulkClashes")
    assert clashes.count() > 0
    for row in range(clashes.count()):
        item = clashes.item(row)
        assert clashes.visualItemRect(item).width() <= clashes.viewport().width()
        assert item.toolTip().count(LABEL) > 1
    dialog.reject()


def test_the_way_back_is_cut_and_whole_on_hover(long) -> None:
    long.view._panel.pair_chosen.emit(2, 41)
    long.settle()
    back = long.find(QToolButton, "walkBackButton")
    assert back.sizeHint().width() < 500 and back.text().startswith("Back to") and "…" in back.text()
    assert back.toolTip().count(LABEL) == 2 and back.accessibleName().count(LABEL) == 2
