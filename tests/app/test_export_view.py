from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from app import theme
from app.project import Project
from app.settings import Settings
from app.tasks import Tasks
from app.views.export_view import ExportView
from core.review.journal import Decision, decide
from core.store.project_file import ProjectFile


@pytest.fixture
def view(qapp: QApplication, project: ProjectFile, qtbot: QtBot) -> Iterator[ExportView]:
    """The page by itself, with thirty links accepted."""
    theme.apply_theme(qapp, "light")
    decide(project, [Decision(i, 40 + i, "accepted", 0.9) for i in range(1, 31)])
    page = ExportView(Project(Tasks()), [])
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.show()
    page._project.open(project.path)
    qtbot.waitUntil(lambda: page._project.is_open and not page._project.tasks.busy)
    yield page
    page._project.close()
    page._project.tasks.wait()


def test_the_first_lines_and_the_count_are_shown(view: ExportView) -> None:
    text = view.findChild(QPlainTextEdit, "exportPreview").toPlainText()
    assert text.count("owl#sameAs") == 20
    assert view.findChild(QLabel, "exportCount").text() == "30 accepted links, the first 20 rows below"


def test_rows_are_shown_beside_a_long_header(view: ExportView, qtbot: QtBot) -> None:
    formats = view.findChild(QComboBox, "exportFormat")
    formats.setCurrentIndex(formats.findData("sssom"))
    formats.activated.emit(formats.currentIndex())
    shown = view.findChild(QPlainTextEdit, "exportPreview")
    qtbot.waitUntil(lambda: shown.toPlainText().startswith("#"))
    lines = shown.toPlainText().splitlines()
    header = next(place for place, line in enumerate(lines) if not line.startswith("#"))
    assert lines[header].startswith("subject_id\t") and len(lines) == header + 1 + 20


@pytest.mark.parametrize("name", ["nt", "ttl", "csv"])
def test_each_format_is_written_where_it_says(
    view: ExportView, project: ProjectFile, qtbot: QtBot, name: str
) -> None:
    formats = view.findChild(QComboBox, "exportFormat")
    formats.setCurrentIndex(formats.findData(name))
    formats.activated.emit(formats.currentIndex())
    path = Path(view.findChild(QLineEdit, "exportPath").text())
    assert path == project.path.with_suffix(f".{name}")
    qtbot.waitUntil(view.findChild(QPushButton, "exportButton").isEnabled)
    view.findChild(QPushButton, "exportButton").click()
    qtbot.waitUntil(lambda: view.message.text == f"30 links written to {path}")
    assert path.read_text(encoding="utf-8").count("http://example.org/2/") == 30


def test_a_file_that_cannot_be_written_is_told_on_the_page(
    view: ExportView, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "missing" / "links.nt"
    view.findChild(QLineEdit, "exportPath").setText(str(path))
    view.findChild(QPushButton, "exportButton").click()
    qtbot.waitUntil(lambda: bool(view.message.text))
    assert view.message.text == f"{path} can't be written: No such file or directory"
    assert not path.exists()


def test_new_decisions_change_the_preview(view: ExportView, qtbot: QtBot) -> None:
    view._project.decide([Decision(31, 71, "accepted")])
    count = view.findChild(QLabel, "exportCount")
    qtbot.waitUntil(lambda: count.text().startswith("31 accepted links"))


@pytest.mark.parametrize("changed", ["path", "format", "option", "project"])
def test_a_question_about_a_file_ends_with_another_choice(
    view: ExportView, project: ProjectFile, tmp_path: Path, qtbot: QtBot, changed: str
) -> None:
    asked, other = project.path.with_suffix(".nt"), tmp_path / "other.nt"
    asked.write_text("old")
    other.write_text("mine")
    view.findChild(QPushButton, "exportButton").click()
    qtbot.waitUntil(lambda: view.message.text == f"{asked} exists already.")
    again = view.message._run
    if changed == "path":
        view.findChild(QLineEdit, "exportPath").setText(str(other))
    elif changed == "format":
        formats = view.findChild(QComboBox, "exportFormat")
        formats.setCurrentIndex(formats.findData("csv"))
        formats.activated.emit(formats.currentIndex())
    elif changed == "option":
        view.findChild(QCheckBox, "exportRejected").click()
    else:
        view._project.close()
    assert view.message.text == ""
    if changed == "path":
        again()  # even if it were pressed at the same time: the file that was asked about
        qtbot.waitUntil(lambda: view.message.text == f"30 links written to {asked}")
        assert other.read_text() == "mine"


def test_an_existing_file_is_asked_about(view: ExportView, project: ProjectFile, qtbot: QtBot) -> None:
    path = project.path.with_suffix(".nt")
    path.write_text("old")
    view.findChild(QPushButton, "exportButton").click()
    qtbot.waitUntil(lambda: view.message.text == f"{path} exists already.")
    assert path.read_text() == "old"
    (keep,) = [each for each in view.message.findChildren(QPushButton) if each.text() == "Keep it"]
    keep.click()
    assert view.message.text == "" and path.read_text() == "old"
    view.findChild(QPushButton, "exportButton").click()
    qtbot.waitUntil(lambda: bool(view.message.text))
    (replace,) = [each for each in view.message.findChildren(QPushButton) if each.text() == "Replace it"]
    replace.click()
    qtbot.waitUntil(lambda: view.message.text == f"30 links written to {path}")
    assert path.read_text() != "old"


def test_options_change_what_is_written(view: ExportView, project: ProjectFile, qtbot: QtBot) -> None:
    view._project.decide(
        [Decision(31, 71, "rejected", author="grace"), Decision(32, 72, "unsure", author="ada")]
    )
    authors = view.findChild(QComboBox, "exportAuthor")
    qtbot.waitUntil(lambda: authors.findData("grace") > 0)
    view.findChild(QCheckBox, "exportRejected").click()
    view.findChild(QCheckBox, "exportUnsure").click()
    count = view.findChild(QLabel, "exportCount")
    qtbot.waitUntil(lambda: count.text().startswith("30 accepted links, 1 rejected, 1 unsure"))
    view.findChild(QPushButton, "exportButton").click()
    names = [project.path.with_suffix(suffix) for suffix in (".nt", ".rejected.nt", ".unsure.nt")]
    qtbot.waitUntil(lambda: all(path.exists() for path in names))
    authors.setCurrentIndex(authors.findData("grace"))
    authors.activated.emit(authors.currentIndex())
    qtbot.waitUntil(lambda: count.text() == "0 accepted links, 1 rejected")


def test_a_mistyped_orcid_is_said_and_a_right_one_remembered(view: ExportView, qtbot: QtBot) -> None:
    orcid = view.findChild(QLineEdit, "exportOrcid")
    orcid.setText("0000-0002-1825-0090")
    orcid.textEdited.emit(orcid.text())
    qtbot.waitUntil(lambda: "is no ORCID iD" in view.message.text)
    assert not view.findChild(QPushButton, "exportButton").isEnabled()
    orcid.setText("0000-0002-1825-0097")
    orcid.textEdited.emit(orcid.text())
    orcid.editingFinished.emit()
    qtbot.waitUntil(view.findChild(QPushButton, "exportButton").isEnabled)
    assert view.message.text == "" and Settings().orcid == "0000-0002-1825-0097"


@pytest.mark.parametrize(
    ("name", "suffix"), [("sssom", ".sssom.tsv"), ("openea", ".ent_links"), ("alignment", ".rdf")]
)
def test_the_name_follows_the_format(view: ExportView, project: ProjectFile, name: str, suffix: str) -> None:
    formats = view.findChild(QComboBox, "exportFormat")
    for choice, ending in ((name, suffix), ("nt", ".nt")):
        formats.setCurrentIndex(formats.findData(choice))
        formats.activated.emit(formats.currentIndex())
        assert Path(view.findChild(QLineEdit, "exportPath").text()) == project.path.with_suffix(ending)
