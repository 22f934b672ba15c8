"""Replacing a graph from the Graphs page."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QProgressBar, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from app.main_window import MainWindow
from app.pages import GRAPHS
from app.views import replace_dialog
from app.views.replace_dialog import ReplaceDialog
from core.config import RunConfig
from core.errors import Cancelled
from core.review.journal import Decision, decide
from core.store.graphs import project_info
from core.store.import_report import ImportProgress
from core.store.project_file import ProjectFile
from core.store.schema import Entity
from tests.app.fake_run import FakeRun
from tests.app.slow_look import SlowLook
from tests.core.store.test_reimport import contents, uri, write_graph
from tests.support import DEMO


def ask(window: MainWindow, source: Path) -> ReplaceDialog:
    """The dialog on the left graph, with its source entered."""
    window.show_page(GRAPHS)
    window.findChild(QPushButton, "leftGraphTitleReplace").click()
    dialog = window.findChild(ReplaceDialog)
    assert dialog is not None
    dialog.findChild(QLineEdit, "replaceSourceField").setText(str(source))
    return dialog


def compare(dialog: ReplaceDialog, qtbot: QtBot) -> None:
    """Press the button once the source was looked at."""
    qtbot.waitUntil(dialog.findChild(QPushButton, "compareButton").isEnabled)
    press(dialog, "compareButton")


def said(dialog: ReplaceDialog) -> str:
    """What the look told."""
    return dialog.findChild(QLabel, "replaceFound").text()


def press(dialog: ReplaceDialog, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert button.isVisible() and button.isEnabled()
    button.click()


def test_a_graph_is_replaced_after_a_question(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot, tmp_path: Path
) -> None:
    decide(project, [Decision(1, 41, "accepted")])
    dialog = ask(open_window, write_graph(tmp_path / "few.nt", 1, [2, 3, 99]))
    plan, replace = dialog.findChild(QLabel, "replacePlan"), dialog.findChild(QPushButton, "replaceButton")
    compare_ = dialog.findChild(QPushButton, "compareButton")
    assert compare_.isVisible() and not compare_.isEnabled() and not replace.isVisible()
    qtbot.waitUntil(compare_.isEnabled)
    assert said(dialog) == "RDF, because its name ends in .nt."
    table = dialog.findChild(QTableWidget, "previewTable")
    assert table.isVisible() and table.horizontalHeaderItem(0).text() == "Head"
    assert (table.item(0, 0).text(), table.item(0, 2).text()) == (uri(1, 2), uri(1, 3))
    compare(dialog, qtbot)
    qtbot.waitUntil(lambda: not dialog.working)
    assert "of its entities 2 kept, 38 gone, 1 new" in plan.text()
    assert "in the journal: 1 accepted" in plan.text()
    with qtbot.waitSignals([dialog.replaced, open_window.project.graphs_changed, dialog.finished]):
        press(dialog, "replaceButton")
    assert "38 went" in open_window.message.text
    with project.read() as session:
        info = project_info(session)
    assert (info.left.entities, info.left.name, info.verdicts) == (3, "few", {})
    qtbot.waitUntil(lambda: open_window.pages.graphs._left.name == "few")
    assert list(project.sidecar.glob("reimport-*")) == []


def test_the_columns_of_a_table_are_mapped(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot, tmp_path: Path
) -> None:
    with project.read() as session:
        kept = session.scalars(select(Entity.uri).where(Entity.id.in_([2, 3])).order_by(Entity.id)).all()
    table = tmp_path / "few.csv"
    table.write_text(f"von,art,nach,wann\n{kept[0]},r,{kept[1]},2001\n")
    dialog = ask(open_window, table)
    choices = {
        part: dialog.findChild(QComboBox, f"leftColumn_{part}") for part in ("head", "relation", "tail")
    }
    qtbot.waitUntil(choices["head"].isVisible)
    assert "found 4 columns: 'von, art, nach, wann'" in said(dialog)
    assert not dialog.findChild(QPushButton, "compareButton").isEnabled()
    for choice, name in zip(choices.values(), ("von", "art", "nach"), strict=True):
        choice.setCurrentIndex(choice.findText(name))
        choice.activated.emit(choice.currentIndex())
    compare(dialog, qtbot)
    assert said(dialog) == "CSV, because its name ends in .csv."
    qtbot.waitUntil(
        lambda: "of its entities 2 kept, 38 gone, 0 new" in dialog.findChild(QLabel, "replacePlan").text()
    )
    # Other columns are another question.
    choices["tail"].activated.emit(choices["tail"].currentIndex())
    assert not dialog.findChild(QPushButton, "replaceButton").isVisible()
    assert not dialog.findChild(QPushButton, "compareButton").isEnabled()
    # They are this table's alone.
    graph = write_graph(tmp_path / "few.nt", 1, [2, 3])
    dialog.findChild(QLineEdit, "replaceSourceField").setText(str(graph))
    qtbot.waitUntil(dialog.findChild(QPushButton, "compareButton").isEnabled)
    assert not choices["head"].isVisible()
    dialog.reject()


def test_what_was_only_compared_changes_nothing(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot, tmp_path: Path
) -> None:
    before = contents(project)
    dialog = ask(open_window, write_graph(tmp_path / "few.nt", 1, [2, 3]))
    compare(dialog, qtbot)
    qtbot.waitUntil(lambda: dialog.findChild(QPushButton, "replaceButton").isVisible())
    # Another source is another question.
    dialog.findChild(QLineEdit, "replaceSourceField").setText(str(tmp_path / "nowhere.nt"))
    assert not dialog.findChild(QPushButton, "replaceButton").isVisible()
    qtbot.waitUntil(lambda: "nowhere.nt: expected a dataset, found nothing there" in said(dialog))
    dialog.reject()
    assert contents(project) == before
    assert list(project.sidecar.glob("reimport-*")) == []


def test_a_cancel_while_it_is_done_leaves_the_project_as_it_was(
    open_window: MainWindow, project: ProjectFile, qtbot: QtBot, tmp_path: Path
) -> None:
    before = contents(project)
    dialog = ask(open_window, write_graph(tmp_path / "few.nt", 1, [2, 3]))
    compare(dialog, qtbot)
    qtbot.waitUntil(lambda: not dialog.working)
    with qtbot.assertNotEmitted(open_window.project.graphs_changed), qtbot.waitSignal(dialog.finished):
        dialog._on_replace()
        dialog.reject()
        assert dialog.working
    assert contents(project) == before
    assert not open_window.dialogs.busy


def test_not_while_a_run_reads_the_graphs(open_window: MainWindow, fake_run: FakeRun, qtbot: QtBot) -> None:
    fake_run.pause_after = 2
    open_window.training.start(RunConfig())
    qtbot.waitUntil(lambda: open_window.training.active)
    open_window.show_page(GRAPHS)
    open_window.findChild(QPushButton, "rightGraphTitleReplace").click()
    assert "stop it first" in open_window.message.text
    assert open_window.findChild(ReplaceDialog) is None
    with qtbot.waitSignal(open_window.training.ended):
        open_window.training.stop()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("", None, "Choose the new version."),
        ("  ", None, "Choose the new version."),
        ("folder", None, "found an empty folder"),
        ("face.png", b"\x89PNG\r\n\x1a\n\x00\x00", "found another file"),
        ("face.nt", b"\x89PNG\r\n\x1a\n\x00\x00", "face.nt, line 1: expected"),
        ("two.tsv", b"a\tb\nc\td\n", "two.tsv, line 1: expected"),
        ("cut.nt.gz", b"\x1f\x8b\x08\x00", "cut.nt.gz: expected"),
    ],
)
def test_what_is_wrong_is_told_before_comparing(
    open_window: MainWindow, qtbot: QtBot, tmp_path: Path, name: str, content: bytes | None, told: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    elif name.strip():
        path.mkdir()
    dialog = ask(open_window, write_graph(tmp_path / "few.nt", 1, [2, 3]))
    button = dialog.findChild(QPushButton, "compareButton")
    qtbot.waitUntil(button.isEnabled)
    dialog.findChild(QLineEdit, "replaceSourceField").setText(str(path) if name.strip() else name)
    qtbot.waitUntil(lambda: told in said(dialog))
    assert not button.isEnabled()
    dialog.reject()


def test_images_that_are_not_there_are_told_before_comparing(
    open_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = ask(open_window, write_graph(tmp_path / "few.nt", 1, [2, 3]))
    dialog.findChild(QLineEdit, "replaceImagesField").setText(str(tmp_path / "nowhere"))
    qtbot.waitUntil(lambda: "nowhere: expected a folder of images" in said(dialog))
    assert not dialog.findChild(QPushButton, "compareButton").isEnabled()
    dialog.reject()


def test_of_a_folder_with_both_graphs_the_side_is_told(open_window: MainWindow, qtbot: QtBot) -> None:
    dialog = ask(open_window, DEMO)
    qtbot.waitUntil(lambda: said(dialog).startswith("RDF, because"))
    assert "; atlas is its left graph." in said(dialog)
    parts = dialog.findChild(QComboBox, "previewPart")
    assert all(parts.itemText(place).startswith("atlas") for place in range(parts.count()))
    dialog.reject()


def test_a_look_ends_with_another_choice_and_with_the_dialog(
    open_window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, more = (write_graph(tmp_path / name, 1, [2, 3]) for name in ("few.nt", "more.nt"))
    first = SlowLook(monkeypatch, replace_dialog)
    dialog = ask(open_window, few)
    qtbot.waitUntil(first.begun.is_set)
    second = SlowLook(monkeypatch, replace_dialog)
    dialog.findChild(QLineEdit, "replaceSourceField").setText(str(more))
    assert first.stopped.wait(5)
    qtbot.waitUntil(second.begun.is_set)
    dialog.reject()
    assert second.stopped.wait(5)
    assert not dialog.findChild(QPushButton, "compareButton").isEnabled()


def test_how_far_it_is_is_told(
    open_window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(_path, _dataset, *, on_progress, cancelled) -> None:  # type: ignore[no-untyped-def]
        counts = {"entity": 3, "relation_triple": 1000}
        on_progress(ImportProgress("Reading few.nt", 1, 4, counts, 2000.0, 12.0, ("1 was left out",)))
        assert go_on.wait(10)
        raise Cancelled("stopped")

    monkeypatch.setattr("core.store.reimport.import_dataset", slow)
    dialog = ask(open_window, write_graph(tmp_path / "few.nt", 1, [2, 3]))
    stage, counts = (dialog.findChild(QLabel, f"replace{name}") for name in ("Stage", "Counts"))
    compare(dialog, qtbot)
    qtbot.waitUntil(lambda: stage.text() == "Reading few.nt,  2,000 triples/s,  about 12 s left")
    assert stage.isVisible() and counts.text() == "3 entities,  1,000 relation triples\n1 was left out"
    bar = dialog.findChild(QProgressBar, "replaceProgress")
    assert (bar.value(), bar.maximum()) == (250, 1000)
    with qtbot.waitSignal(dialog.finished):
        press(dialog, "cancelReplaceButton")
        assert stage.text() == "Stopping …"
        go_on.set()
