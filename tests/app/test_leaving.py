"""Ctrl+C and SIGTERM close the window, whatever is open over it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.application import _Interrupts
from app.main_window import MainWindow
from app.views.new_project_dialog import NewProjectDialog
from app.views.replace_dialog import ReplaceDialog
from core.errors import Cancelled
from tests.support import DEMO

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def interrupts(open_window: MainWindow) -> Iterator[_Interrupts]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    made = _Interrupts(open_window)
    yield made
    signal.set_wakeup_fd(-1)
    for end in (made._reader, made._writer):
        end.close()
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_dialog_that_waits_for_an_answer_is_no_obstacle(
    open_window: MainWindow, interrupts: _Interrupts, qtbot: QtBot
) -> None:
    open_window.dialogs.replace("left", "Atlas")
    assert open_window.findChild(ReplaceDialog).isVisible()
    signal.raise_signal(signal.SIGTERM)
    qtbot.waitUntil(lambda: not open_window.isVisible())
    assert interrupts.caught and not open_window.project.is_open


def test_an_import_is_stopped_and_the_window_closes(
    open_window: MainWindow, interrupts: _Interrupts, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = threading.Event()

    def slow(_path, _dataset, *, on_progress, cancelled) -> None:  # type: ignore[no-untyped-def]
        going.set()
        assert cancelled.wait(20)
        raise Cancelled("stopped")

    monkeypatch.setattr("core.store.importer.import_dataset", slow)
    open_window.new_project([DEMO])
    dialog = open_window.findChild(NewProjectDialog)
    qtbot.waitUntil(dialog._import.isEnabled)
    dialog._import.click()
    qtbot.waitUntil(going.is_set)
    signal.raise_signal(signal.SIGTERM)
    qtbot.waitUntil(lambda: not open_window.isVisible())
    assert not dialog.importing
