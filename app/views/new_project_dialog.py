"""Makes a project from graphs on disk: choose, see what was recognised, import, or cancel without a trace."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app import theme
from app.import_job import import_work
from app.job import Job
from app.views import layouts
from app.views.import_progress_view import ImportProgressView
from app.views.message_bar import MessageBar
from app.views.path_field import PathField, documents_folder
from app.views.source_fields import SourceFields
from app.views.source_look import Found

_SUFFIX = ".mimea"


class NewProjectDialog(QDialog):
    """Emits the path of the project that it made."""

    imported = Signal(object)  # Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("newProjectDialog")
        self.setWindowTitle("New project")
        self.setMinimumWidth(620)
        self._job: Job | None = None
        self._found: Found | None = None
        self._own_path = False
        self._closing = False
        self.sources = SourceFields()
        self.message = MessageBar()
        self._path = PathField("projectPathField", "save", "Where the project is kept")
        self._progress = ImportProgressView("import")
        self._import = QPushButton("Import", objectName="importButton", default=True)
        self._import.setProperty("primary", True)
        self._cancel = QPushButton("Cancel", objectName="cancelImportButton")
        self._arrange()
        self._update_button()

        self.sources.found.connect(self._on_found)
        self._path.edited.connect(self._on_path_edited)
        self._path.changed.connect(self._update_button)
        self._import.clicked.connect(self._on_import)
        self._cancel.clicked.connect(self.reject)

    @property
    def importing(self) -> bool:
        """Whether an import is going."""
        return self._job is not None

    def set_paths(self, paths: Sequence[Path]) -> None:
        """Start with these paths."""
        self.sources.set_paths(paths)

    @Slot()
    def reject(self) -> None:
        """Cancel the import if one goes (the dialog closes when it has stopped), else close."""
        if self._job is None:
            super().reject()
            return
        self._closing = True
        self._job.stop()
        self._cancel.setEnabled(False)
        self._progress.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._job is not None:
            event.ignore()
            self.reject()
            return
        super().closeEvent(event)

    def _arrange(self) -> None:
        target = layouts.form()
        layouts.add_row(target, "Project file", self._path)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._import)
        line = QFrame()
        line.setProperty("role", "line")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        layout.setSpacing(theme.MEDIUM + theme.SMALL)
        layout.addWidget(self.message)
        layout.addWidget(self.sources, 1)
        layout.addWidget(line)
        layout.addLayout(target)
        layout.addWidget(self._progress)
        layout.addLayout(buttons)

    @Slot(object)
    def _on_found(self, found: Found | None) -> None:
        self._found = found
        if found is not None and not self._own_path:
            self._path.set_path(_free_path(found.name))
        self._update_button()

    @Slot()
    def _on_path_edited(self) -> None:
        self._own_path = True

    @Slot()
    def _update_button(self) -> None:
        self._import.setEnabled(self._job is None and self._found is not None and self._path.path is not None)

    @Slot()
    def _on_import(self) -> None:
        source, path = self.sources.source(), self._path.path
        if source is None or path is None:
            return
        self.message.hide()
        self._job = Job(import_work(_as_project(path), source), self)
        self._job.reported.connect(self._progress.show_progress)
        self._job.succeeded.connect(self._on_succeeded)
        self._job.failed.connect(self._on_failed)
        self._job.ended.connect(self._on_ended)
        self._progress.begin("Opening")
        self._enable_fields(False)
        self._job.start()
        self._update_button()

    @Slot(object)
    def _on_succeeded(self, path: Path) -> None:
        self.imported.emit(path)
        self._closing = True

    @Slot(str, str)
    def _on_failed(self, message: str, details: str) -> None:
        self.message.show_error(message, details)

    @Slot()
    def _on_ended(self) -> None:
        self._job = None
        self._cancel.setEnabled(True)
        self._progress.hide()
        self._enable_fields(True)
        self._update_button()
        if self._closing:
            self.accept()

    def _enable_fields(self, enabled: bool) -> None:
        self.sources.setEnabled(enabled)
        self._path.setEnabled(enabled)


def _as_project(path: Path) -> Path:
    """A name may have dots of its own."""
    return path if path.suffix == _SUFFIX else path.with_name(path.name + _SUFFIX)


def _free_path(name: str) -> Path:
    """A file in the documents folder that isn't there yet."""
    folder = documents_folder()
    safe = (
        "".join(letter if letter.isalnum() or letter in "-_ " else "-" for letter in name).strip()
        or "project"
    )
    path, number = folder / f"{safe}{_SUFFIX}", 2
    while path.exists():
        path, number = folder / f"{safe} {number}{_SUFFIX}", number + 1
    return path
