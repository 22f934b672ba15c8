"""Tells the status bar what happens in the project, and the actions what can be undone."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.project import Project
from app.project_opener import ProjectOpener
from app.training_worker import Training
from app.views.status_bar import StatusBar
from app.views.training.run_facts import ENDED, RunFacts, duration
from core.review import journal
from core.review.journal import VerdictCounts
from core.store.import_report import ImportProgress
from core.training.events import Continued, EpochDone, Event, Paused, Progress

Counted = tuple[VerdictCounts, int | None]


class StatusReporter(QObject):
    """Reads counts when they may have changed, off the GUI thread."""

    history_changed = Signal(bool, bool)  # can undo, can redo

    def __init__(self, bar: StatusBar, project: Project, training: Training, opener: ProjectOpener) -> None:
        super().__init__(bar)
        self._bar = bar
        self._project = project
        self._training = training
        self._facts = RunFacts()
        self._failed = False
        bar.show_project("")
        project.opened.connect(self._on_opened)
        project.closed.connect(self._on_closed)
        project.verdicts_changed.connect(self._count)
        project.runs_changed.connect(self._count)
        project.graphs_changed.connect(self._count)
        training.started.connect(self._on_training_started)
        training.event_arrived.connect(self._on_event)
        training.failed.connect(self._on_training_failed)
        training.ended.connect(self._on_training_ended)
        opener.opening.connect(bar.show_job)
        opener.failed.connect(self._on_open_failed)
        opener.progress.connect(self._on_import_progress)
        opener.importing_changed.connect(self._on_importing_changed)

    @Slot()
    def _on_opened(self) -> None:
        file = self._project.file
        self._bar.show_project(file.name if file.is_shared else file.path.name, file.place)
        self._bar.show_result("")
        self._count()

    @Slot()
    def _on_open_failed(self) -> None:
        self._bar.show_result("")

    @Slot()
    def _on_closed(self) -> None:
        self._bar.show_project("")
        self.history_changed.emit(False, False)

    @Slot()
    def _count(self) -> None:
        file, whose, tasks = self._project.file, self._project.whose, self._project.tasks

        def read_history() -> tuple[bool, bool]:
            with file.read() as session:
                return journal.history_state(session, whose)

        def read() -> Counted:
            from core.store.candidates import reviewable_run
            from core.store.queues import waiting_count

            with file.read() as session:
                run = reviewable_run(session)
                left = None if run is None else waiting_count(session, run)
                return journal.verdict_counts(session), left

        tasks.read(self, read_history, self._tell_history, key="history")  # the next key may be one of these
        tasks.read(self, read, self._show_counts, key="counts", later=True)

    def _tell_history(self, history: tuple[bool, bool]) -> None:
        if self._project.is_open:
            self.history_changed.emit(*(history if self._project.may_write else (False, False)))

    def _show_counts(self, counted: Counted) -> None:
        if self._project.is_open:
            self._bar.show_verdicts(*counted)

    @Slot()
    def _on_training_started(self) -> None:
        self._facts = RunFacts()
        self._failed = False
        self._bar.show_job("Training: starting")

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        self._facts.take(event)
        if not isinstance(event, (EpochDone, Progress, Paused, Continued)):
            return
        words, done, total = self._facts.progress()
        left = self._facts.seconds_left
        ending = f", {duration(left)} left" if left is not None and self._facts.stage is None else ""
        prefix = "Stopping" if self._training.stopping else "Training"
        self._bar.show_job(f"{prefix}: {words[0].lower()}{words[1:]}{ending}", done, total)

    @Slot(str, str)
    def _on_training_failed(self, _message: str, _details: str) -> None:
        self._failed = True

    @Slot()
    def _on_training_ended(self) -> None:
        finish = self._facts.finish
        if finish is None:
            self._bar.show_result("Training failed" if self._failed else "Training stopped")
            return
        best = max((values["mrr"] for values in finish.metrics.values()), default=None)
        mrr = f": MRR {best:.3f}" if best is not None else ""
        self._bar.show_result(f"Run {finish.run_id} {ENDED[finish.status]}{mrr}")

    @Slot(object)
    def _on_import_progress(self, progress: ImportProgress) -> None:
        total = 1000 if progress.total else 0
        done = 1000 * progress.done // progress.total if progress.total else 0
        self._bar.show_job(f"Demo: {progress.stage}", done, total)

    @Slot(bool)
    def _on_importing_changed(self, importing: bool) -> None:
        if importing:
            self._bar.show_job("Demo: opening")
        else:
            self._bar.show_result("")
