"""A label written from right to left leaves the sentences that it stands in as they are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from sqlalchemy import text

from app.labels import isolated
from core.review.journal import Decision, decide
from core.store.project_file import ProjectFile

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Key = Qt.Key
LABELS = {1: "مصر (البلد)", 2: "السودان 2", 41: "جمهورية مصر", 42: "جمهورية السودان"}


@pytest.fixture
def arabic(project: ProjectFile, open_page):
    with project.write() as session:
        for entity, label in LABELS.items():
            session.execute(
                text("UPDATE entity SET label = :label WHERE id = :id"), {"label": label, "id": entity}
            )
    decide(project, [Decision(1, 42, "accepted", author="ada")])
    page = open_page(project.path)
    page.view.show_pair(1, 41)
    page.settle()
    return page


def bare(lines: list[str]) -> list[str]:
    """The lines in which a label stands beside other words without being isolated from them."""
    found = []
    for line in lines:
        rest = line.strip()
        for label in LABELS.values():
            rest = rest.replace(isolated(label), "")
        if any(label in rest and rest != label for label in LABELS.values()):
            found.append(line)
    return found


def test_sentences_on_the_page_hold_labels_apart(arabic) -> None:
    lines = arabic.said(arabic.view)
    assert sum(isolated(LABELS[1]) in line for line in lines) > 3
    assert not bare(lines)


@pytest.mark.parametrize(
    ("name", "key", "modifier"),
    [
        ("secondCounterpart", Key.Key_A, Qt.KeyboardModifier.NoModifier),
        ("conflictDialog", Key.Key_X, Qt.KeyboardModifier.NoModifier),
        ("elsewhereDialog", Key.Key_F, Qt.KeyboardModifier.NoModifier),
        ("hubBoard", Key.Key_H, Qt.KeyboardModifier.NoModifier),
        ("bulkDialog", Key.Key_A, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_dialogs_hold_labels_apart(arabic, name, key, modifier) -> None:
    arabic.view.focus_table()
    arabic.press(key, modifier)
    window = arabic.view if name != "hubBoard" else arabic.view.window()
    arabic.qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(QDialog, name)))
    arabic.settle()
    dialog = next(d for d in window.findChildren(QDialog, name) if d.isVisible())
    if name in ("secondCounterpart", "conflictDialog", "elsewhereDialog"):
        assert any(isolated(LABELS[1]) in line for line in arabic.said(dialog))
    assert not bare(arabic.said(dialog))
    dialog.reject()


def test_the_walk_and_the_history_hold_labels_apart(arabic) -> None:
    arabic.view._pair_tools.walk.go(2, 42)
    arabic.settle()
    lines = arabic.said(arabic.view)
    assert any(isolated(LABELS[41]) in line and "=" in line for line in lines)
    assert not bare(lines)
