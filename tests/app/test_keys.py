"""Every action has a key, the keys can be changed, and the list of keys is made from the actions."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from itertools import combinations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QKeySequenceEdit,
    QLabel,
    QMenu,
    QPushButton,
    QTabWidget,
    QTreeWidgetItem,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.keyed_action import NATIVE, KeyedAction, clashes
from app.main_window import MainWindow
from app.settings import Settings
from app.views.key_tree import ACTION, KEY, RESET, KeyTree
from app.views.keys_dialog import key_rows
from app.views.settings_dialog import SettingsDialog
from tests.support import REPOSITORY
from tests.window import activate


def action(window: MainWindow, name: str) -> KeyedAction:
    found = window.findChild(KeyedAction, name)
    assert found is not None, name
    return found


def settings(window: MainWindow) -> SettingsDialog:
    action(window, "settingsAction").trigger()
    dialog = window.findChildren(SettingsDialog)[-1]
    assert dialog.isVisible()
    return dialog


def row_of(dialog: SettingsDialog, name: str) -> QTreeWidgetItem:
    """The row of an action, with the keyboard on it."""
    tree = dialog.findChild(KeyTree)
    dialog.findChild(QTabWidget).setCurrentIndex(1)
    wanted = action(dialog.parent(), name)
    rows = map(tree.topLevelItem, range(tree.topLevelItemCount()))
    row = next(each for each in rows if getattr(each, "action", None) is wanted)
    tree.setCurrentItem(row)
    tree.setFocus()
    return row


def enter(dialog: SettingsDialog, name: str, key: str) -> None:
    row_of(dialog, name)
    QTest.keyClick(dialog.findChild(KeyTree), Qt.Key.Key_Return)
    editor = dialog.findChild(QKeySequenceEdit)
    assert editor is not None and editor.accessibleName(), name
    QTest.keySequence(editor, QKeySequence(key))
    assert not editor.isVisible()
    QApplication.sendPostedEvents(editor, QEvent.Type.DeferredDelete)


def shown(dialog: SettingsDialog) -> list[str]:
    """The words of all rows that the search lets through."""
    tree = dialog.findChild(KeyTree)
    rows = tree.findItems("", Qt.MatchFlag.MatchContains, ACTION)
    return [row.text(ACTION) for row in rows if not row.isHidden()]


def test_every_action_has_a_key_and_its_tooltip_names_it(window: MainWindow) -> None:
    actions = window.findChildren(KeyedAction)
    assert len(actions) > 25
    for each in actions:
        assert each.shortcuts(), f"{each.objectName()} has no key"
        assert f"({each.shortcuts()[0].toString(NATIVE)})" in each.toolTip()
        assert each.objectName() and each.group


def test_no_two_actions_of_a_page_have_the_same_key(window: MainWindow) -> None:
    for first, second in combinations(window.findChildren(KeyedAction), 2):
        shared = set(map(QKeySequence.toString, first.shortcuts())) & set(
            map(QKeySequence.toString, second.shortcuts())
        )
        assert not (shared and clashes(first, second)), (first.objectName(), second.objectName(), shared)


def test_names_of_actions_are_their_own(window: MainWindow) -> None:
    names = [each.objectName() for each in window.findChildren(KeyedAction)]
    assert sorted(set(names)) == sorted(names)


def test_what_stands_in_the_menus_can_be_given_other_keys(window: MainWindow) -> None:
    def listed(menu: QMenu) -> list[QAction]:
        found = []
        for each in menu.actions():
            if (inner := each.menu()) is not None and inner.objectName() != "recentMenu":
                found += listed(inner)
            elif inner is None and not each.isSeparator():
                found.append(each)
        return found

    for top in window.menuBar().actions():
        for each in listed(top.menu()):
            assert isinstance(each, KeyedAction), each.text()


def test_a_changed_key_works_at_once_and_after_a_restart(window: MainWindow, qtbot: QtBot) -> None:
    dialog = settings(window)
    enter(dialog, "acceptedAction", "Y")
    enter(dialog, "trainPageAction", "Ctrl+T")
    dialog.accept()
    accept = window.findChild(QPushButton, "acceptButton")
    assert accept is not None
    assert accept.text().endswith("Y") and "(Y)" in accept.toolTip()
    activate(qtbot, window)
    window.show_page(0)
    qtbot.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert window.page == 1
    again = MainWindow(Settings())
    qtbot.addWidget(again)
    again.pages.build()
    assert action(again, "acceptedAction").shortcut().toString() == "Y"
    assert action(again, "rejectedAction").shortcut().toString() == "R"


def test_two_actions_with_one_key_are_named_and_not_taken(window: MainWindow) -> None:
    dialog = settings(window)
    told = dialog.findChild(QLabel, "keyConflict")
    ok = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    assert told is not None and told.isHidden() and ok.isEnabled()
    enter(dialog, "rejectedAction", "A")
    assert told.text() == "A is the key of “Accept” and of “Reject”."
    assert not ok.isEnabled()
    enter(dialog, "acceptedAction", "R")
    assert told.isHidden() and ok.isEnabled()
    dialog.reject()
    assert action(window, "rejectedAction").shortcut().toString() == "R"


def test_the_same_key_may_do_something_else_on_another_page(window: MainWindow) -> None:
    dialog = settings(window)
    enter(dialog, "startTrainingAction", "A")
    assert not dialog.findChild(QLabel, "keyConflict").text()
    dialog.reject()


def test_no_key_is_remembered_and_reset_brings_all_back(window: MainWindow) -> None:
    action(window, "unsureAction").set_keys([])
    assert Settings().keys("unsureAction") == ""
    dialog = settings(window)
    enter(dialog, "searchAction", "Ctrl+G")
    reset = dialog.findChild(QPushButton, "resetKeysButton")
    assert reset is not None and reset.isEnabled()
    reset.click()
    assert not reset.isEnabled()
    dialog.accept()
    assert action(window, "unsureAction").shortcut().toString() == "U"
    assert [key.toString() for key in action(window, "searchAction").shortcuts()] == ["/", "Ctrl+F"]
    assert Settings().keys("unsureAction") is None


@pytest.mark.parametrize("key", ["Return", "Ctrl+Shift+F9", "?"])
def test_any_key_can_be_entered(window: MainWindow, key: str) -> None:
    dialog = settings(window)
    enter(dialog, "reloadAction", key)
    assert row_of(dialog, "reloadAction").text(KEY) == QKeySequence(key).toString(NATIVE)
    dialog.reject()


def test_escape_leaves_the_key_as_it_was(window: MainWindow) -> None:
    dialog = settings(window)
    row, tree = row_of(dialog, "undoAction"), dialog.findChild(KeyTree)
    QTest.keyClick(tree, Qt.Key.Key_F2)
    editor = dialog.findChild(QKeySequenceEdit)
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible() and dialog.isVisible()
    assert row.text(KEY) == "Ctrl+Z"
    dialog.reject()


def test_a_row_can_be_emptied_and_reset_by_key_and_by_mouse(window: MainWindow) -> None:
    dialog = settings(window)
    row, tree = row_of(dialog, "searchAction"), dialog.findChild(KeyTree)
    first = row.text(KEY)
    assert first == "/ or Ctrl+F" and row.icon(RESET).isNull()
    QTest.keyClick(tree, Qt.Key.Key_Delete)
    assert row.text(KEY) == "" and row.font(KEY).bold() and not row.icon(RESET).isNull()
    assert row.data(KEY, Qt.ItemDataRole.AccessibleTextRole) == "none, changed"
    QTest.keyClick(tree, Qt.Key.Key_Backspace)
    assert row.text(KEY) == first and not row.font(KEY).bold() and row.icon(RESET).isNull()
    enter(dialog, "searchAction", "Ctrl+G")
    assert row.text(KEY) == "Ctrl+G"
    tree.scrollToItem(row)
    place = tree.visualItemRect(row)
    click = QPoint(tree.header().sectionViewportPosition(RESET) + 10, place.center().y())
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=click)
    assert row.text(KEY) == first
    click.setX(tree.header().sectionViewportPosition(KEY) + 10)
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=click)
    assert dialog.findChild(QKeySequenceEdit).isVisible()
    dialog.reject()


def test_the_arrows_pass_headings_by(window: MainWindow) -> None:
    dialog = settings(window)
    tree = dialog.findChild(KeyTree)
    heading = next(n for n in range(1, tree.topLevelItemCount()) if not tree.topLevelItem(n).flags())
    dialog.findChild(QTabWidget).setCurrentIndex(1)
    tree.setCurrentItem(tree.topLevelItem(heading - 1))
    QTest.keyClick(tree, Qt.Key.Key_Down)
    assert tree.currentItem() is tree.topLevelItem(heading + 1)
    dialog.reject()


def test_the_search_finds_actions_by_word_and_key(window: MainWindow) -> None:
    dialog = settings(window)
    field = dialog.findChild(QWidget, "keySearch")
    field.setText("no counterpart")
    assert shown(dialog) == ["Review", "No counterpart"]
    field.setText("ctrl+z")
    assert shown(dialog) == ["Edit", "Undo"]
    dialog.reject()


def unfolded(words: str) -> list[str]:
    """What "Candidate 1 to 3" stands for."""
    series = re.search(r"\b1 to (\d+)\b", words)
    if series is None:
        return [words]
    return [words.replace(series[0], str(number + 1)) for number in range(int(series[1]))]


@pytest.mark.parametrize("key", ["F12", ""])
def test_the_list_of_keys_is_made_from_the_actions(window: MainWindow, key: str) -> None:
    action(window, "acceptedAction").set_keys([QKeySequence(key)] if key else [])
    action(window, "keysAction").trigger()
    dialog = window.findChild(QWidget, "keysDialog")
    assert dialog is not None and dialog.isVisible()
    words = [one for label in dialog.findChildren(QLabel) for one in unfolded(label.text())]
    assert "1 … 0" in words and "Alt+1 … Alt+0" in words
    for each in window.findChildren(KeyedAction):
        assert (each.words in words) == bool(each.shortcuts()), each.words
    assert ("F12" in words) == bool(key)
    dialog.close()


def test_the_page_of_the_help_is_up_to_date(window: MainWindow) -> None:
    source = REPOSITORY / "packaging" / "keys_page.py"
    spec = spec_from_file_location("keys_page", source)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    wanted = module.keys_page(window.findChildren(KeyedAction))
    assert module.PAGE.read_text(encoding="utf-8") == wanted, "run: python packaging/keys_page.py"


def test_whether_to_go_on_after_a_verdict_is_remembered(window: MainWindow) -> None:
    dialog = settings(window)
    box = dialog.findChild(QWidget, "advanceCheck")
    assert box.isChecked()
    box.setChecked(False)
    dialog.accept()
    assert not action(window, "advanceAction").isChecked()
    assert not Settings().advance


def test_a_series_whose_keys_differ_otherwise_is_told_one_by_one(window: MainWindow) -> None:
    action(window, "pickLeft3Action").set_keys([QKeySequence("W")])
    rows = [(keys, words) for keys, words, _ in key_rows(window.findChildren(KeyedAction))["Review"]]
    assert [row for row in rows if "of the left entity" in row[1]] == [
        ("1", "Candidate 1 of the left entity"),
        ("2", "Candidate 2 of the left entity"),
        ("W", "Candidate 3 of the left entity"),
        ("4 … 0", "Candidate 4 to 10 of the left entity"),
    ]
