"""An afternoon of reviewing by keyboard alone; after each step the database is asked what it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QTableView

from app.main_window import MainWindow
from app.pages import REVIEW
from core.review.history import history_ids, history_rows
from core.review.journal import Decision, current_verdicts, history_state
from core.review.queue import load_queue
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter, QueueName
from tests.e2e.conftest import choose_queue
from tests.support import build_project
from tests.window import activate

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
LETTERS = {
    Qt.Key.Key_A: "accepted",
    Qt.Key.Key_R: "rejected",
    Qt.Key.Key_U: "unsure",
    Qt.Key.Key_N: "no_counterpart",
}
ROUND = [Qt.Key.Key_A] * 4 + [Qt.Key.Key_R, Qt.Key.Key_A, Qt.Key.Key_U, Qt.Key.Key_A, Qt.Key.Key_N]


class Curator:
    """Only presses keys, where the keyboard is; looks at the database through a connection of its own."""

    def __init__(self, window: MainWindow, path: Path, qtbot) -> None:  # type: ignore[no-untyped-def]
        self.window = window
        self.qtbot = qtbot
        self.store = ProjectFile.open(path)

    def settle(self) -> None:
        QApplication.processEvents()  # what follows from a key begins with what is painted
        view = self.window.pages.review
        typing = view._queue._timer
        self.qtbot.waitUntil(
            lambda: not (self.window.tasks.busy or view._ahead.waiting or typing.isActive()), timeout=20_000
        )

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        target = QApplication.focusWidget()
        assert target is not None, "the keyboard is nowhere"
        QTest.keyClick(target, key, modifier)
        self.settle()

    def write(self, text: str) -> None:
        QTest.keyClicks(QApplication.focusWidget(), text)
        self.settle()

    @property
    def shown(self) -> tuple[int, int]:
        evidence = self.window.pages.review._panel.shown
        assert evidence is not None
        return evidence.key

    @property
    def stored(self) -> list[Decision]:
        with self.store.read() as session:
            return list(current_verdicts(session))

    def queue(self, name: QueueName) -> None:
        """Go to another queue; the list that is shown is that which the database gives for it."""
        choose_queue(self.qtbot, self.window, name)
        self.settle()
        assert self.window.pages.review._queue.chooser.queue == name
        with self.store.read() as session:
            wanted = load_queue(session, CandidateFilter(1, queue=name))
        shown = self.window.pages.review._model.queue
        assert shown.left_ids.tolist() == wanted.left_ids.tolist()
        assert shown.right_ids.tolist() == wanted.right_ids.tolist()

    def judge(self, key: Qt.Key) -> None:
        """One verdict; it is in the database, of the pair that was shown, before anything else."""
        left_id, right_id = self.shown
        before = len(self.stored)
        self.press(key)
        for dialog in self.window.pages.review.findChildren(QDialog, "secondCounterpart"):
            if dialog.isVisible():  # another one's counterpart is proposed
                QTest.keyClick(dialog, Qt.Key.Key_K)
                activate(self.qtbot, self.window)
                self.settle()
        last = self.stored[-1]
        assert (last.left_id, last.kind) == (left_id, LETTERS[key])
        assert last.right_id == (None if key == Qt.Key.Key_N else right_id)
        assert len(self.stored) == before + 1


@pytest.fixture
def curator(qtbot, tmp_path: Path, open_window: Callable[[Path | None], MainWindow]) -> Iterator[Curator]:
    build_project(tmp_path / "p.mimea", size=120).close()
    window = open_window(tmp_path / "p.mimea")
    qtbot.waitUntil(lambda: window.page == REVIEW and not window.tasks.busy, timeout=20_000)
    made = Curator(window, tmp_path / "p.mimea", qtbot)
    made.settle()
    yield made
    made.store.close()


def test_fifty_verdicts_in_a_row_over_three_queues(curator: Curator) -> None:
    """120 entities: i of the left graph is 120 + i of the right one, mutual but for every seventh."""
    table = curator.window.findChild(QTableView, "candidateTable")
    given: Counter[str] = Counter()
    queues: dict[int, QueueName] = {0: "mutual", 17: "uncertain", 34: "missing"}
    belongs = {
        "mutual": lambda left, right: left % 7 and left == right,
        "uncertain": lambda *_: True,
        "missing": lambda left, right: not (left * right % 3 and left * right % 5),
    }
    for number in range(50):
        if number in queues:
            queue = queues[number]
            curator.queue(queue)
        left, right = curator.shown
        assert belongs[queue](left, right - 120), (queue, left, right)
        key = ROUND[number % len(ROUND)]
        curator.judge(key)
        given[LETTERS[key]] += 1
        assert table.hasFocus()
        assert Counter(decision.kind for decision in curator.stored) == given
    assert sum(given.values()) == 50


def test_undo_goes_on_after_a_restart(
    curator: Curator, qtbot, open_window: Callable[[Path | None], MainWindow]
) -> None:  # type: ignore[no-untyped-def]
    for key in ROUND:
        curator.judge(key)
    given = curator.stored
    curator.press(Qt.Key.Key_Z, CTRL)
    assert curator.stored == given[:-1]
    curator.window.close()
    qtbot.waitUntil(lambda: not curator.window.isVisible(), timeout=20_000)

    window = open_window(curator.store.path)
    qtbot.waitUntil(lambda: window.page == REVIEW and not window.tasks.busy, timeout=20_000)
    again = Curator(window, curator.store.path, qtbot)
    again.settle()
    again.press(Qt.Key.Key_Z, CTRL | SHIFT)  # what was undone before the restart
    assert again.stored == given
    for left in range(len(given) - 1, -1, -1):
        again.press(Qt.Key.Key_Z, CTRL)
        assert again.stored == given[:left]
    with again.store.read() as session:
        assert history_state(session) == (False, True)
        assert len(history_rows(session, history_ids(session).tolist())) == len(given)  # nothing is deleted
    again.store.close()


def test_one_verdict_in_the_middle_is_revoked_by_key(curator: Curator) -> None:
    for key in ROUND:
        curator.judge(key)
    given = curator.stored
    curator.press(Qt.Key.Key_H, CTRL)
    history = QApplication.focusWidget()
    assert history.objectName() == "historyTable"
    curator.press(Qt.Key.Key_Home)
    for _ in range(3):
        curator.press(Qt.Key.Key_Down)
    curator.press(Qt.Key.Key_Delete)
    assert curator.stored == [*given[:-4], *given[-3:]]
    curator.press(Qt.Key.Key_Insert)
    assert curator.stored == given
    curator.press(Qt.Key.Key_H, CTRL)
    curator.judge(Qt.Key.Key_A)


def test_a_note_is_written_and_the_keyboard_comes_back(curator: Curator) -> None:
    curator.press(Qt.Key.Key_M)
    curator.write("same flag, same capital")
    curator.press(Qt.Key.Key_Return)
    curator.judge(Qt.Key.Key_A)
    assert curator.stored[-1].note == "same flag, same capital"


def test_keys_that_are_held_or_pressed_too_early_judge_nothing_unseen(curator: Curator) -> None:
    shown = curator.shown
    for _ in range(20):  # faster than any disk
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_A)
    curator.settle()
    first = curator.stored[0]
    assert (first.left_id, first.right_id) == shown
    lefts = [decision.left_id for decision in curator.stored]
    assert len(lefts) == len(set(lefts))


def test_letters_judge_from_a_choice_and_leave_it_as_it_is(curator: Curator) -> None:
    box = curator.window.findChild(QComboBox, "queueCombo")
    for _ in range(60):
        curator.press(Qt.Key.Key_Tab)
        if box.hasFocus():
            break
    assert box.hasFocus() and box.currentText() == "Best"
    curator.judge(Qt.Key.Key_A)
    assert box.currentText() == "Best"
