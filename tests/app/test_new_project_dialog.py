from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QRadioButton, QTableWidget
from pytestqt.qtbot import QtBot

from app.import_job import import_work, pace_text
from app.views import source_fields
from app.views.new_project_dialog import NewProjectDialog
from core.errors import Cancelled
from core.kg.source import Dataset
from core.kg.stopping import check_stop
from core.store import importer
from core.store.graphs import project_info
from core.store.project_file import ProjectFile
from tests.app.slow_look import SlowLook
from tests.support import DEMO


@pytest.fixture
def dialog(qtbot: QtBot) -> NewProjectDialog:
    made = NewProjectDialog()
    qtbot.addWidget(made)
    made.show()
    return made


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
    with qtbot.assertNotEmitted(dialog.imported), qtbot.waitSignal(dialog.accepted):
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


def test_a_second_choice_ends_the_look_at_the_first(
    dialog: NewProjectDialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = SlowLook(monkeypatch, source_fields)
    edit(dialog, "datasetPathField").setText(str(DEMO))
    qtbot.waitUntil(slow.begun.is_set)
    for name in ("rel_triples_1", "rel_triples_2"):
        (tmp_path / name).write_text("a\tr\tb\n")
    edit(dialog, "datasetPathField").setText(str(tmp_path))
    qtbot.waitUntil(lambda: detected(dialog).startswith("OPENEA, because"))
    assert slow.stopped.wait(5)
    assert button(dialog, "importButton").isEnabled()


def test_a_look_that_takes_long_can_be_stopped_and_taken_again(
    dialog: NewProjectDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = SlowLook(monkeypatch, source_fields)
    stop = button(dialog, "detectedFormatStop")
    edit(dialog, "datasetPathField").setText(str(DEMO))
    qtbot.waitUntil(stop.isVisible)
    assert (detected(dialog), stop.text()) == ("Looking at what is there …", "Stop")
    stop.click()
    assert slow.stopped.wait(5)
    assert (detected(dialog), stop.text()) == ("Stopped: what is there is not known.", "Look again")
    assert not button(dialog, "importButton").isEnabled()
    stop.click()
    qtbot.waitUntil(lambda: detected(dialog).startswith("RDF, because"))
    assert button(dialog, "importButton").isEnabled() and not stop.isVisible()


def test_what_was_known_of_another_choice_is_not_imported(
    dialog: NewProjectDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(dialog, "datasetPathField").setText(str(DEMO))
    qtbot.waitUntil(button(dialog, "importButton").isEnabled)
    slow = SlowLook(monkeypatch, source_fields)
    edit(dialog, "datasetPathField").setText(str(DEMO.parent))
    assert not button(dialog, "importButton").isEnabled()
    edit(dialog, "datasetPathField").setText(f"{DEMO}/")
    qtbot.waitUntil(slow.begun.is_set)
    assert not button(dialog, "importButton").isEnabled()


def test_a_look_ends_with_the_dialog(
    dialog: NewProjectDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = SlowLook(monkeypatch, source_fields)
    edit(dialog, "datasetPathField").setText(str(DEMO))
    qtbot.waitUntil(slow.begun.is_set)
    dialog.reject()
    assert slow.stopped.wait(5)


def test_the_first_rows_are_shown(dialog: NewProjectDialog, qtbot: QtBot) -> None:
    edit(dialog, "datasetPathField").setText(str(DEMO))
    table = dialog.findChild(QTableWidget, "previewTable")
    qtbot.waitUntil(table.isVisible)
    parts = dialog.findChild(QComboBox, "previewPart")
    assert parts.itemText(0).startswith("atlas")
    assert table.horizontalHeaderItem(0).text() == "Head"
    assert table.rowCount() == 5
    parts.setCurrentIndex(parts.count() - 1)
    assert table.horizontalHeaderItem(0).text() == "One"


def test_a_problem_in_the_first_rows_is_told_before_importing(
    dialog: NewProjectDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    for name, text in (("rel_triples_1", "a\tr\tb\n"), ("rel_triples_2", "a\tr\n")):
        (tmp_path / name).write_text(text)
    edit(dialog, "datasetPathField").setText(str(tmp_path))
    qtbot.waitUntil(lambda: "rel_triples_2, line 1: expected" in detected(dialog))
    assert not button(dialog, "importButton").isEnabled()


def test_what_was_left_out_of_a_file_is_told_before_importing(
    dialog: NewProjectDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    for name in ("rel_triples_1", "rel_triples_2"):
        (tmp_path / name).write_text("a\tr\tb\n")
    (tmp_path / "attr_triples_1").write_text("a\n")
    edit(dialog, "datasetPathField").setText(str(tmp_path))
    qtbot.waitUntil(lambda: "1 line of attr_triples_1 with fewer than 3 columns" in detected(dialog))
    assert button(dialog, "importButton").isEnabled()


def test_columns_are_mapped_in_the_window(dialog: NewProjectDialog, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "left.csv").write_text("von,art,nach,wann\na,r,b,<b>2001</b>\n")
    (tmp_path / "right.tsv").write_text("from\tby\tto\nx\ts\ty\n")
    dialog.findChild(QRadioButton, "twoGraphsChoice").click()
    edit(dialog, "leftPathField").setText(str(tmp_path / "left.csv"))
    edit(dialog, "rightPathField").setText(str(tmp_path / "right.tsv"))
    qtbot.waitUntil(lambda: "expected columns head, relation and tail" in detected(dialog))
    parts = dialog.findChild(QComboBox, "previewPart")
    parts.setCurrentIndex(parts.findText("left.csv as it is"))
    assert dialog.findChild(QTableWidget, "previewTable").item(1, 3).text() == "<b>2001</b>"
    for part, name in (("head", "von"), ("relation", "art"), ("tail", "nach")):
        choice = dialog.findChild(QComboBox, f"leftColumn_{part}")
        choice.setCurrentIndex(choice.findText(name))
        choice.activated.emit(choice.currentIndex())
    qtbot.waitUntil(button(dialog, "importButton").isEnabled)
    ends = [dialog.findChild(QComboBox, f"rightColumn_{part}") for part in ("head", "tail")]
    assert [choice.currentText() for choice in ends] == ["1: from", "3: to"]
    dialog.findChild(QCheckBox, "rightHeader").click()
    assert [choice.currentText() for choice in ends] == ["from", "to"]
    assert not button(dialog, "importButton").isEnabled()  # by these columns it was not looked at yet
    qtbot.waitUntil(button(dialog, "importButton").isEnabled)
    path = tmp_path / "pair.mimea"
    edit(dialog, "projectPathField").setText(str(path))
    with qtbot.waitSignal(dialog.imported, timeout=60_000):
        button(dialog, "importButton").click()
    with ProjectFile.open(path).read() as session:
        info = project_info(session)
        assert (info.left.relation_triples, info.right.relation_triples) == (1, 1)


def test_columns_are_those_of_the_table_they_were_chosen_for(
    dialog: NewProjectDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "left.csv").write_text("von,art,nach,wann\na,r,b,2001\n")
    for name in ("other.csv", "right.csv"):
        (tmp_path / name).write_text("head,relation,tail\na,r,b\n")
    dialog.findChild(QRadioButton, "twoGraphsChoice").click()
    edit(dialog, "leftPathField").setText(str(tmp_path / "left.csv"))
    edit(dialog, "rightPathField").setText(str(tmp_path / "right.csv"))
    choice = dialog.findChild(QComboBox, "leftColumn_head")
    qtbot.waitUntil(choice.isVisible)
    choice.activated.emit(choice.currentIndex())
    edit(dialog, "leftPathField").setText(str(tmp_path / "other.csv"))
    qtbot.waitUntil(button(dialog, "importButton").isEnabled)


def test_opening_ends_with_the_job_too(tmp_path: Path) -> None:
    stop = threading.Event()

    def unpack() -> Dataset:
        stop.set()
        check_stop()
        raise AssertionError("it went on")

    with pytest.raises(Cancelled):
        import_work(tmp_path / "x.mimea", unpack)(lambda _: None, stop)


def test_the_pace_is_told_in_words() -> None:
    progress = importer.ImportProgress("Reading", 1, 2, {}, rate=123_456.7, seconds_left=12.2)
    assert pace_text(progress) == ",  123,457 triples/s,  about 12 s left"
    assert pace_text(replace(progress, seconds_left=200.0)).endswith("about 3 min left")
    assert pace_text(replace(progress, rate=0.0, seconds_left=None)) == ""
