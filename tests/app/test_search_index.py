"""What is in attribute values is found in the window, once they were indexed beside the other work."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from app.main_window import MainWindow
from app.pages import REVIEW
from core.store.project_file import ProjectFile
from core.store.search import is_indexed
from tests.window import activate


def test_a_value_is_found_once_the_window_has_indexed_it(
    window: MainWindow, project: ProjectFile, qtbot: QtBot
) -> None:
    with project.write() as session:
        session.execute(text("UPDATE attribute_triple SET value = 'zanzibar' WHERE entity_id IN (4, 53)"))
        assert not is_indexed(session)
    with qtbot.waitSignal(window.opener.ready):
        window.open_project(project.path)
    window.show_page(REVIEW)
    activate(qtbot, window)
    view = window.pages.review

    def indexed() -> bool:
        with project.read() as session:
            return is_indexed(session) and not window.tasks.busy

    qtbot.waitUntil(indexed)
    view.focus_table()
    qtbot.keyClick(view._queue.table, Qt.Key.Key_Slash)
    qtbot.keyClicks(QApplication.focusWidget(), "zanz")
    qtbot.waitUntil(lambda: view._model.queue.wanted.text == "zanz" and not window.tasks.busy)
    queue = view._model.queue
    assert {4, 13} <= set(queue.left_ids.tolist())
    pairs = zip(queue.left_ids.tolist(), queue.right_ids.tolist(), strict=True)
    assert all(left == 4 or right == 53 for left, right in pairs)
