"""What the tests of the Train page and of its runs share beside the fixtures."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.views.training.rows_table import RowsTable
from core.config import RunConfig
from core.store.project_file import ProjectFile
from core.store.runs import RunInfo, list_runs
from core.training.events import EpochDone, Event

METRICS = {"mrr": 0.7, "hits@1": 0.6, "hits@5": 0.8, "hits@10": 0.9}
SHORT = RunConfig().replace(epochs=20)
LONG = RunConfig().replace(epochs=100_000)
WAIT = 20_000  # milliseconds at most


def settle(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until what was asked of the store has been shown."""
    qtbot.waitUntil(lambda: not window.tasks.busy, timeout=WAIT)


def tab(window: MainWindow, name: str, qtbot: QtBot) -> Any:
    """Go to a tab of the Train page; returns its page."""
    window.pages.train.show_tab(name)
    settle(window, qtbot)
    return window.pages.train.tabs.page(name)


def child(parent: QWidget, kind: type, name: str) -> Any:
    """The child of that name, which must be there."""
    found = parent.findChild(kind, name)
    assert found is not None, name
    return found


def cells(table: RowsTable, column: int) -> list[str]:
    """What stands in a column, from top to bottom."""
    model = table.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def stored(file: ProjectFile) -> dict[int, RunInfo]:
    """The project's runs by id."""
    with file.read() as session:
        return {run.id: run for run in list_runs(session)}


def statuses(file: ProjectFile) -> dict[int, str]:
    """Of the runs that came after that of the fixture."""
    return {run_id: run.status for run_id, run in stored(file).items() if run_id > 1}


def wait_for_epochs(qtbot: QtBot, events: list[Event], run_id: int, number: int = 1) -> None:
    """Wait until so many epochs of a run were told."""
    qtbot.waitUntil(
        lambda: sum(isinstance(e, EpochDone) and e.run_id == run_id for e in events) >= number, timeout=WAIT
    )
