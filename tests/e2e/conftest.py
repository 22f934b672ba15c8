"""A window of the real program, with settings of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QWidget

from app import theme
from app.main_window import MainWindow
from app.settings import Settings
from tests.window import activate


@pytest.fixture
def open_window(qtbot, tmp_path: Path) -> Iterator[Callable[[Path | None], MainWindow]]:
    """Opens the window as the program does; closes what is still open at the end."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    QApplication.setApplicationName("mimea-explorer")
    QApplication.setOrganizationName("mimea-explorer")
    windows: list[MainWindow] = []

    def open_(project: Path | None) -> MainWindow:
        settings = Settings()
        theme.apply_theme(QApplication.instance(), "light")
        window = MainWindow(settings)
        windows.append(window)
        window.resize(1280, 800)
        window.show()
        activate(qtbot, window)
        if project is not None:
            window.open_project(project)
        return window

    yield open_
    for window in windows:
        window.close()
        qtbot.waitUntil(lambda w=window: not w.isVisible(), timeout=60_000)


def focused(qtbot, window: MainWindow) -> QWidget:  # type: ignore[no-untyped-def]
    """Where keys go; without a window manager nothing gives the focus back to a window that lost it."""
    if QApplication.activeWindow() is None:
        front = QApplication.activeModalWidget() or window
        activate(qtbot, front)
    return QApplication.activePopupWidget() or QApplication.focusWidget() or window


def choose_queue(qtbot, window: MainWindow, name: str) -> None:  # type: ignore[no-untyped-def]
    """Choose a queue as one does: open the list of them by key, go to it, take it; then back to the list."""
    chooser = window.pages.review._queue.chooser
    qtbot.keyClick(focused(qtbot, window), Qt.Key.Key_Q)
    view = chooser.view()
    qtbot.waitUntil(view.isVisible)
    wanted = chooser.findData(name)
    while view.currentIndex().row() != wanted:
        step = Qt.Key.Key_Down if view.currentIndex().row() < wanted else Qt.Key.Key_Up
        qtbot.keyClick(view, step)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    activate(qtbot, window)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    qtbot.keyClick(focused(qtbot, window), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
