"""Starts the window: the application object, what it does with errors, and torch once the window is up."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from logging.handlers import RotatingFileHandler

import platformdirs
from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QSocketNotifier,
    QTimer,
    QtMsgType,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QWidget

from app import theme
from app.device_finder import DeviceFinder
from app.error_reporter import ErrorReporter
from app.garbage import GarbageCollector
from app.icons import application_icon
from app.settings import Settings
from core.store.places import Place

NO_DISPLAY = "no window can be opened here; without a display use the commands that --help lists"
_WARM_UP_MILLISECONDS = 700
_INTERRUPTED = 130
_log = logging.getLogger("qt")


def main(project: Place | None = None) -> int:
    """Open the window, on ``project`` if one is given; returns the exit status."""
    _log_to_file()
    qInstallMessageHandler(_on_qt_message)
    application = create_application()
    settings = Settings()
    theme.apply_theme(application, settings.theme)
    ThemeFollower(application, settings)

    from app.main_window import MainWindow  # after the application, so that a missing display is told at once

    window = MainWindow(settings)
    GarbageCollector(window)
    errors = ErrorReporter(window)
    errors.caught.connect(window.show_error)
    errors.install()
    interrupts = _Interrupts(window)
    device = DeviceFinder(window)
    device.found.connect(window.show_devices)
    window.devices_wanted.connect(device.renew)
    show_fitting(window)
    if project is not None:
        window.open_project(project)
    QTimer.singleShot(_WARM_UP_MILLISECONDS, device, device.start)
    status = application.exec()
    status = _INTERRUPTED if interrupts.caught else status
    if device.busy or window.busy:
        # torch is still being imported: ending the interpreter beneath it crashes, and nothing is left to do.
        # Or somebody who closed the window twice does not want to wait for what goes.
        os._exit(status)
    return status


def show_fitting(window: QWidget) -> None:
    """Show a window, as large as the screen where that is smaller, as it is on many of 200 %."""
    room = window.screen().availableSize()
    if window.size().boundedTo(room) == window.size():
        window.show()
    else:
        window.showMaximized()


def create_application() -> QApplication:
    """The application object, with the names that settings and the desktop know it by."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("mimea-explorer")
    application.setApplicationDisplayName("MIMEA Explorer")
    application.setOrganizationName("mimea-explorer")
    application.setDesktopFileName("mimea-explorer")
    application.setWindowIcon(application_icon())
    application.setStyle("Fusion")
    theme.add_families(application)
    return application


class ThemeFollower(QObject):
    """Changes the theme with the desktop's, where none of its own is chosen."""

    def __init__(self, application: QApplication, settings: Settings) -> None:
        super().__init__(application)
        self._application = application
        self._settings = settings
        application.styleHints().colorSchemeChanged.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        if self._settings.theme in ("system", "contrast"):
            theme.apply_theme(self._application, self._settings.theme)


class _Interrupts(QObject):
    """Closes the window on Ctrl+C and SIGTERM; a socket wakes Qt's loop, or Python's handler never runs.

    The window, not all windows: a dialog that imports would refuse, but ends when its window closes.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.caught = False
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        signal.set_wakeup_fd(self._writer.fileno())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_woken)

    def _on_signal(self, *_: object) -> None:
        self.caught = True

    @Slot()
    def _on_woken(self) -> None:
        self._reader.recv(64)
        if self.caught:
            self._window.close()


def _on_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    if kind is QtMsgType.QtFatalMsg:
        # Qt aborts the process after this, with a core dump where one sentence would do.
        print(f"mimea-explorer: {NO_DISPLAY}. Qt says: {' '.join(text.split())}", file=sys.stderr)
        sys.stderr.flush()
        os._exit(1)
    if kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg):
        _log.warning("%s", text)


def _log_to_file() -> None:
    """Keep warnings and errors where they can be found later."""
    folder = platformdirs.user_log_path("mimea-explorer", appauthor=False, ensure_exists=True)
    handler = RotatingFileHandler(folder / "window.log", maxBytes=500_000, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
