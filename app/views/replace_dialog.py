"""Replaces one graph of the open project: choose its new version, see what it is and would change, decide."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import theme
from app.import_job import apply_work, prepare_work
from app.job import Job, Work
from app.views import layouts
from app.views.import_progress_view import ImportProgressView
from app.views.look_view import LookView
from app.views.message_bar import MessageBar
from app.views.path_field import PathField
from app.views.source_look import Found, look_at
from core.kg.records import Side
from core.store.project_file import ProjectFile
from core.store.reimport import Reimport, ReimportPlan

if TYPE_CHECKING:
    from core.kg.csv_graph import CsvMapping
    from core.kg.source import GraphSource


class ReplaceDialog(QDialog):
    """Nothing happens to the project before the second button was pressed, and a cancel takes that back."""

    replaced = Signal(object)  # ReimportPlan

    def __init__(self, file: ProjectFile, side: Side, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("replaceDialog")
        self.setWindowTitle(f"Replace the {side} graph, {name}")
        self.setMinimumWidth(620)
        self._file = file
        self._side: Side = side
        self._job: Job | None = None
        self._found: Found | None = None
        self._reimport: Reimport | None = None
        self._closing = False
        self.message = MessageBar()
        self._source = PathField("replaceSourceField", "either", "The new version: a folder, RDF or a table")
        self._images = PathField("replaceImagesField", "folder", "Folder with its images")
        self._images.set_placeholder("optional")
        self._look = LookView("replaceFound", (side,))
        self._plan = QLabel(objectName="replacePlan", wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._progress = ImportProgressView("replace")
        self._read = QPushButton("Compare", objectName="compareButton", default=True)
        self._read.setToolTip("Read the new version and say what would change; nothing does yet (Return)")
        self._read.setProperty("primary", True)
        self._replace = QPushButton("Replace", objectName="replaceButton")
        self._replace.setToolTip("Put the new version in place; a copy of the project is left beside it")
        self._replace.setProperty("primary", True)
        self._cancel = QPushButton("Cancel", objectName="cancelReplaceButton")
        self._arrange()
        self._update()
        for field in (self._source, self._images):
            field.changed.connect(self._look.choice_changed)
        self._look.due.connect(self._on_due)
        self._look.found.connect(self._on_found)
        self._read.clicked.connect(self._on_read)
        self._replace.clicked.connect(self._on_replace)
        self._cancel.clicked.connect(self.reject)
        self._on_due()

    @property
    def working(self) -> bool:
        """Whether something is read or written."""
        return self._job is not None

    @Slot()
    def reject(self) -> None:
        """Stop what goes (the dialog closes when it has stopped), else close."""
        if self._job is None:
            self._forget()
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
        form = layouts.form()
        layouts.add_row(form, "&New version", self._source)
        layouts.add_row(form, "&Images", self._images)
        buttons = QHBoxLayout()
        buttons.addStretch()
        for button in (self._cancel, self._read, self._replace):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        layout.setSpacing(theme.MEDIUM + theme.SMALL)
        layout.addWidget(self.message)
        layout.addLayout(form)
        layout.addWidget(self._look, 1)
        layout.addWidget(self._plan)
        layout.addStretch()
        layout.addWidget(self._progress)
        layout.addLayout(buttons)

    def _chosen(self) -> Callable[[], GraphSource] | None:
        """What opens the new version that was chosen; None while there is none."""
        path = self._source.path
        if path is None:
            return None
        side, images = self._side, self._images.path
        (mapping,) = self._look.mappings((path,))
        return lambda: _open_side(path, side, images, mapping)

    @Slot()
    def _on_due(self) -> None:
        chosen, path = self._chosen(), self._source.path
        if chosen is None:
            self._look.ask("Choose the new version.")
            return
        self._look.look(lambda: look_at(chosen(), (path,)))

    @Slot(object)
    def _on_found(self, found: Found | None) -> None:
        self._found = found
        if found is None:
            self.message.hide()  # it is about what was chosen before
        self._forget()

    @Slot()
    def _on_read(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        self._start(prepare_work(self._file, self._side, chosen), "Opening")
        assert self._job is not None
        self._job.succeeded.connect(self._on_read_done)

    @Slot()
    def _on_replace(self) -> None:
        if self._reimport is not None:
            self._start(apply_work(self._reimport), "Replacing")
            assert self._job is not None
            self._job.succeeded.connect(self._on_replaced)

    def _start(self, work: Work, stage: str) -> None:
        self.message.hide()
        self._job = Job(work, self)
        self._job.reported.connect(self._progress.show_progress)
        self._job.failed.connect(self.message.show_error)
        self._job.ended.connect(self._on_ended)
        self._progress.begin(stage)
        self._update()
        self._job.start()

    @Slot(object)
    def _on_read_done(self, reimport: Reimport) -> None:
        self._reimport = reimport
        self._plan.setText("\n\n".join([*reimport.plan.lines(), "Replace it?"]))

    @Slot(object)
    def _on_replaced(self, plan: ReimportPlan) -> None:
        self._closing = True
        self.replaced.emit(plan)

    @Slot()
    def _on_ended(self) -> None:
        self._job = None
        self._progress.hide()
        self._cancel.setEnabled(True)
        self._update()
        if self._closing:
            self._forget()
            super().reject()

    @Slot()
    def _forget(self) -> None:
        """Throw away what was read: something else was chosen, or the dialog closes."""
        if self._reimport is not None:
            self._reimport.close()
            self._reimport = None
        self._plan.clear()
        self._update()

    def _update(self) -> None:
        working, ready = self._job is not None, self._reimport is not None
        for field in (self._source, self._images, self._look):
            field.setEnabled(not working)
        self._plan.setVisible(ready)
        self._read.setVisible(not ready)
        self._replace.setVisible(ready)
        self._read.setEnabled(not working and self._found is not None)
        self.resize(self.size().expandedTo(self.sizeHint()))  # the first rows keep their place
        self._replace.setEnabled(not working)


def _open_side(path: Path, side: Side, images: Path | None, mapping: CsvMapping | None) -> GraphSource:
    from core.kg.dataset import open_side

    return open_side(path, side, images=images, mapping=mapping)
