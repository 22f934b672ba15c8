"""History, session and blind re-review beside the pair, and where the panels stand."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QTableView, QWidget
from sqlalchemy import text

from app.keyed_action import KeyedAction
from app.models.history_model import KIND, PAIR, HistoryModel
from app.views.review.recheck_dialog import RecheckDialog
from app.views.review.session_panel import _left_in_words
from core.review.history import history_rows
from core.review.journal import Decision, decide
from core.review.progress import Left
from core.store.project_file import ProjectFile
from tests.app.review.conftest import Page
from tests.window import activate

CTRL = Qt.KeyboardModifier.ControlModifier


def trigger(page: Page, name: str) -> None:
    page.find(KeyedAction, f"{name}Action").trigger()
    page.settle()


def history(page: Page) -> QTableView:
    return page.find(QTableView, "historyTable")


def listed(page: Page) -> list[str]:
    table = history(page)
    model = table.model()
    page.qtbot.waitUntil(
        lambda: all(model.index(row, PAIR).data() != "…" for row in range(model.rowCount())), timeout=30_000
    )
    page.settle()
    return [
        f"{model.index(row, KIND).data()} {model.index(row, PAIR).data()}".replace("\u2068", "").replace(
            "\u2069", ""
        )
        for row in range(model.rowCount())
    ]


def struck(page: Page) -> list[bool]:
    model = history(page).model()
    return [
        model.index(row, PAIR).data(Qt.ItemDataRole.FontRole).strikeOut() for row in range(model.rowCount())
    ]


@pytest.fixture
def decided(page: Page) -> Page:
    """Three verdicts by key, with the history open and the keyboard on it."""
    for key in (Qt.Key.Key_A, Qt.Key.Key_R, Qt.Key.Key_A):
        page.press(key)
    page.press(Qt.Key.Key_H, CTRL)
    page.qtbot.waitUntil(lambda: history(page).model().rowCount() == 3)
    return page


def test_any_one_verdict_is_revoked_by_key_and_restored(decided: Page) -> None:
    assert [line[0] for line in listed(decided)] == ["✓", "✗", "✓"]
    first, second, third = (decision.left_id for decision in decided.stored())
    history(decided).selectRow(1)  # the rejected one, in the middle
    QTest.keyClick(history(decided), Qt.Key.Key_Delete)
    decided.settle()
    assert [d.left_id for d in decided.stored()] == [first, third]
    decided.qtbot.waitUntil(lambda: struck(decided) == [False, True, False])
    assert history(decided).hasFocus()
    QTest.keyClick(history(decided), Qt.Key.Key_Insert)
    decided.settle()
    assert [d.left_id for d in decided.stored()] == [first, second, third]
    decided.qtbot.waitUntil(lambda: not any(struck(decided)))


def test_a_new_verdict_comes_on_top_and_leaves_the_selection(decided: Page) -> None:
    listed(decided)
    history(decided).selectRow(0)
    decided.press(Qt.Key.Key_A)
    decided.qtbot.waitUntil(lambda: history(decided).model().rowCount() == 4)
    assert [index.row() for index in history(decided).selectionModel().selectedRows()] == [1]


def test_return_goes_to_the_pair(decided: Page) -> None:
    lines = listed(decided)
    history(decided).setCurrentIndex(history(decided).model().index(2, PAIR))
    QTest.keyClick(history(decided), Qt.Key.Key_Return)
    decided.settle()
    shown = decided.view._panel.shown
    assert shown is not None and shown.verdict is not None
    assert lines[2] == f"✓ {shown.left.label} = {shown.right.label}"


def test_what_can_be_done_depends_on_what_is_chosen(decided: Page) -> None:
    revoke = decided.find(KeyedAction, "revokeAction")
    restore = decided.find(KeyedAction, "restoreAction")
    listed(decided)
    history(decided).clearSelection()
    assert not revoke.isEnabled() and not restore.isEnabled()
    history(decided).selectAll()
    assert revoke.isEnabled() and not restore.isEnabled()
    revoke.trigger()
    decided.settle()
    assert decided.stored() == []
    decided.qtbot.waitUntil(lambda: restore.isEnabled() and not revoke.isEnabled())


def test_what_was_not_read_yet_is_revoked_with_the_rest(
    open_page, project: ProjectFile, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    decide(project, [Decision(i, 40 + i, "accepted") for i in range(1, 31)])
    page = open_page(project.path)
    go_on = threading.Event()
    monkeypatch.setattr(
        "app.models.history_model.history_rows",
        lambda session, ids: go_on.wait(20) and history_rows(session, ids),
    )
    page.find(KeyedAction, "historyAction").trigger()
    page.qtbot.waitUntil(lambda: history(page).model().rowCount() == 30)
    history(page).selectAll()
    page.find(KeyedAction, "revokeAction").trigger()
    go_on.set()
    page.settle()
    assert page.stored() == []


def test_more_than_can_be_revoked_at_once_is_told(decided: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.views.review.history_panel._MOST", 2)
    listed(decided)
    count = decided.find(QLabel, "historyCount")
    assert count.text() == "3 verdicts"
    history(decided).selectAll()
    assert not decided.find(KeyedAction, "revokeAction").isEnabled()
    assert count.text() == "3 verdicts; at most 2 can be revoked at once"
    history(decided).selectRow(0)
    assert decided.find(KeyedAction, "revokeAction").isEnabled() and count.text() == "3 verdicts"


def test_the_model_keeps_the_rules_of_models(page: Page, project: ProjectFile) -> None:
    model = page.find(QTableView, "historyTable").model()
    assert isinstance(model, HistoryModel)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    trigger(page, "history")
    page.project.decide([Decision(i, 40 + i, "accepted") for i in range(1, 30)])
    page.qtbot.waitUntil(lambda: model.rowCount() == 29)
    listed(page)
    page.project.decide([Decision(30, 70, "rejected")])
    page.qtbot.waitUntil(lambda: model.rowCount() == 30)
    page.project.undo()
    page.settle()
    page.project.close()
    assert model.rowCount() == 0
    del tester


def test_the_session_counts_what_was_decided(page: Page) -> None:
    trigger(page, "session")
    fact = page.find(QLabel, "decidedFact")
    page.qtbot.waitUntil(lambda: fact.text() == "0 decided")
    page.press(Qt.Key.Key_A)
    page.press(Qt.Key.Key_R)
    page.qtbot.waitUntil(lambda: fact.text() == "2 decided")
    assert page.find(QLabel, "precisionFact").text() == "none judged again yet"
    assert page.find(QLabel, "agreementFact").text().endswith("of 2")
    assert page.find(QLabel, "leftFact").text().startswith("no probabilities: train with")


def test_accepted_pairs_are_judged_again_without_score_and_verdict(
    open_page, project: ProjectFile, qtbot
) -> None:  # type: ignore[no-untyped-def]
    decide(project, [Decision(i, 40 + i, "accepted", author="ada") for i in range(1, 5)])
    page = open_page(project.path)
    trigger(page, "session")
    trigger(page, "recheck")
    dialog = page.view.window().findChildren(RecheckDialog)[-1]
    words = " ".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())
    assert "0.9" not in words and "Accepted" not in words and "likely" not in words
    asked = set()
    for key in (Qt.Key.Key_A, Qt.Key.Key_R, Qt.Key.Key_U, Qt.Key.Key_A):
        qtbot.waitUntil(lambda: dialog.shown is not None)
        asked.add(dialog.shown)
        QTest.keyClick(dialog, key)
        page.settle()
    assert asked == {(i, 40 + i) for i in range(1, 5)}
    told = dialog.findChild(QLabel, "recheckTold")
    qtbot.waitUntil(lambda: told.text().startswith("Done."))
    assert "67 % (21 to 94 %), 3 judged again, 1 unsure" in told.text()
    assert len(page.stored()) == 4  # the verdicts stand
    with page.project.file.read() as session:
        kinds = session.execute(text("SELECT kind FROM recheck ORDER BY id")).scalars().all()
    assert kinds == ["accepted", "rejected", "unsure", "accepted"]
    dialog.close()
    fact = page.find(QLabel, "precisionFact")
    qtbot.waitUntil(lambda: fact.text().startswith("67 %"))


def test_without_accepted_pairs_there_is_nothing_to_judge_again(page: Page) -> None:
    trigger(page, "recheck")
    dialog = page.view.window().findChildren(RecheckDialog)[-1]
    told = dialog.findChild(QLabel, "recheckTold")
    page.qtbot.waitUntil(lambda: told.text().startswith("Nothing to judge again: each accepted pair"))
    assert "Accept pairs in the list" in told.text()  # what to do
    dialog.close()


def test_panels_open_and_close_by_key_and_stay_so(open_page, project: ProjectFile) -> None:  # type: ignore[no-untyped-def]
    page = open_page(project.path)
    docks = {dock.objectName(): dock for dock in page.view.findChildren(QDockWidget)}
    assert [name for name, dock in docks.items() if page.visible(dock)] == ["listDock"]
    page.press(Qt.Key.Key_H, CTRL)
    page.press(Qt.Key.Key_L, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert [name for name, dock in docks.items() if page.visible(dock)] == ["historyDock"]
    page.press(Qt.Key.Key_A)  # with the list closed the keys judge all the same
    assert len(page.stored()) == 1
    page.view.save_layout()
    again = open_page(project.path)
    shown = [dock.objectName() for dock in again.view.findChildren(QDockWidget) if again.visible(dock)]
    assert shown == ["historyDock"]
    trigger(again, "resetLayout")
    shown = [dock.objectName() for dock in again.view.findChildren(QDockWidget) if again.visible(dock)]
    assert shown == ["listDock"]
    assert again.table.hasFocus()


@pytest.mark.qt_log_ignore("This plugin does not support raise")  # offscreen has no window manager
def test_panels_can_be_moved_and_floated(page: Page) -> None:
    features = QDockWidget.DockWidgetFeature
    for dock in page.view.findChildren(QDockWidget):
        for wanted in (
            features.DockWidgetClosable,
            features.DockWidgetMovable,
            features.DockWidgetFloatable,
        ):
            assert dock.features() & wanted
    dock = page.find(QDockWidget, "listDock")
    dock.setFloating(True)
    trigger(page, "resetLayout")
    assert not dock.isFloating()


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_the_keys_judge_from_a_list_that_floats(page: Page) -> None:
    dock = page.find(QDockWidget, "listDock")
    dock.setFloating(True)
    activate(page.qtbot, dock)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_A)
    page.settle()
    assert [decision.kind for decision in page.stored()] == ["accepted"]


def test_a_panel_that_was_moved_is_where_it_was_left(open_page, project: ProjectFile) -> None:  # type: ignore[no-untyped-def]
    page = open_page(project.path)
    left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
    desk, dock = page.find(QMainWindow, "reviewDesk"), page.find(QDockWidget, "listDock")
    assert desk.dockWidgetArea(dock) is left
    desk.addDockWidget(right, dock)
    page.view.save_layout()
    again = open_page(project.path)
    desk, dock = again.find(QMainWindow, "reviewDesk"), again.find(QDockWidget, "listDock")
    assert desk.dockWidgetArea(dock) is right and again.visible(dock)
    trigger(again, "resetLayout")
    assert desk.dockWidgetArea(dock) is left


def test_panels_read_nothing_while_they_are_closed(page: Page, tmp_path: Path) -> None:
    page.press(Qt.Key.Key_A)
    assert history(page).model().rowCount() == 0
    assert page.find(QWidget, "decidedFact").text() == "–"


def test_when_to_stop_says_what_share_of_the_right_pairs_is_decided() -> None:
    words = _left_in_words(Left(70.0, 10.0, settled=930))
    assert words == "about 93 % of the right pairs\nare decided,\nabout 70 correct pairs left\n(50 to 90)"
    assert "%" not in _left_in_words(Left(0.0, 0.0))
    assert "seeds held out" in _left_in_words(None)
