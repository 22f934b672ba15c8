"""What tests of windows share."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.views.elided_label import ElidedLabel

_COMBO_ROOM = 44  # pixels that the frame and the arrow of a choice take


def activate(qtbot: QtBot, window: QWidget) -> None:
    """Give ``window`` the keys, as a window manager does when it opens and when what lay over it closes.

    Asked for until it is given: an X server ignores a request that is older than the last change of focus. Qt
    dates its request by the last event that it has seen; the request is one, so that the next is newer.
    """

    def active() -> bool:
        if not window.isActiveWindow():
            window.activateWindow()
        return window.isActiveWindow()

    window.activateWindow()  # in any case: that something else has the keys now may be on its way
    qtbot.waitUntil(active)


def told(widget: QWidget) -> str:
    """Which widget it is, for messages."""
    return f"{type(widget).__name__} {widget.objectName()!r} in {type(widget.parentWidget()).__name__}"


def cut_off(inside: QWidget) -> list[str]:
    """The visible texts that have less room than they need."""
    return [f"{told(w)}: {_text(w)}" for w in inside.findChildren(QWidget) if w.isVisible() and _cut(w)]


def _text(widget: QWidget) -> str:
    return widget.currentText() if isinstance(widget, QComboBox) else widget.text()  # type: ignore[attr-defined]


def _cut(widget: QWidget) -> bool:
    if isinstance(widget, ElidedLabel) or _within_own_scrolling(widget):
        return False
    if isinstance(widget, QLabel) and widget.text():
        if widget.wordWrap():
            return widget.heightForWidth(widget.width()) > widget.height() + 1
        return widget.sizeHint().width() > widget.width() + 1
    if isinstance(widget, QPushButton | QCheckBox) and widget.text():
        return widget.sizeHint().width() > widget.width() + 1
    if isinstance(widget, QComboBox):
        needed = widget.fontMetrics().horizontalAdvance(widget.currentText()) + _COMBO_ROOM
        return needed > widget.width() + 1
    return False


def _within_own_scrolling(widget: QWidget) -> bool:
    """Whether it may be wider than its place because it can be scrolled sideways."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            return parent.horizontalScrollBar().maximum() > 0
        parent = parent.parentWidget()
    return False


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until what was asked for is there and laid out."""
    qtbot.waitUntil(lambda: not window.tasks.busy)
    QApplication.processEvents()  # what has come asked for a layout
