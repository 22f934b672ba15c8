"""Facts and curves of the run that goes, or of the one that went last."""

from __future__ import annotations

import json
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
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
from app.views.empty_state import EmptyState
from app.views.training.curves import Curves
from app.views.training.run_facts import RunFacts, duration, metrics_in_words
from core.store.epochs import EpochInfo, run_epochs
from core.store.runs import RunInfo, list_runs
from core.training.events import Event, RunStarted


class RunPanel(QWidget):
    """Shows one run; which others there were is the next tab's."""

    review_requested = Signal()
    changes_requested = Signal()

    def __init__(self, project: Project, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._training = training
        self._facts = RunFacts()
        self._held_back: list[Event] | None = None  # while the epochs before them are being read
        self._line = QLabel(objectName="runFacts", wordWrap=True)
        self._line.setFont(theme.font(bold=True, tabular=True))
        self._line.setToolTip(
            "How far the run is. The time left is that of the last epochs (their median) for those to come, "
            "if none stops it early"
        )
        self._metrics = QLabel(objectName="runMetrics", wordWrap=True)
        self._metrics.setFont(theme.font(tabular=True))
        self._metrics.setToolTip(
            "Mean of 1/rank of the right answer, by how similarities become a ranking: 1 is perfect"
        )
        self._left_out = QLabel(objectName="runLeftOut", wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._left_out.setProperty("role", "secondary")
        self._left_out.setToolTip("What takes no part in the run and why, and what the run gave notice of")
        self._queue = QLabel(objectName="runQueue", wordWrap=True)
        self._queue.setProperty("role", "secondary")
        self._queue.setToolTip("Runs that start by themselves, one after the other, once this one is over")
        self._progress = QProgressBar(objectName="trainProgress", textVisible=False)
        self._review = QPushButton("Review candidates", objectName="reviewCandidatesButton")
        self._review.setToolTip("Go to the Review page with the candidates of this run")
        self._review.clicked.connect(self.review_requested)
        self.what_changed = QPushButton("What changed", objectName="whatChangedButton")
        self.what_changed.clicked.connect(self.changes_requested)
        self.curves = Curves()
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

        training.started.connect(self._on_started)
        training.event_arrived.connect(self._on_event)
        training.ended.connect(self._on_ended)
        training.queue_changed.connect(self._show_queue)
        project.opened.connect(self._load_last)
        project.closed.connect(self._on_closed)
        project.runs_changed.connect(self._load_last)
        self._show_queue()
        if project.is_open:
            self._load_last()

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
        for label in (self._line, self._metrics, self._left_out, self._queue):
            words.addWidget(label)
        header = QHBoxLayout()
        header.addLayout(words, 1)
        for button in (self.what_changed, self._review):
            header.addWidget(button, alignment=Qt.AlignmentFlag.AlignTop)
        layout.addLayout(header)
        layout.addWidget(self._progress)
        layout.addSpacing(theme.MEDIUM)
        layout.addWidget(self.curves, 1)
        return content

    @Slot()
    def _on_started(self) -> None:
        self._facts = RunFacts()
        self._held_back = None
        self.curves.clear()
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
            self.curves.take(event)

    def _read_history(self, start: RunStarted) -> None:
        """Draw the epochs before a run was interrupted; those that come meanwhile wait for them."""
        self._held_back = []
        file = self._project.file

        def read() -> list[EpochInfo]:
            with file.read() as session:
                found = run_epochs(session, start.run_id)
            return [info for info in found if info.epoch <= start.resumed_after]

        self._project.tasks.read(self, read, self._draw_history, self._draw_live, key="epochs")

    def _draw_history(self, epochs: list[EpochInfo]) -> None:
        waiting, self._held_back = self._held_back, None
        self.curves.show_history(epochs)
        for event in waiting or []:
            self.curves.take(event)

    def _draw_live(self, error: str) -> None:
        """The history can't be read: show at least what comes."""
        self._draw_history([])
        self._project.tasks.failed.emit(error)

    @Slot()
    def _on_ended(self) -> None:
        self._timer.stop()
        self._show_facts()
        if self._project.is_open and self._facts.finish is None:
            self._load_last()

    @Slot()
    def _on_closed(self) -> None:
        self._facts = RunFacts()
        self._held_back = None
        self.curves.clear()
        self._stack.setCurrentIndex(0)

    @Slot()
    def _show_queue(self) -> None:
        waiting = self._training.waiting
        names = ", ".join(map(str, waiting))
        self._queue.setText(f"Then: run{'s' if len(waiting) > 1 else ''} {names}" if waiting else "")
        self._queue.setVisible(bool(waiting))

    @Slot()
    def _show_facts(self) -> None:
        _, done, total = self._facts.progress()
        self._progress.setVisible(self._training.active)
        self._progress.setRange(0, total)
        self._progress.setValue(done)
        self._lead_on(self._facts.finish is not None)
        self._say(self._facts.line(), self._facts.metrics(), self._facts.remarks())

    def _lead_on(self, there: bool) -> None:
        """Offer the ways to what the run found, if it found something."""
        self._review.setVisible(there)
        self.what_changed.setVisible(there)

    def _say(self, line: str, metrics: str, left_out: str) -> None:
        for label, text in ((self._line, line), (self._metrics, metrics), (self._left_out, left_out)):
            label.setText(text)
            label.setVisible(bool(text))

    @Slot()
    def _load_last(self) -> None:
        """Show the newest run that began, unless one is going."""
        if self._training.active:
            return
        file = self._project.file

        def read() -> tuple[RunInfo | None, list[EpochInfo]]:
            with file.read() as session:
                begun = (run for run in list_runs(session) if run.status not in ("queued", "running"))
                run = next(begun, None)
                return run, [] if run is None else run_epochs(session, run.id)

        self._project.tasks.read(self, read, partial(self._show_run, file.path), key="epochs", later=True)

    def _show_run(self, place: object, found: tuple[RunInfo | None, list[EpochInfo]]) -> None:
        run, epochs = found
        if self._training.active or not self._project.is_open or self._project.file.path != place:
            return
        self._stack.setCurrentIndex(0 if run is None else 1)
        if run is None:
            return
        self.curves.show_history(epochs)
        self._progress.hide()
        self._lead_on(run.best_epoch is not None)
        if self._facts.finish is not None and self._facts.finish.run_id == run.id:
            self._say(self._facts.line(), self._facts.metrics(), self._facts.remarks())
            return
        metrics = json.loads(run.metrics_json or "{}")
        self._say(
            f"Run {run.id}   ·   {len(epochs):,} epochs in {duration(sum(e.seconds for e in epochs))}",
            metrics_in_words(metrics.get("decodings", {}), "test", metrics.get("without_support")),
            run.error or "",
        )
