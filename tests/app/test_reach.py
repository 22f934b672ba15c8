"""Pages and dialogs for a keyboard and a screen reader: all controls have names, and Tab reaches them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QRadioButton,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.keyed_action import KeyedAction
from app.main_window import MainWindow
from app.pages import REVIEW

DIALOGS = {
    "settingsAction": "settingsDialog",
    "keysAction": "keysDialog",
    "newProjectAction": "newProjectDialog",
    "openTeamAction": "teamDialog",
    "addLinksAction": "addLinksDialog",
    "helpAction": "helpWindow",
    "findElsewhereAction": "elsewhereDialog",
    "acceptListedAction": "bulkDialog",
    "hubBoardAction": "hubBoard",
    "recheckAction": "recheckDialog",
}
PAGES = ("graphsPageAction", "trainPageAction", "reviewPageAction", "exportPageAction")
MOST_STEPS = 300


def controls(inside: QWidget) -> list[QWidget]:
    """What Tab is to stop at, as people see it: a field with its arrows is one control."""
    parts = (QComboBox, QAbstractSpinBox)
    return [
        each
        for each in inside.findChildren(QWidget)
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and each.isVisibleTo(inside)
        and each.isVisible()
        and each.isEnabled()
        and each.window() is inside.window()
        and each.focusProxy() is None
        and not isinstance(each, QScrollBar)
        and not isinstance(each.parentWidget(), parts)
        and not each.objectName().startswith("qt_")
    ]


def told(control: QWidget) -> str:
    """What a screen reader says that it is."""
    interface = QAccessible.queryAccessibleInterface(control)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def walked(start: QWidget) -> set[QWidget]:
    """All that has the focus while Tab goes once around; a text stops at each of its links."""
    seen = set()
    for _ in range(MOST_STEPS):
        QTest.keyClick(QApplication.focusWidget() or start.window(), Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        assert now is not None
        seen.add(now)
        if now is start:
            break
    return seen


def reached(control: QWidget, stops: set[QWidget]) -> bool:
    """Also where Tab stops at another button of its group, from which the arrows lead to it."""
    if control in stops:
        return True
    group = control.group() if isinstance(control, QAbstractButton) else None
    if group is not None and group.exclusive():
        return any(button in stops for button in group.buttons())
    siblings = control.parentWidget().findChildren(QRadioButton)
    return isinstance(control, QRadioButton) and any(each in stops for each in siblings)


def check(inside: QWidget, window: QWidget, qtbot: QtBot) -> None:
    found = controls(inside)
    assert found
    nameless = [(type(each).__name__, each.objectName()) for each in found if not told(each)]
    assert not nameless
    window.activateWindow()
    found[0].setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(found[0].hasFocus)
    stops = walked(found[0])
    missed = [(type(each).__name__, each.objectName()) for each in found if not reached(each, stops)]
    assert not missed


@pytest.mark.parametrize("action", DIALOGS)
def test_every_control_of_a_dialog_has_a_name_and_tab_reaches_it(
    open_window: MainWindow, qtbot: QtBot, action: str
) -> None:
    open_window.show_page(REVIEW)
    qtbot.waitUntil(lambda: not open_window.tasks.busy)
    trigger = open_window.findChild(KeyedAction, action)
    assert trigger.isEnabled()
    trigger.trigger()
    dialog = open_window.findChild(QDialog, DIALOGS[action]) or next(
        each for each in QApplication.topLevelWidgets() if each.objectName() == DIALOGS[action]
    )
    qtbot.waitUntil(lambda: dialog.isVisible() and not open_window.tasks.busy)
    check(dialog, dialog, qtbot)
    dialog.close()
    qtbot.waitUntil(lambda: not open_window.tasks.busy)


@pytest.mark.parametrize("action", PAGES)
def test_every_control_of_a_page_has_a_name_and_tab_reaches_it(
    open_window: MainWindow, qtbot: QtBot, action: str
) -> None:
    open_window.findChild(KeyedAction, action).trigger()
    qtbot.waitUntil(lambda: not open_window.tasks.busy)
    check(open_window.pages.currentWidget(), open_window, qtbot)
