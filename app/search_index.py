"""Has attribute values indexed for the search of the review page, a part at a time between other writes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.project import Project
from core.store.project_file import ProjectFile
from core.store.search import index_part, is_indexed


class SearchIndex(QObject):
    """Begins when a project is opened or a graph replaced; until it is done, labels and URIs are found."""

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        project.opened.connect(self._begin)
        project.graphs_changed.connect(self._begin)

    @Slot()
    def _begin(self) -> None:
        file = self._project.file
        if not file.read_only and not file.is_shared:
            self._project.tasks.read(self, lambda: _lacks_index(file), self._go_on, later=True)

    def _go_on(self, more: bool) -> None:
        if more and self._project.is_open:
            file = self._project.file
            self._project.tasks.write(self, lambda: index_part(file), self._go_on)


def _lacks_index(file: ProjectFile) -> bool:
    with file.read() as session:
        return not is_indexed(session)
