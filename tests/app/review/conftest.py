"""A review page on the small project, driven by the keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractListModel, QSettings, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QWidget,
)

from app.project import Project
from app.tasks import Tasks
from app.views.review.review_view import ReviewView
from core.review.journal import Decision, current_verdicts
from core.store.project_file import ProjectFile
from tests.support import build_project
from tests.window import activate

_SAID_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)


@pytest.fixture(autouse=True)
def settings_apart(tmp_path: Path) -> None:
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    QApplication.setOrganizationName("mimea-tests")
    QApplication.setApplicationName("review")


class Page:
    """The page and what a test wants to know of it."""

    def __init__(self, qtbot, path: Path | None) -> None:
        self.qtbot = qtbot
        self.tasks = Tasks()
        self.project = Project(self.tasks)
        self.view = ReviewView(self.project)
        qtbot.addWidget(self.view)
        self.view.resize(1216, 740)
        self.view.show()
        qtbot.waitExposed(self.view)
        activate(qtbot, self.view)
        if path is not None:
            with qtbot.waitSignal(self.project.opened):
                self.project.open(path)
        self.settle()

    def leave(self) -> None:
        """Close the project, and wait until it is; the page itself may be gone."""
        self.project.close()
        self.qtbot.waitUntil(lambda: not self.tasks.busy)

    @property
    def table(self) -> QTableView:
        return self.find(QTableView, "candidateTable")

    @property
    def shown(self) -> tuple[int, int] | None:
        evidence = self.view._panel.shown
        return evidence.key if evidence is not None and evidence.key == self.view._pair else None

    @property
    def row(self) -> int:
        return self.table.currentIndex().row()

    def find(self, kind: type, name: str):  # type: ignore[no-untyped-def]
        found = self.view.findChild(kind, name)
        assert found is not None, name
        return found

    def settle(self) -> None:
        """Until nothing is read, written or about to be."""
        view = self.view
        self.qtbot.waitUntil(
            lambda: not (self.tasks.busy or view._ahead.waiting or view._tools.counts.waiting), timeout=30_000
        )

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the keyboard is, and wait for what follows."""
        self.qtbot.keyClick(self.view.focusWidget(), key, modifier)
        self.settle()

    def dialog(self, name: str) -> QDialog:
        """The dialog that is open, once it is."""
        self.qtbot.waitUntil(lambda: any(d.isVisible() for d in self.view.findChildren(QDialog, name)))
        self.settle()
        return next(d for d in self.view.findChildren(QDialog, name) if d.isVisible())

    @property
    def asked(self) -> bool:
        """Whether a question about a second counterpart is open."""
        return any(d.isVisible() for d in self.view.findChildren(QDialog, "secondCounterpart"))

    def answer(self, name: str, key: Qt.Key) -> None:
        """Press a key in the dialog that is open, and wait for what follows."""
        dialog = self.dialog(name)
        activate(self.qtbot, dialog)
        self.qtbot.keyClick(dialog.focusWidget() or dialog, key)
        activate(self.qtbot, self.view)
        self.settle()

    def search(self, text: str) -> None:
        field = self.find(QLineEdit, "searchField")
        field.setFocus()
        field.setText(text)
        self.qtbot.waitUntil(lambda: not self.view._queue._timer.isActive(), timeout=30_000)
        self.settle()

    def text(self, row: int, column: int) -> str | None:
        index = self.table.model().index(row, column)
        self.qtbot.waitUntil(lambda: index.data() != "…", timeout=30_000)
        return index.data()

    def stored(self) -> list[Decision]:
        """The verdicts in force as another process would read them."""
        other = ProjectFile.open(self.project.file.path)
        with other.read() as session:
            verdicts = list(current_verdicts(session))
        other.close()
        return verdicts

    def said(self, widget: QWidget) -> list[str]:
        """All lines that a widget and those in it say, in sight, in tooltips or to a screen reader."""
        said = []
        for each in (widget, *widget.findChildren(QWidget)):
            said += [each.windowTitle(), each.toolTip(), each.accessibleName(), each.accessibleDescription()]
            if isinstance(each, QLabel | QAbstractButton):
                said.append(each.text())
            elif isinstance(each, QComboBox):
                said.append(each.currentText())
            elif isinstance(each, QAbstractItemView) and (model := each.model()) is not None:
                columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
                cells = [model.index(r, c) for r in range(model.rowCount()) for c in range(columns)]
                said += [str(index.data(role) or "") for index in cells for role in _SAID_ROLES]
            elif isinstance(each, QHeaderView) and (model := each.model()) is not None:
                said += [str(model.headerData(n, each.orientation()) or "") for n in range(each.count())]
        return [line for text in said for line in re.sub("<[^>]+>", "\n", text).splitlines() if line.strip()]

    def visible(self, widget: QWidget) -> bool:
        return widget.isVisibleTo(self.view)


@pytest.fixture
def open_page(qtbot, tmp_path: Path) -> Iterator:
    """Opens a review page on a project, or on none."""
    pages: list[Page] = []

    def open_on(path: Path | None) -> Page:
        pages.append(Page(qtbot, path))
        return pages[-1]

    yield open_on
    for page in pages:
        page.leave()


@pytest.fixture
def page(open_page, project: ProjectFile) -> Page:
    return open_page(project.path)


@pytest.fixture
def untrained(tmp_path: Path) -> Path:
    made = build_project(tmp_path / "untrained.mimea", run=False, images=False)
    made.close()
    return made.path
