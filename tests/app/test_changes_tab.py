"""The tab "What changed": what it lists, and that each list and the refresh is one key away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from app.main_window import MainWindow
from app.pages import REVIEW, TRAIN
from app.views.training.changes_tab import ChangesTab
from core.review.journal import Decision, decide
from core.store.project_file import ProjectFile

WAIT = 20_000


@pytest.fixture
def tab(two_runs: ProjectFile, open_window: MainWindow, qtbot: QtBot) -> ChangesTab:
    decide(two_runs, [Decision(1, 41, "rejected"), Decision(2, 42, "accepted")])
    open_window.pages.show_page(TRAIN)
    open_window.pages.train.show_tab("changes")
    shown = open_window.pages.train.tabs.page("changes")
    assert isinstance(shown, ChangesTab)
    qtbot.waitUntil(lambda: "against" in _text(shown, "changesTitle"), timeout=WAIT)
    return shown


def _text(tab: ChangesTab, name: str) -> str:
    label = tab.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def test_it_says_what_changed_and_how_many_verdicts_are_new(tab: ChangesTab) -> None:
    assert _text(tab, "changesTitle") == "Run 2 against run 1"
    assert _text(tab, "newVerdicts") == "2 new verdicts since"
    rows = {name: part.table.rows.rowCount() for name, part in tab._parts.items()}
    assert rows == {"contradicted": 1, "jumped": 0, "best": 1}
    change = tab._parts["best"].table.rows.row_at(0)
    assert (change.left_id, change.right_id, change.before, change.now) == (7, 47, 2, 1)


def test_a_key_makes_a_queue_of_each_list(tab: ChangesTab, open_window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(
        open_window, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
    )
    qtbot.waitUntil(lambda: open_window.pages.currentIndex() == REVIEW, timeout=WAIT)
    model = open_window.pages.review._model
    qtbot.waitUntil(lambda: model.rowCount() == 1, timeout=WAIT)


def test_a_refresh_is_queued_with_the_newest_run_that_kept_a_model(
    tab: ChangesTab,
    open_window: MainWindow,
    two_runs: ProjectFile,
    qtbot: QtBot,
) -> None:
    with qtbot.waitSignal(open_window.training.failed, timeout=WAIT) as failed:
        tab._refresh.click()
    assert failed.args[0] == "there is no run whose model could be refreshed; train first"
    with two_runs.read() as session:
        assert session.scalar(text("SELECT count(*) FROM run")) == 2


def test_a_refusal_is_told_where_it_can_be_seen(
    tab: ChangesTab, open_window: MainWindow, qtbot: QtBot
) -> None:
    why = "there is no run whose model could be refreshed; train first"
    tab._refresh.click()
    qtbot.waitUntil(lambda: open_window.message.text == why, timeout=WAIT)
    open_window.message.hide()
    open_window.pages.train.show_tab("run")
    open_window.training.refresh()
    qtbot.waitUntil(lambda: open_window.pages.train.message.text == why, timeout=WAIT)
    assert open_window.message.text == ""


def test_without_a_run_no_key_does_anything(
    open_window: MainWindow, project: ProjectFile, tab: ChangesTab, qtbot: QtBot
) -> None:
    buttons = [tab._refresh, tab._parts["best"]._review]
    assert all(button._action.isEnabled() for button in buttons)
    with project.write() as session:
        for table in ("candidate", "modality_weight", "run_seed", "epoch", "run"):
            session.execute(text(f"DELETE FROM {table}"))
    open_window.project.runs_changed.emit(2)
    qtbot.waitUntil(lambda: not any(button._action.isEnabled() for button in buttons), timeout=WAIT)
    open_window.project.close()
    assert not any(button.isEnabled() for button in buttons)
