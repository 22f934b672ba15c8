"""Fixtures of the window's tests: settings and folders of their own, nothing left running."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import theme
from app.main_window import MainWindow
from app.settings import Settings
from core.store.project_file import ProjectFile
from tests.app.fake_run import FakeRun


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the person's settings, documents and demo project out of the tests."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    jobs = [each for each in threading.enumerate() if each.name == "job"]
    for job in jobs:
        job.join(5)  # it may have told its result and be about to end
    assert not any(job.is_alive() for job in jobs), "a test left a job running"


@pytest.fixture
def fake_run(monkeypatch: pytest.MonkeyPatch) -> FakeRun:
    """Training without torch."""
    return FakeRun(monkeypatch)


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> MainWindow:
    """The whole window, shown, with all of its pages."""
    theme.apply_theme(qapp, "light")
    made = MainWindow(Settings())
    qtbot.addWidget(made)
    made.pages.build()
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def open_window(window: MainWindow, project: ProjectFile, qtbot: QtBot) -> MainWindow:
    """The window on the small project, with its counts shown."""
    with qtbot.waitSignals([window.opener.ready]):
        window.open_project(project.path)
    qtbot.waitUntil(lambda: not window.tasks.busy)
    return window
