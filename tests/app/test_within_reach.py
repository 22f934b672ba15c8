"""Every page by keyboard and for screen readers: names, Tab, a focus that can be seen, no text cut off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from app import theme
from app.keyed_action import KeyedAction
from app.main_window import MainWindow
from app.pages import EXPORT, GRAPHS, REVIEW, TRAIN
from app.views.elided_label import ElidedLabel
from core.review.journal import Decision
from core.store.project_file import ProjectFile
from tests.window import activate, cut_off, settle, told

PAGES = {"graphs": GRAPHS, "train": TRAIN, "review": REVIEW, "export": EXPORT}
CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractItemView)
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
    "leftGraphTitleReplace": "replaceDialog",
}
_MOST = 400  # presses of Tab


@pytest.fixture(params=PAGES)
def page(request, open_window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window at 1280x800 on one page, history and session open on the review page."""
    open_window.resize(1280, 800)
    activate(qtbot, open_window)
    open_window.show_page(PAGES[request.param])
    if request.param == "review":
        for name in ("history", "session"):
            open_window.pages.review._panels.desk.toggle(name)
    settle(qtbot, open_window)
    return open_window


@pytest.fixture(params=DIALOGS)
def dialog(request, open_window: MainWindow, qtbot: QtBot) -> QDialog:
    """A dialog that its action, or a button of a page, has opened over the review page."""
    open_window.show_page(REVIEW)
    qtbot.waitUntil(lambda: not open_window.tasks.busy)
    opener = open_window.findChild(QObject, request.param)
    assert opener.isEnabled()
    opener.trigger() if isinstance(opener, KeyedAction) else opener.click()
    shown = open_window.findChild(QDialog, DIALOGS[request.param])
    qtbot.waitUntil(lambda: shown.isVisible() and not open_window.tasks.busy)
    activate(qtbot, shown)
    qtbot.waitUntil(
        lambda: QApplication.focusWidget() is not None and QApplication.focusWidget().window() is shown
    )
    return shown


def controls(inside: QWidget) -> Iterator[QWidget]:
    """What can be used and seen on a page or in a dialog; not the parts that a control is made of."""
    if isinstance(inside, MainWindow):
        inside = inside.pages.currentWidget()
    for widget in inside.findChildren(QWidget):
        part = any(isinstance(widget.parentWidget(), kind) for kind in (*CONTROLS, QComboBox))
        inner = widget.objectName().startswith("qt_") or type(widget).__name__ in (
            "QDockWidgetTitleButton",
            "QTableCornerButton",
        )
        header = isinstance(widget, QAbstractItemView) and widget.parentWidget() is not None and part
        if (
            (isinstance(widget, CONTROLS) or _scrolls_by_key(widget))
            and widget.isVisible()
            and widget.isEnabled()
            and not (part or inner or header)
        ):
            yield widget


def _scrolls_by_key(widget: QWidget) -> bool:
    """Whether Tab stops at it to scroll: a text, or room for more than fits."""
    own = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
    return bool(own) and isinstance(widget, QAbstractScrollArea)


def said(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def test_every_control_has_a_name_to_be_read_aloud(page: MainWindow) -> None:
    nameless = [told(widget) for widget in controls(page) if not said(widget).strip()]
    assert not nameless


def test_every_control_is_reached_by_tab(page: MainWindow) -> None:
    _walk(page)


def test_every_control_of_a_dialog_has_a_name_and_tab_reaches_it(dialog: QDialog) -> None:
    assert not [told(widget) for widget in controls(dialog) if not said(widget).strip()]
    _walk(dialog)


def _walk(inside: QWidget) -> None:
    """Press Tab until it has been everywhere."""
    wanted = {widget for widget in controls(inside) if widget.focusPolicy() != Qt.FocusPolicy.NoFocus}
    unreachable = [w for w in controls(inside) if not w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert not [told(w) for w in unreachable if not _waits_for_an_arrow(w)]
    reached: set[QWidget] = set()
    for _ in range(_MOST):
        focus = QApplication.focusWidget()
        assert focus is not None
        # Of buttons that exclude each other Tab reaches the chosen one, the arrows the others.
        group = focus.group() if isinstance(focus, QAbstractButton) else None
        reached |= {focus, *(group.buttons() if group is not None else ())}
        focus.focusNextChild() if isinstance(focus, QAbstractSpinBox) else QTest.keyClick(
            focus, Qt.Key.Key_Tab
        )
        if wanted <= reached:
            break
    assert not [told(widget) for widget in wanted - reached]


def _waits_for_an_arrow(widget: QWidget) -> bool:
    """Whether it is one of buttons that exclude each other, of which another one is chosen."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is not None and group.checkedButton() not in (None, widget)


def test_focus_can_be_seen(page: MainWindow) -> None:
    blind = []
    for widget in controls(page):
        if _is_cut_off(widget):
            continue
        page.setFocus()
        before = _picture(widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if _picture(widget) == before:
            blind.append(told(widget))
    assert not blind


def test_no_text_is_cut_off(page: MainWindow) -> None:
    assert not cut_off(page)


def test_what_is_elided_is_whole_on_hover(page: MainWindow) -> None:
    for label in page.findChildren(ElidedLabel):
        if label.isVisible() and label.whole:
            assert label.toolTip(), told(label)


LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch of the very long names"


@pytest.mark.parametrize(
    "label", [LONG, "جمهورية مصر العربية الديمقراطية الشعبية " * 3, "中华人民共和国" * 12, "🇰🇪🦁" * 40]
)
def test_long_labels_in_any_script_widen_nothing(
    window: MainWindow, project: ProjectFile, qtbot: QtBot, label: str
) -> None:
    with project.write() as session:
        session.execute(text("UPDATE entity SET label = :label, description = :label"), {"label": label})
        session.execute(text("UPDATE attribute_triple SET value = :label"), {"label": label})
        session.execute(text("UPDATE attribute SET label = :label"), {"label": label})
    with qtbot.waitSignal(window.opener.ready):
        window.open_project(project.path)
    window.resize(1280, 800)
    window.project.decide([Decision(1, 41, "accepted"), Decision(1, 42, "accepted")])
    page = window.pages.review
    page._panels.desk.toggle("history")
    qtbot.waitUntil(lambda: not window.tasks.busy and page._panel.shown is not None)
    page._pair_tools.walk.go(1, 43)  # so that the way back is shown too
    qtbot.waitUntil(lambda: not window.tasks.busy and not page._ahead.waiting)
    settle(qtbot, window)
    panel = page._panel
    assert panel.walk.isVisibleTo(panel) and panel.shown.key == (1, 43)
    assert panel.widget().width() <= panel.viewport().width()
    assert window.width() == 1280


@pytest.mark.parametrize("name", ["dark", "contrast"])
def test_focus_can_be_seen_in_every_theme(
    open_window: MainWindow, qtbot: QtBot, qapp: QApplication, name: theme.Theme
) -> None:
    theme.apply_theme(qapp, name)
    activate(qtbot, open_window)
    open_window.show_page(EXPORT)
    qtbot.waitUntil(lambda: not open_window.tasks.busy)
    test_focus_can_be_seen(open_window)


def _picture(widget: QWidget) -> QImage:
    around = widget.window()
    place = widget.mapTo(around, QPoint(0, 0))
    QApplication.processEvents()
    # With its surroundings: some controls are framed by what they stand in.
    return around.grab(widget.rect().translated(place).adjusted(-3, -3, 3, 3)).toImage()


def _is_cut_off(widget: QWidget) -> bool:
    """Whether it has been scrolled out of sight."""
    return widget.visibleRegion().isEmpty()
