"""The right side of the Train page: facts and curves of a run, and the table of all runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.project import Project
from app.training_worker import Training
from app.views.curves import Curves
from app.views.empty_state import EmptyState
from app.views.run_facts import RunFacts, duration, metrics_in_words
from app.views.runs_table import RunsTable
from core.store import runs
from core.store.runs import EpochInfo, RunInfo
from core.training.events import EpochDone, Evaluated, Event, RunStarted

_CURVE_DECODING = "csls"  # the decoding that the store keeps for each evaluated epoch


class RunPanel(QWidget):
    """Shows the run that goes; when none does, the one picked in the table."""

    review_requested = Signal()

    def __init__(self, project: Project, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._training = training
        self._facts = RunFacts()
        self._held_back: list[Event] | None = None  # while the epochs before them are being read
        self._line = QLabel(objectName="runFacts", wordWrap=True)
        self._line.setFont(theme.font(bold=True, tabular=True))
        self._metrics = QLabel(objectName="runMetrics", wordWrap=True)
        self._metrics.setFont(theme.font(tabular=True))
        self._left_out = QLabel(objectName="runLeftOut", wordWrap=True)
        self._left_out.setProperty("role", "secondary")
        self._progress = QProgressBar(objectName="trainProgress", textVisible=False)
        self._review = QPushButton("Review candidates", objectName="reviewCandidatesButton")
        self._review.clicked.connect(self.review_requested)
        self.curves = Curves()
        self.table = RunsTable()
        self.table.setFixedHeight(136)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            EmptyState(
                "mdi6.chart-line",
                "No run yet",
                "Choose a preset at the left and press Start. Its losses and rankings are drawn here.",
                [],
            )
        )
        self._stack.addWidget(self._content())
        self._timer = QTimer(self)
        self._timer.setInterval(200)
        self._timer.timeout.connect(self._show_facts)

        self.table.picked.connect(self._on_picked)
        training.started.connect(self._on_started)
        training.event_arrived.connect(self._on_event)
        training.ended.connect(self._on_ended)
        project.opened.connect(self._load_runs)
        project.runs_changed.connect(self._load_runs)

    @property
    def facts(self) -> RunFacts:
        """What is known of the run that goes or went last."""
        return self._facts

    def _content(self) -> QWidget:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.MEDIUM)
        words = QVBoxLayout()
        words.setSpacing(theme.SMALL)
        for label in (self._line, self._metrics, self._left_out):
            words.addWidget(label)
        header = QHBoxLayout()
        header.addLayout(words, 1)
        header.addWidget(self._review)
        layout.addLayout(header)
        layout.addWidget(self._progress)
        layout.addSpacing(theme.MEDIUM)
        layout.addWidget(self.curves, 1)
        layout.addSpacing(theme.MEDIUM)
        layout.addWidget(self.table)
        return content

    @Slot()
    def _on_started(self) -> None:
        self._facts = RunFacts()
        self._held_back = None
        self.curves.clear()
        self.table.setEnabled(False)
        self.table.setVisible(self.table.runs.rowCount() > 0)
        self._stack.setCurrentIndex(1)
        self._timer.start()
        self._show_facts()

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        self._facts.take(event)
        if isinstance(event, RunStarted) and event.resumed_after:
            self._read_history(event)
        elif self._held_back is not None:
            self._held_back.append(event)
        else:
            self._draw(event)

    def _draw(self, event: Event) -> None:
        match event:
            case EpochDone():
                self.curves.add_losses(event.epoch, event.losses)
            case Evaluated() if _CURVE_DECODING in event.decodings:
                self.curves.add_metrics(event.epoch, event.held_out, event.decodings[_CURVE_DECODING])

    def _read_history(self, start: RunStarted) -> None:
        """Draw the epochs before a run was interrupted; those that come meanwhile wait for them."""
        self._held_back = []
        file = self._project.file

        def read() -> list[EpochInfo]:
            with file.read() as session:
                epochs = runs.run_epochs(session, start.run_id)
            return [info for info in epochs if info.epoch <= start.resumed_after]

        held_out = "validation" if start.validation else "test"
        self._project.tasks.read(self, read, partial(self._draw_history, held_out), key="epochs")

    def _draw_history(self, held_out: str, epochs: list[EpochInfo]) -> None:
        waiting, self._held_back = self._held_back, None
        self.curves.show_history(epochs, held_out)
        for event in waiting or []:
            self._draw(event)

    @Slot()
    def _on_ended(self) -> None:
        self._timer.stop()
        self.table.setEnabled(True)
        self._show_facts()
        if self._project.is_open:
            self._load_runs()

    @Slot()
    def _show_facts(self) -> None:
        _, done, total = self._facts.progress()
        self._progress.setVisible(self._training.active)
        self._progress.setRange(0, total)
        self._progress.setValue(done)
        self._review.setVisible(self._facts.finish is not None)
        self._say(self._facts.line(), self._facts.metrics(), self._facts.remarks())

    def _say(self, line: str, metrics: str, left_out: str) -> None:
        for label, text in ((self._line, line), (self._metrics, metrics), (self._left_out, left_out)):
            label.setText(text)
            label.setVisible(bool(text))

    @Slot()
    def _load_runs(self) -> None:
        file = self._project.file

        def read() -> Sequence[RunInfo]:
            with file.read() as session:
                return runs.list_runs(session)

        self._project.tasks.read(self, read, self._show_runs, key="runs")

    def _show_runs(self, found: Sequence[RunInfo]) -> None:
        if self._training.active or not self._project.is_open:
            return
        self._stack.setCurrentIndex(1 if found else 0)
        self.table.setVisible(bool(found))
        self.table.show_runs(found)

    @Slot(object)
    def _on_picked(self, run: RunInfo) -> None:
        if self._training.active:
            return
        file = self._project.file

        def read() -> tuple[RunInfo, list[EpochInfo]]:
            with file.read() as session:
                return run, runs.run_epochs(session, run.id)

        self._project.tasks.read(self, read, self._show_run, key="epochs")

    def _show_run(self, found: tuple[RunInfo, list[EpochInfo]]) -> None:
        run, epochs = found
        if self._training.active:
            return
        training = json.loads(run.config_json).get("training", {})
        held_out = "validation" if training.get("validation_ratio") else "test"
        self.curves.show_history(epochs, held_out)
        self._progress.hide()
        self._review.setVisible(run.best_epoch is not None)
        if self._facts.finish is not None and self._facts.finish.run_id == run.id:
            self._say(self._facts.line(), self._facts.metrics(), self._facts.remarks())
            return
        metrics = json.loads(run.metrics_json or "{}")
        self._say(
            f"Run {run.id}   ·   {len(epochs):,} epochs in {duration(sum(e.seconds for e in epochs))}",
            metrics_in_words(metrics.get("decodings", {}), "test", metrics.get("without_support")),
            run.error or "",
        )
