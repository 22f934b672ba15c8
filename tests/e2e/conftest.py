"""A window of the real program, with settings of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from app import theme
from app.main_window import MainWindow
from app.settings import Settings


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
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        if project is not None:
            window.open_project(project)
        return window

    yield open_
    for window in windows:
        window.close()
        qtbot.waitUntil(lambda w=window: not w.isVisible(), timeout=60_000)
