"""How far an import is: its stage with rate and time left, a bar, the counts and what was remarked last."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from app import theme
from app.import_job import counts_text, pace_text
from core.store.import_report import ImportProgress

_NOTES_SHOWN = 3


class ImportProgressView(QWidget):
    """Hidden until :meth:`begin`; its parts are named after ``name``."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stopping = False
        self._stage = QLabel(objectName=f"{name}Stage", wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._counts = QLabel(objectName=f"{name}Counts", wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._counts.setProperty("role", "secondary")
        self._counts.setFont(theme.font(tabular=True))
        self._bar = QProgressBar(objectName=f"{name}Progress", textVisible=False)
        self._bar.setAccessibleName("Progress")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.MEDIUM + theme.SMALL)
        for widget in (self._stage, self._bar, self._counts):
            layout.addWidget(widget)
        self.hide()

    def begin(self, stage: str) -> None:
        """Show that something starts."""
        self._stopping = False
        self._stage.setText(stage)
        self._counts.clear()
        self._bar.setRange(0, 0)
        self.show()

    def stop(self) -> None:
        """Show that it was asked to stop, whatever it still does."""
        self._stopping = True
        self._stage.setText("Stopping …")

    @Slot(object)
    def show_progress(self, progress: ImportProgress) -> None:
        """Show where it is."""
        if not self._stopping:
            self._stage.setText(f"{progress.stage}{pace_text(progress)}")
        self._bar.setRange(0, 1000 if progress.total else 0)
        if progress.total:
            # In thousandths: a file of more than 2 GiB has more bytes than the bar's numbers can hold.
            self._bar.setValue(1000 * progress.done // progress.total)
        self._counts.setText("\n".join([counts_text(progress), *progress.notes[-_NOTES_SHOWN:]]))
