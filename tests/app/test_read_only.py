"""A project that is open in another window offers nothing that would fail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.keyed_action import KeyedAction
from app.main_window import MainWindow
from app.pages import TRAIN
from app.views.review.verdict_bar import BUTTON_NAMES
from core.review.journal import Decision, decide
from core.store.project_file import ProjectFile

# What is offered with a run, a pair and a step to undo; other actions look, go, copy or set the window up.
WRITING = {
    "accepted", "rejected", "unsure", "no_counterpart", "acceptListed", "rejectListed", "resolveConflict",
    "findElsewhere", "saveFilter", "hubBoard", "recheck", "undo", "compact", "addLinks", "startTraining",
    "againRun", "describeRun", "deleteRun", "refreshCandidates", "startAblation",
}  # fmt: skip


def enabled(window: MainWindow) -> set[str]:
    for name in ("run", "runs", "evaluation", "weights", "changes", "ablation"):
        window.pages.train.show_tab(name)
    actions = window.findChildren(KeyedAction)
    return {each.objectName().removesuffix("Action") for each in actions if each.isEnabled()}


@pytest.fixture
def looking(window: MainWindow, project: ProjectFile, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window on a project with a verdict that another one has open."""
    decide(project, [Decision(1, 41, "accepted")])
    holder = ProjectFile.open_for_editing(project.path)
    with qtbot.waitSignal(window.opener.ready):
        window.open_project(project.path)
    assert "open in another window" in window.project.read_only
    yield window
    holder.close()


def settle(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page(TRAIN)
    enabled(window)  # shows every tab
    qtbot.waitUntil(lambda: not window.tasks.busy)


def test_nothing_that_writes_is_offered(looking: MainWindow, qtbot: QtBot) -> None:
    settle(looking, qtbot)
    assert enabled(looking) & WRITING == set()
    assert {"backup", "check", "export", "nextPair", "search", "exportRun", "blind"} <= enabled(looking)
    names = [*BUTTON_NAMES.values(), "leftGraphTitleReplace", "rightGraphTitleReplace", "acceptedSettle"]
    for name in names:
        assert not looking.findChild(QPushButton, name).isEnabled(), name


def test_all_of_it_is_offered_where_it_works(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot
) -> None:
    open_window.project.decide([Decision(1, 41, "accepted")])
    settle(open_window, qtbot)
    assert WRITING - enabled(open_window) == set()
    assert open_window.findChild(QPushButton, "acceptButton").isEnabled()


def test_compacting_is_refused(looking: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(looking._care.failed) as refused:
        looking._care.compact()
    assert refused.args == [looking.project.read_only]
