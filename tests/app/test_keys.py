"""Every action has a key, the keys can be changed, and the list of keys is made from the actions."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from itertools import combinations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialogButtonBox, QKeySequenceEdit, QLabel, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.keyed_action import NATIVE, KeyedAction, clashes
from app.main_window import MainWindow
from app.settings import Settings
from app.views.settings_dialog import SettingsDialog
from tests.support import REPOSITORY


def action(window: MainWindow, name: str) -> KeyedAction:
    found = window.findChild(KeyedAction, name)
    assert found is not None, name
    return found


def settings(window: MainWindow) -> SettingsDialog:
    action(window, "settingsAction").trigger()
    dialog = window.findChildren(SettingsDialog)[-1]
    assert dialog.isVisible()
    return dialog


def enter(dialog: SettingsDialog, name: str, key: str) -> None:
    field = dialog.findChild(QKeySequenceEdit, f"{name}Key")
    assert field is not None, name
    field.setKeySequence(QKeySequence(key))


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
    window.activateWindow()
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


def test_the_search_finds_actions_by_word_and_key(window: MainWindow) -> None:
    dialog = settings(window)
    field = dialog.findChild(QWidget, "keySearch")
    field.setText("counterpart")
    shown = [each for each in dialog.findChildren(QKeySequenceEdit) if not each.isHidden()]
    assert [each.objectName() for each in shown] == ["no_counterpartActionKey"]
    field.setText("ctrl+z")
    shown = [each for each in dialog.findChildren(QKeySequenceEdit) if not each.isHidden()]
    assert [each.objectName() for each in shown] == ["undoActionKey"]
    dialog.reject()


@pytest.mark.parametrize("key", ["F12", ""])
def test_the_list_of_keys_is_made_from_the_actions(window: MainWindow, key: str) -> None:
    action(window, "acceptedAction").set_keys([QKeySequence(key)] if key else [])
    action(window, "keysAction").trigger()
    dialog = window.findChild(QWidget, "keysDialog")
    assert dialog is not None and dialog.isVisible()
    words = [label.text() for label in dialog.findChildren(QLabel)]
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
