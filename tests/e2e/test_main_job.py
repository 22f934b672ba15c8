"""The main job by mouse and keyboard: from two graphs on disk to exported links, and back after a restart.

The test runs offscreen with all others; `test_on_a_real_display` runs it again in a window under X.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import rdflib
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QTableView, QWidget
from sqlalchemy import text

from app.main_window import MainWindow
from app.pages import EXPORT, GRAPHS, REVIEW, TRAIN
from core.export.iri import absolute_iri
from core.review.journal import current_verdicts, verdict_counts
from core.store.project_file import ProjectFile
from tests.e2e.conftest import focused
from tests.support import DEMO, REPOSITORY
from tests.window import activate

CONTROL = Qt.KeyboardModifier.ControlModifier
Verdicts = list[tuple[int, int | None, str]]


def verdicts(path: Path) -> Verdicts:
    """As another program would read them, now."""
    project = ProjectFile.open(path)
    with project.read() as session:
        found = [(d.left_id, d.right_id, d.kind) for d in current_verdicts(session)]
    project.close()
    return found


def child(window: QWidget, kind: type, name: str):
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


def key(qtbot, window: MainWindow, pressed: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    qtbot.keyClick(focused(qtbot, window), pressed, modifier or Qt.KeyboardModifier.NoModifier)


def type_into(qtbot, field: QLineEdit, words: str) -> None:
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    field.selectAll()
    qtbot.keyClicks(field, words)


def new_project(qtbot, window: MainWindow, path: Path) -> None:
    key(qtbot, window, Qt.Key.Key_N, CONTROL)
    qtbot.waitUntil(lambda: window.findChild(QWidget, "newProjectDialog") is not None)
    dialog = child(window, QWidget, "newProjectDialog")
    type_into(qtbot, child(dialog, QLineEdit, "datasetPathField"), str(DEMO))
    button = child(dialog, QPushButton, "importButton")
    qtbot.waitUntil(button.isEnabled)
    assert "rdf" in child(dialog, QLabel, "detectedFormat").text().lower()
    type_into(qtbot, child(dialog, QLineEdit, "projectPathField"), str(path))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.project.is_open, timeout=60_000)
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=10_000)
    activate(qtbot, window)
    assert window.page == GRAPHS


def train(qtbot, window: MainWindow) -> None:
    key(qtbot, window, Qt.Key.Key_2, CONTROL)
    assert window.page == TRAIN
    preset = child(window, QComboBox, "presetField")
    preset.setFocus()
    qtbot.keyClicks(preset, "Quick")
    for name, value in (("epochsField", "10"), ("dimensionField", "32")):
        type_into(qtbot, child(window, QLineEdit, name), value)
    with qtbot.waitSignal(window.training.ended, timeout=240_000):
        key(qtbot, window, Qt.Key.Key_Return, CONTROL)
    assert "MRR" in child(window, QLabel, "runMetrics").text()


def judge(qtbot, window: MainWindow, pressed: Qt.Key) -> None:
    """One verdict by key; it is on disk when the window says so."""
    with qtbot.waitSignal(window.project.verdicts_changed):
        key(qtbot, window, pressed)
    settle(qtbot, window)


def settle(qtbot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.tasks.busy)
    qtbot.waitUntil(
        lambda: window.tasks.busy is False and child(window, QPushButton, "acceptButton").isEnabled()
    )


def test_from_graphs_to_links_and_back(
    qtbot, tmp_path: Path, open_window: Callable[[Path | None], MainWindow]
) -> None:
    path, out = tmp_path / "countries.mimea", tmp_path / "links.nt"
    window = open_window(None)
    new_project(qtbot, window, path)
    train(qtbot, window)

    key(qtbot, window, Qt.Key.Key_3, CONTROL)
    assert window.page == REVIEW
    settle(qtbot, window)
    assert child(window, QTableView, "candidateTable").model().rowCount() > 1000
    window.pages.review.show_queue("mutual")  # of which no two claim one entity
    settle(qtbot, window)
    for number in range(1, 6):
        judge(qtbot, window, Qt.Key.Key_A)
        assert [kind for *_, kind in verdicts(path)] == ["accepted"] * number
    for number in range(1, 4):
        judge(qtbot, window, Qt.Key.Key_R)
        assert len(verdicts(path)) == 5 + number
    assert len({pair[:2] for pair in verdicts(path)}) == 8
    with qtbot.waitSignal(window.project.verdicts_changed):
        key(qtbot, window, Qt.Key.Key_Z, CONTROL)
    settle(qtbot, window)
    decided = verdicts(path)
    assert [kind for *_, kind in decided] == ["accepted"] * 5 + ["rejected"] * 2
    assert "accepted <b>5</b>" in child(window, QLabel, "verdictStatus").text()

    key(qtbot, window, Qt.Key.Key_4, CONTROL)
    assert window.page == EXPORT
    type_into(qtbot, child(window, QLineEdit, "exportPath"), str(out))
    button = child(window, QPushButton, "exportButton")
    qtbot.waitUntil(button.isEnabled)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(out.exists)
    qtbot.waitUntil(lambda: not window.tasks.busy)
    assert exported(out) == accepted_uris(path, decided)

    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    again = open_window(path)
    qtbot.waitUntil(lambda: again.page == REVIEW)
    settle(qtbot, again)
    assert verdicts(path) == decided
    with again.project.file.read() as session:
        assert (verdict_counts(session).accepted, verdict_counts(session).rejected) == (5, 2)
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    # The first undecided pair is chosen and the keyboard is on the list: a letter is enough to go on.
    judge(qtbot, again, Qt.Key.Key_U)
    new = set(verdicts(path)) - set(decided)
    assert [kind for *_, kind in new] == ["unsure"]
    with qtbot.waitSignal(again.project.verdicts_changed):
        key(qtbot, again, Qt.Key.Key_Z, CONTROL)
    assert verdicts(path) == decided


def exported(path: Path) -> set[tuple[str, str]]:
    return {(str(left), str(right)) for left, _, right in rdflib.Graph().parse(path, format="nt")}


def accepted_uris(path: Path, decided: Verdicts) -> set[tuple[str, str]]:
    project = ProjectFile.open(path)
    with project.read() as session:
        uri = dict(session.execute(text("SELECT id, uri FROM entity")).all())
    project.close()
    return {
        (absolute_iri(uri[left]), absolute_iri(uri[right]))
        for left, right, kind in decided
        if kind == "accepted"
    }


@pytest.mark.display
@pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="no X display; `make test` starts Xvfb")
@pytest.mark.parametrize(
    "test",
    [f"{__file__}::test_from_graphs_to_links_and_back", "tests/e2e/test_queues.py"],
    ids=["job", "queues"],
)
def test_on_a_real_display(test: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--headed", test],
        cwd=REPOSITORY,
        env={k: v for k, v in os.environ.items() if k != "QT_QPA_PLATFORM"} | {"QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "1 passed" in done.stdout
