from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from app.tasks import Tasks
from app.views.new_project_dialog import NewProjectDialog
from core.store import importer
from core.store.graphs import project_info
from core.store.project_file import ProjectFile
from tests.support import DEMO


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[NewProjectDialog]:
    tasks = Tasks()
    made = NewProjectDialog(tasks)
    qtbot.addWidget(made)
    made.show()
    yield made
    tasks.wait()


def edit(dialog: NewProjectDialog, name: str) -> QLineEdit:
    found = dialog.findChild(QLineEdit, name)
    assert found is not None
    return found


def button(dialog: NewProjectDialog, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, name)
    assert found is not None
    return found


def detected(dialog: NewProjectDialog) -> str:
    found = dialog.findChild(QLabel, "detectedFormat")
    assert found is not None
    return found.text()


def test_a_folder_is_recognised_and_imported(dialog: NewProjectDialog, tmp_path: Path, qtbot: QtBot) -> None:
    assert not button(dialog, "importButton").isEnabled()
    edit(dialog, "datasetPathField").setText(str(DEMO))
    qtbot.waitUntil(lambda: detected(dialog).startswith("RDF, because"))
    assert edit(dialog, "projectPathField").text().endswith("demo.mimea")
    path = tmp_path / "mine.mimea"
    edit(dialog, "projectPathField").setText(str(path))
    with qtbot.waitSignals([dialog.imported, dialog.accepted], timeout=60_000):
        button(dialog, "importButton").click()
        assert dialog.importing
    with ProjectFile.open(path).read() as session:
        assert project_info(session).links > 500


def test_two_graphs_are_imported_with_their_links(
    dialog: NewProjectDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog.findChild(QRadioButton, "twoGraphsChoice").click()
    edit(dialog, "leftPathField").setText(str(DEMO / "atlas"))
    qtbot.waitUntil(lambda: detected(dialog) == "Choose both graphs.")
    edit(dialog, "rightPathField").setText(str(DEMO / "factbook"))
    edit(dialog, "linksPathField").setText(str(DEMO / "links.tsv"))
    qtbot.waitUntil(button(dialog, "importButton").isEnabled)
    path = tmp_path / "pair.mimea"
    edit(dialog, "projectPathField").setText(str(path))
    with qtbot.waitSignal(dialog.imported, timeout=60_000) as imported:
        button(dialog, "importButton").click()
    assert imported.args == [path]


def test_what_is_not_recognised_is_told_with_what_was_expected(
    dialog: NewProjectDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "letters").mkdir()
    edit(dialog, "datasetPathField").setText(str(tmp_path / "letters"))
    qtbot.waitUntil(lambda: "found an empty folder" in detected(dialog))
    assert not button(dialog, "importButton").isEnabled()


def test_cancelling_leaves_nothing_behind(
    dialog: NewProjectDialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, going, go_on = importer.import_dataset, threading.Event(), threading.Event()

    def slow(path, dataset, *, on_progress, cancelled):  # type: ignore[no-untyped-def]
        def tell(progress: object) -> None:
            on_progress(progress)
            going.set()
            go_on.wait(10)

        return real(path, dataset, on_progress=tell, cancelled=cancelled)

    monkeypatch.setattr(importer, "import_dataset", slow)
    edit(dialog, "datasetPathField").setText(str(DEMO))
    qtbot.waitUntil(button(dialog, "importButton").isEnabled)
    folder = tmp_path / "place"
    folder.mkdir()
    edit(dialog, "projectPathField").setText(str(folder / "half.mimea"))
    with qtbot.waitSignal(dialog.accepted), qtbot.assertNotEmitted(dialog.imported):
        button(dialog, "importButton").click()
        qtbot.waitUntil(going.is_set)
        button(dialog, "cancelImportButton").click()
        go_on.set()
    assert list(folder.iterdir()) == []


def test_an_import_that_fails_says_why_and_the_dialog_stays(
    dialog: NewProjectDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    taken = tmp_path / "taken.mimea"
    taken.write_text("something else", encoding="utf-8")
    edit(dialog, "datasetPathField").setText(str(DEMO))
    qtbot.waitUntil(button(dialog, "importButton").isEnabled)
    edit(dialog, "projectPathField").setText(str(taken))
    button(dialog, "importButton").click()
    qtbot.waitUntil(lambda: "exists already" in dialog.message.text)
    qtbot.waitUntil(button(dialog, "importButton").isEnabled)
    assert taken.read_text(encoding="utf-8") == "something else"
