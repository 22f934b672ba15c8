"""The line at the bottom: project, verdict counts, the job that runs, the device."""

from __future__ import annotations

from dataclasses import asdict

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QWidget

from app import theme
from core.review.journal import VerdictCounts


class StatusBar(QStatusBar):
    """Shows what it is told; knows nothing of where it comes from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self.setSizeGripEnabled(False)
        self._project = self._label("projectStatus")
        self._verdicts = self._label("verdictStatus")
        self._job = self._label("jobStatus")
        self._progress = QProgressBar(objectName="jobProgress", textVisible=False)
        self._progress.setFixedWidth(140)
        self._device = self._label("deviceStatus")
        self._counts: tuple[VerdictCounts, int | None] | None = None
        self.addWidget(self._project)
        self.addWidget(self._verdicts, 1)
        self.addPermanentWidget(self._job)
        self.addPermanentWidget(self._progress)
        self.addPermanentWidget(self._device)
        self._progress.hide()

    def show_project(self, name: str, tooltip: str = "") -> None:
        """Name the open project; empty for none, which also clears the counts."""
        self._project.setText(name or "No project")
        self._project.setToolTip(tooltip)
        if not name:
            self._counts = None
            self._verdicts.clear()

    def show_verdicts(self, counts: VerdictCounts, left: int | None) -> None:
        """Show the counts of verdicts, and how many pairs wait for one (None before the first run)."""
        self._counts = (counts, left)
        self._render_verdicts()

    def show_job(self, text: str, done: int = 0, total: int = 0) -> None:
        """Show what runs; ``total`` 0 means that its length isn't known."""
        self._job.setText(text)
        self._progress.setRange(0, total)
        self._progress.setValue(done)
        self._progress.setVisible(True)

    def show_result(self, text: str) -> None:
        """Show how the last job ended."""
        self._job.setText(text)
        self._progress.hide()

    def show_device(self, text: str) -> None:
        """Show where training runs."""
        self._device.setText(text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and getattr(self, "_counts", None):
            self._render_verdicts()

    def _render_verdicts(self) -> None:
        assert self._counts is not None
        counts, left = self._counts
        parts = []
        for kind, number in asdict(counts).items():
            style = theme.VERDICT_STYLE[kind]
            if number or kind != "no_counterpart":
                mark = f'<span style="color:{style.color}; font-weight:600">{style.glyph}</span>'
                parts.append(f"{mark} {style.label.lower()} <b>{number:,}</b>")
        if left is not None:
            parts.append(f"left <b>{left:,}</b>")
        self._verdicts.setText("&nbsp;&nbsp;&nbsp;".join(parts))

    def _label(self, name: str) -> QLabel:
        label = QLabel(objectName=name)
        label.setFont(theme.font(tabular=True))
        label.setContentsMargins(theme.MEDIUM, 0, theme.MEDIUM, 0)
        label.setTextFormat(Qt.TextFormat.AutoText)
        return label
