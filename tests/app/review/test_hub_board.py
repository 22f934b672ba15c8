"""The hub board by its keys, and what it says when something fails."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from sqlalchemy import text

from app.views.review.hub_board import HubBoard
from core.errors import ProjectError
from core.store.project_file import ProjectFile
from tests.app.review.test_pair_tools import make_hub
from tests.window import activate

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Key, Modifier = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def hub_page(open_page, project: ProjectFile):
    with project.write() as session:
        session.execute(text("UPDATE candidate SET right_id = left_id + 40 WHERE rank = 1"))
    make_hub(project)
    make_hub(project, 45, (5, 8, 10))
    return open_page(project.path)


def board(page) -> HubBoard:
    found = page.view._pair_tools.hubs.board
    assert found is not None
    activate(page.qtbot, found)
    page.qtbot.waitUntil(lambda: found.focusWidget() is not None)
    return found


def press(page, key: Qt.Key, modifier: Qt.KeyboardModifier = Modifier.NoModifier) -> None:
    page.qtbot.keyClick(board(page).focusWidget(), key, modifier)
    page.settle()


def test_a_hub_is_resolved_by_the_keyboard_as_one_step(hub_page) -> None:
    page = hub_page
    page.press(Key.Key_H)
    assert board(page).hub.card.id == 41
    assert [c.card.id for c in board(page).hub.claimants] == [1, 2, 4]
    assert "3 left entities have this" in board(page).findChild(QLabel, "hubQuestion").text()
    board(page).grab()
    press(page, Key.Key_Right)
    press(page, Key.Key_Return)
    stored = {(v.left_id, v.right_id, v.kind) for v in page.stored()}
    assert stored == {(1, 41, "rejected"), (2, 41, "accepted"), (4, 41, "rejected")}
    assert board(page).hub.card.id == 45  # the next one
    press(page, Key.Key_N)
    assert {(v.left_id, v.kind) for v in page.stored()} >= {
        (5, "rejected"),
        (8, "rejected"),
        (10, "rejected"),
    }
    assert board(page).hub is None
    press(page, Key.Key_Escape)
    assert page.view._pair_tools.hubs.board is None
    for _ in range(2):
        page.project.undo()
        page.settle()
    assert page.stored() == []


def test_a_hub_can_be_left_for_later(hub_page) -> None:
    page = hub_page
    page.press(Key.Key_H)
    press(page, Key.Key_Down, Modifier.ControlModifier)
    assert board(page).hub.card.id == 45
    press(page, Key.Key_Down, Modifier.ControlModifier)
    assert board(page).hub.card.id == 41
    assert board(page).findChild(QPushButton, "hubNextButton").isEnabled()
    board(page).close()
    assert page.stored() == []


def test_the_board_of_somebody_who_judges_blind_has_no_scores(hub_page) -> None:
    page = hub_page
    page.press(Key.Key_B)
    page.press(Key.Key_H)
    model = board(page)._cards.model()
    labels = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert labels == sorted(labels)
    tips = [model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole) for row in range(model.rowCount())]
    assert not any("0." in tip for tip in tips)
    board(page).close()


def test_no_hub_at_all(page, project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(text("DELETE FROM candidate WHERE rank > 1"))
        session.execute(text("UPDATE candidate SET right_id = left_id + 40"))
    page.press(Key.Key_H)
    assert board(page).hub is None
    press(page, Key.Key_A)
    assert page.stored() == []
    board(page).close()


@pytest.mark.parametrize("broken", ["core.review.journal.decide", "app.views.review.hubs.read_hub"])
def test_the_board_goes_on_after_a_failure(hub_page, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    def fail(*_arguments: object) -> None:
        raise ProjectError("the disk is full")

    page = hub_page
    page.press(Key.Key_H)
    asked = board(page).hub
    with monkeypatch.context() as patch:
        patch.setattr(broken, fail)
        board(page).findChild(QPushButton, "hubNoneButton").click()
        page.settle()
    told = board(page).findChild(QLabel, "hubFailure")
    assert told.isVisible() and told.text() == "the disk is full"
    assert board(page).hub == asked
    board(page).findChild(QPushButton, "hubNextButton").click()
    page.settle()
    assert board(page).hub != asked and not told.isVisible()
