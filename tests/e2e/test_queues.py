"""Queues, many verdicts at once and a conflict in the real window, by keyboard; the database is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QPushButton

from app.labels import isolated
from app.main_window import MainWindow
from app.pages import REVIEW
from core.review.journal import Decision, current_verdicts
from core.store.project_file import ProjectFile
from tests.e2e.conftest import choose_queue, focused
from tests.support import build_project, entity_label
from tests.window import activate

Key = Qt.Key
CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


class Desk:
    """The window and the keys."""

    def __init__(self, qtbot, window: MainWindow) -> None:
        self.qtbot = qtbot
        self.window = window
        qtbot.waitUntil(lambda: window.page == REVIEW, timeout=60_000)
        self.settle()

    def settle(self) -> None:
        view = self.window.pages.review
        self.qtbot.waitUntil(
            lambda: not (self.window.tasks.busy or view._ahead.waiting or view._tools.counts.waiting),
            timeout=60_000,
        )

    def press(self, *keys: Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        for key in keys:
            self.qtbot.keyClick(focused(self.qtbot, self.window), key, modifier)
            self.settle()

    def queue(self, name: str) -> None:
        choose_queue(self.qtbot, self.window, name)
        self.settle()

    def dialog(self, name: str) -> QDialog:
        """The question that is open, once it is."""
        view = self.window.pages.review
        self.qtbot.waitUntil(
            lambda: any(d.isVisible() for d in view.findChildren(QDialog, name)), timeout=60_000
        )
        self.settle()
        return next(d for d in view.findChildren(QDialog, name) if d.isVisible())

    def answer(self, name: str, key: Key) -> None:
        """Wait for a question and press a key in it."""
        activate(self.qtbot, self.dialog(name))
        self.press(key)
        activate(self.qtbot, self.window)
        self.settle()

    def stored(self) -> list[Decision]:
        other = ProjectFile.open(self.window.project.file.path)
        with other.read() as session:
            found = list(current_verdicts(session))
        other.close()
        return found

    def find(self, left: int, right: int) -> None:
        """Go down the list to a pair."""
        view = self.window.pages.review
        self.press(Key.Key_L, modifier=CONTROL)
        self.press(Key.Key_Home, modifier=CONTROL)
        for _ in range(len(self.listed())):
            if view._pair == (left, right):
                return
            self.press(Key.Key_Down)
        raise AssertionError(
            f"{left}, {right} is not in the list; at {view._pair}, {QApplication.focusWidget()}"
        )

    def listed(self) -> set[tuple[int, int]]:
        queue = self.window.pages.review._model.queue
        return set(zip(queue.left_ids.tolist(), queue.right_ids.tolist(), strict=True))


@pytest.fixture
def desk(qtbot, tmp_path: Path, open_window: Callable[[Path | None], MainWindow]) -> Desk:
    project = build_project(tmp_path / "countries.mimea", size=60)
    project.close()
    return Desk(qtbot, open_window(project.path))


def test_three_queues_a_bulk_verdict_and_a_conflict(desk: Desk) -> None:
    desk.queue("mutual")
    desk.press(*[Key.Key_A] * 5)
    assert [v.kind for v in desk.stored()] == ["accepted"] * 5
    desk.queue("missing")
    desk.press(*[Key.Key_U] * 3)
    assert [v.kind for v in desk.stored()].count("unsure") == 3
    desk.queue("uncertain")
    desk.press(*[Key.Key_R] * 2)
    assert [v.kind for v in desk.stored()].count("rejected") == 2

    desk.queue("mutual")
    rest = desk.listed()
    desk.press(Key.Key_A, modifier=CONTROL)
    desk.press(Key.Key_A)
    desk.answer("bulkDialog", Key.Key_Return)
    assert {(v.left_id, v.right_id) for v in desk.stored() if v.note} == rest
    desk.press(Key.Key_Z, modifier=CONTROL)
    assert len(desk.stored()) == 10
    desk.press(Key.Key_Z, modifier=CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert len(desk.stored()) == 10 + len(rest)

    desk.queue("conflict")
    assert QApplication.focusWidget().objectName() == "candidateTable"
    left, right = desk.window.pages.review._pair
    desk.press(Key.Key_A)
    desk.answer("secondCounterpart", Key.Key_K)
    assert (left, right, "accepted") in {(v.left_id, v.right_id, v.kind) for v in desk.stored()}
    desk.press(Key.Key_F5)
    assert (left, right) in desk.listed()  # two for one
    desk.find(left, right)
    desk.press(Key.Key_X)
    claims = {v.left_id for v in desk.stored() if v.right_id == right and v.kind == "accepted"}
    assert len(claims) == 2 and left in claims
    keep = desk.dialog("conflictDialog").findChild(QPushButton, "keep1Button").accessibleName()
    desk.answer("conflictDialog", Key.Key_1)
    (kept,) = [v.left_id for v in desk.stored() if v.right_id == right and v.kind == "accepted"]
    assert keep == f"Keep {isolated(entity_label(1, kept))}"
    (other,) = claims - {kept}
    assert (other, right, "rejected") in {(v.left_id, v.right_id, v.kind) for v in desk.stored()}
