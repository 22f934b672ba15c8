"""The names by which assistive tools and scripts find what matters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from app.main_window import MainWindow
from app.pages import EXPORT, GRAPHS, REVIEW, TRAIN
from core.store.project_file import ProjectFile

NAMES = (
    *("newProjectAction", "openProjectAction", "demoAction", "undoAction", "redoAction", "exportAction"),
    *("trainView", "startTrainingButton", "stopTrainingButton", "curve1Plot"),
    *("reviewView", "candidateTable", "verdictFilter", "searchField", "weightBars"),
    *("leftImage", "rightImage", "leftGraph", "rightGraph"),
    *("acceptButton", "rejectButton", "unsureButton", "noCounterpartButton"),
)


def test_widgets_that_matter_have_their_names(
    qtbot, project: ProjectFile, open_window: Callable[[Path | None], MainWindow]
) -> None:
    project.close()
    window = open_window(project.path)
    qtbot.waitUntil(lambda: window.page == REVIEW and not window.tasks.busy)
    window.show_page(TRAIN)  # the plots are made when they are first seen
    qtbot.waitUntil(lambda: window.findChild(QObject, "curve1Plot") is not None)
    found = {name: window.findChildren(QObject, name) for name in NAMES}
    assert {name: len(objects) for name, objects in found.items()} == dict.fromkeys(NAMES, 1)


def test_control_and_a_number_lead_to_each_page(
    qtbot, project: ProjectFile, open_window: Callable[[Path | None], MainWindow]
) -> None:
    project.close()
    window = open_window(project.path)
    qtbot.waitUntil(lambda: window.page == REVIEW and not window.tasks.busy)
    for page, digit in ((GRAPHS, "1"), (TRAIN, "2"), (REVIEW, "3"), (EXPORT, "4")):
        qtbot.keyClick(QApplication.focusWidget() or window, digit, Qt.KeyboardModifier.ControlModifier)
        assert window.page == page
