"""Replaces one graph of the open project: choose its new version, see what hangs on it, decide."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app import theme
from app.import_job import apply_work, counts_text, pace_text, prepare_work
from app.job import Job, Work
from app.tasks import Tasks
from app.views import layouts
from app.views.column_fields import ColumnFields
from app.views.message_bar import MessageBar
from app.views.path_field import PathField
from app.views.source_look import table_columns
from core.kg.records import Side
from core.store.import_report import ImportProgress
from core.store.project_file import ProjectFile
from core.store.reimport import Reimport, ReimportPlan


class ReplaceDialog(QDialog):
    """Nothing happens to the project before the second button was pressed, and a cancel takes that back."""

    replaced = Signal(object)  # ReimportPlan

    def __init__(
        self, tasks: Tasks, file: ProjectFile, side: Side, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("replaceDialog")
        self.setWindowTitle(f"Replace the {side} graph, {name}")
        self.setMinimumWidth(560)
        self._tasks = tasks
        self._file = file
        self._side: Side = side
        self._job: Job | None = None
        self._reimport: Reimport | None = None
        self._closing = False
        self.message = MessageBar()
        self._source = PathField("replaceSourceField", "either", "The new version: a folder, RDF or a table")
        self._images = PathField("replaceImagesField", "folder", "Folder with its images")
        self._images.set_placeholder("optional")
        self._columns = ColumnFields(side)
        self._plan = QLabel(objectName="replacePlan", wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._stage = QLabel(objectName="replaceStage")
        self._counts = QLabel(objectName="replaceCounts", wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._counts.setProperty("role", "secondary")
        self._bar = QProgressBar(objectName="replaceProgress", textVisible=False)
        self._read = QPushButton("Compare", objectName="compareButton", default=True)
        self._read.setProperty("primary", True)
        self._replace = QPushButton("Replace", objectName="replaceButton")
        self._replace.setProperty("primary", True)
        self._cancel = QPushButton("Cancel", objectName="cancelReplaceButton")
        self._arrange()
        self._update()
        for field in (self._source, self._images, self._columns):
            field.changed.connect(self._forget)
        self._source.changed.connect(self._look)
        self._read.clicked.connect(self._on_read)
        self._replace.clicked.connect(self._on_replace)
        self._cancel.clicked.connect(self.reject)

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
        self._stage.setText("Stopping …")

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._job is not None:
            event.ignore()
            self.reject()
            return
        super().closeEvent(event)

    def _arrange(self) -> None:
        form = layouts.form()
        layouts.add_row(form, "New version", self._source)
        layouts.add_row(form, "Images", self._images)
        buttons = QHBoxLayout()
        buttons.addStretch()
        for button in (self._cancel, self._read, self._replace):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        layout.setSpacing(theme.MEDIUM + theme.SMALL)
        layout.addWidget(self.message)
        layout.addLayout(form)
        layout.addWidget(self._columns)
        layout.addWidget(self._plan)
        layout.addStretch()
        for widget in (self._stage, self._bar, self._counts):
            layout.addWidget(widget)
        layout.addLayout(buttons)

    @Slot()
    def _look(self) -> None:
        """Show the columns of what was chosen, if it is a table; what is wrong with it Compare will say."""
        self._columns.set_columns(None)
        if source := self._source.path:
            self._tasks.read(
                self,
                lambda: table_columns(source),
                self._columns.set_columns,
                self._on_not_looked_at,
                key="look",
            )

    def _on_not_looked_at(self, _message: str) -> None:
        self._columns.set_columns(None)

    @Slot()
    def _on_read(self) -> None:
        source = self._source.path
        if source is None:
            self.message.show_error("Choose the new version.")
            return
        work = prepare_work(self._file, self._side, source, self._images.path, self._columns.mapping())
        self._start(work, "Opening")
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
        self._job.reported.connect(self._on_progress)
        self._job.failed.connect(self.message.show_error)
        self._job.ended.connect(self._on_ended)
        self._stage.setText(stage)
        self._counts.clear()
        self._bar.setRange(0, 0)
        self._update()
        self._job.start()

    @Slot(object)
    def _on_progress(self, progress: ImportProgress) -> None:
        if self._job is not None and not self._job.stopping:
            self._stage.setText(f"{progress.stage}{pace_text(progress)}")
        self._bar.setRange(0, 1000 if progress.total else 0)
        if progress.total:
            self._bar.setValue(1000 * progress.done // progress.total)
        self._counts.setText(counts_text(progress))

    @Slot(object)
    def _on_read_done(self, reimport: Reimport) -> None:
        self._reimport = reimport
        self._plan.setText("\n\n".join(reimport.plan.lines()))

    @Slot(object)
    def _on_replaced(self, plan: ReimportPlan) -> None:
        self._closing = True
        self.replaced.emit(plan)

    @Slot()
    def _on_ended(self) -> None:
        self._job = None
        self._cancel.setEnabled(True)
        self._update()
        if self._closing:
            self._forget()
            super().reject()

    @Slot()
    def _forget(self) -> None:
        """Throw away what was read: other paths were chosen, or the dialog closes."""
        if self._reimport is not None:
            self._reimport.close()
            self._reimport = None
        self._plan.clear()
        self._update()

    def _update(self) -> None:
        working, ready = self._job is not None, self._reimport is not None
        for widget in (self._stage, self._bar, self._counts):
            widget.setVisible(working)
        for field in (self._source, self._images, self._columns):
            field.setEnabled(not working)
        self._plan.setVisible(ready)
        self._read.setVisible(not ready)
        self._replace.setVisible(ready)
        self._read.setEnabled(not working)
        self._replace.setEnabled(not working)
