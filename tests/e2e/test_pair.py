"""The pair on a real window, by the keyboard alone: a walk, a hub, and pictures that are not in order."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTableView, QWidget
from sqlalchemy import text

from app.main_window import MainWindow
from app.pages import REVIEW
from app.views.review.hub_board import HubBoard
from app.views.review.image_pane import ImagePane
from core.review.journal import current_verdicts
from core.store.project_file import ProjectFile
from tests.window import activate

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "imageio", "libpng")
Key, Modifier = Qt.Key, Qt.KeyboardModifier
Open = Callable[[Path | None], MainWindow]


class Desk:
    """The window and the keyboard."""

    def __init__(self, qtbot, window: MainWindow, path: Path) -> None:
        self.qtbot, self.window, self.path = qtbot, window, path
        qtbot.waitUntil(lambda: window.page == REVIEW and not window.tasks.busy, timeout=20_000)
        self.view = window.pages.review
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(
            lambda: not self.window.tasks.busy and not self.view._ahead.waiting, timeout=20_000
        )

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Modifier.NoModifier) -> None:
        focus = QApplication.focusWidget()
        assert focus is not None
        self.qtbot.keyClick(focus, key, modifier)
        self.settle()

    def tab_to(self, name: str) -> None:
        for _ in range(60):
            self.qtbot.keyClick(QApplication.focusWidget(), Key.Key_Tab)
            focus = QApplication.focusWidget()
            if focus is not None and focus.objectName() == name:
                return
        raise AssertionError(f"Tab does not reach {name}")

    @property
    def shown(self) -> tuple[int, int]:
        evidence = self.view._panel.shown
        assert evidence is not None
        return evidence.key

    def stored(self) -> set[tuple[int, int | None, str]]:
        other = ProjectFile.open(self.path)
        with other.read() as session:
            verdicts = {(v.left_id, v.right_id, v.kind) for v in current_verdicts(session)}
        other.close()
        return verdicts


@pytest.fixture
def desk(qtbot, project: ProjectFile, open_window: Open) -> Callable[[], Desk]:
    """Opens the window on the small project, once a test has changed that."""

    def make() -> Desk:
        project.close()
        return Desk(qtbot, open_window(project.path), project.path)

    return make


def test_a_walk_to_a_neighbour_that_is_judged_there_and_back(desk: Callable[[], Desk]) -> None:
    at = desk()
    start = at.shown
    at.tab_to("supportTable")
    table = QApplication.focusWidget()
    assert isinstance(table, QTableView)
    agreements = at.view._panel.shown.neighbours.agreements
    at.press(Key.Key_Down)
    row = table.currentIndex().row()
    at.press(Key.Key_Return)
    expected = agreements[row].left_id, agreements[row].right_id
    assert at.shown == expected
    at.press(Key.Key_U)
    assert at.stored() == {(*expected, "unsure")}
    assert at.shown == start  # a verdict on the way leads back
    at.tab_to("supportTable")
    at.press(Key.Key_Return)
    assert at.shown != start
    at.press(Key.Key_Left, Modifier.AltModifier)
    assert at.shown == start
    at.press(Key.Key_A)
    assert at.stored() == {(*expected, "unsure"), (*start, "accepted")}


def test_a_hub_is_resolved_and_taken_back(desk: Callable[[], Desk], project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(text("UPDATE candidate SET right_id = 41 WHERE rank = 1 AND left_id IN (1, 2, 4)"))
        session.execute(
            text("DELETE FROM candidate WHERE rank > 1 AND right_id = 41 AND left_id IN (1, 2, 4)")
        )
    at = desk()
    assert at.shown == (1, 41)
    at.press(Key.Key_H)
    board = at.window.findChild(HubBoard)
    assert board is not None and board.isVisible()
    activate(at.qtbot, board)
    at.press(Key.Key_Right)
    at.press(Key.Key_A)
    assert at.stored() == {(1, 41, "rejected"), (2, 41, "accepted"), (4, 41, "rejected")}
    at.press(Key.Key_Escape)
    at.qtbot.waitUntil(lambda: at.window.findChild(HubBoard) is None)
    activate(at.qtbot, at.window)
    at.qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    at.press(Key.Key_Z, Modifier.ControlModifier)
    assert at.stored() == set()


def _huge(path: Path) -> None:
    """A PNG that says it has 60,000 by 60,000 pixels and holds a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def test_pictures_that_are_damaged_huge_or_gone_never_break_the_view(
    desk: Callable[[], Desk], project: ProjectFile
) -> None:
    with project.read() as session:
        paths = dict(session.execute(text("SELECT entity_id, path FROM image")).all())
    whole = Path(paths[1]).read_bytes()
    Path(paths[1]).write_bytes(whole[: len(whole) // 2])
    _huge(Path(paths[41]))
    Path(paths[2]).unlink()
    Path(paths[42]).write_bytes(b"")
    Path(paths[4]).unlink()
    Path(paths[4]).mkdir()
    at = desk()
    left, right = (at.window.findChild(ImagePane, name) for name in ("leftImage", "rightImage"))
    seen = {}
    at.press(Key.Key_L, Modifier.ControlModifier)
    at.press(Key.Key_Home, Modifier.ControlModifier)
    for row in range(4):
        assert at.view._queue.row == row
        at.press(Key.Key_Plus)
        at.press(Key.Key_BracketLeft)
        at.window.grab()
        seen[at.shown] = left.problem, right.problem
        at.press(Key.Key_Down)
    assert seen[1, 41] == ("image unreadable", "image too large")
    assert seen[2, 42] == ("image file gone", "image unreadable")
    assert seen[4, 44] == ("image file gone", "")
    assert right.has_picture
    at.press(Key.Key_H)  # their cards, too
    board = at.window.findChild(QWidget, "hubBoard")
    if board is not None:
        activate(at.qtbot, board)
        board.grab()
        at.press(Key.Key_Escape)
        activate(at.qtbot, at.window)
        at.qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    at.press(Key.Key_A)
    assert len(at.stored()) == 1
