"""Filters with a name, kept in the project: one is shown again from the menu beside the search."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtWidgets import QInputDialog, QMenu, QPushButton

from app.icons import icon
from app.labels import unmarked
from app.project import Project
from app.views.review.queue_panel import QueuePanel
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter
from core.store.saved_filters import forget_filter, save_filter, saved_filters


class SavedFilters(QObject):
    """A button of the queue panel with its menu, which is filled when the project may have changed."""

    def __init__(self, project: Project, panel: QueuePanel) -> None:
        super().__init__(panel)
        self._project = project
        self._panel = panel
        self.button = QPushButton(icon("mdi6.bookmark-outline"), "", objectName="savedFiltersButton")
        self.button.setProperty("facet", True)
        self.button.setAccessibleName("Saved filters")
        self._menu = QMenu(self.button, objectName="savedFiltersMenu")
        self.button.setMenu(self._menu)
        panel.tools.addWidget(self.button)
        project.opened.connect(self._read)
        self._fill({})

    @Slot()
    def save(self) -> None:
        """Ask for a name and keep what the list shows."""
        if not self._project.may_write:
            return
        dialog = QInputDialog(
            self._panel, objectName="saveFilterDialog", labelText="Name", okButtonText="Save"
        )
        dialog.setWindowTitle("Save this filter")
        dialog.textValueSelected.connect(self._save)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def open_menu(self) -> None:
        """Offer the filters that have a name."""
        self._menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())))

    @Slot(str)
    def _save(self, name: str) -> None:
        if name.strip():
            file, wanted = self._project.file, self._panel.wanted(0)
            self._project.tasks.write(self, partial(save_filter, file, name.strip(), wanted), self._written)

    def _forget(self, name: str, _checked: bool = False) -> None:
        self._project.tasks.write(self, partial(forget_filter, self._project.file, name), self._written)

    def _written(self, _nothing: None) -> None:
        self._read()

    @Slot()
    def _read(self) -> None:
        self._project.tasks.read(
            self, partial(_all, self._project.file), self._fill, key="filters", later=True
        )

    def _fill(self, filters: dict[str, CandidateFilter]) -> None:
        self._menu.clear()
        for name, wanted in filters.items():
            action = self._menu.addAction(unmarked(name))
            action.triggered.connect(partial(self._show, wanted))
        if filters:
            self._menu.addSeparator()
        save = self._menu.addAction("Save this filter…")
        save.setEnabled(self._project.may_write)
        save.triggered.connect(self.save)
        if filters and self._project.may_write:
            remove = self._menu.addMenu("Remove")
            for name in filters:
                action = remove.addAction(unmarked(name))
                action.triggered.connect(partial(self._forget, name))

    def _show(self, wanted: CandidateFilter, _checked: bool = False) -> None:
        self._panel.show_filter(wanted)


def _all(file: ProjectFile) -> dict[str, CandidateFilter]:
    with file.read() as session:
        return saved_filters(session)
