"""The training run of the window: at most one, on a thread of its own, over ``core.training``'s generator."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal, Slot

from app.job import Job, Report, Work
from app.project import Project
from core.config import RunConfig
from core.store.project_file import ProjectFile
from core.training.events import Progress, RunFinished


class Training(QObject):
    """Starts and stops runs on the open project, and passes their events on."""

    started = Signal()
    event_arrived = Signal(object)  # one of core.training.events
    failed = Signal(str, str)  # message, details
    ended = Signal()  # after the thread is gone, however the run ended

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._job: Job | None = None
        self._finished: RunFinished | None = None

    @property
    def active(self) -> bool:
        """Whether a run is going."""
        return self._job is not None

    @property
    def stopping(self) -> bool:
        """Whether the run was asked to stop."""
        return self._job is not None and self._job.stopping

    def start(self, config: RunConfig) -> None:
        """Start a run.

        Raises:
            RuntimeError: one is going already, or no project is open.
        """
        self._begin(config)

    def resume(self, run_id: int) -> None:
        """Go on with a run from its checkpoint, with its own settings.

        Raises:
            RuntimeError: one is going already, or no project is open.
        """
        self._begin(run_id)

    def _begin(self, what: RunConfig | int) -> None:
        if self._job is not None:
            raise RuntimeError("a run is going already")
        self._finished = None
        self._job = Job(_work(self._project.file, what), self)
        self._job.reported.connect(self._on_event)
        self._job.failed.connect(self.failed)
        self._job.ended.connect(self._on_ended)
        self._job.start()
        self.started.emit()

    @Slot()
    def stop(self) -> None:
        """Stop after the epoch that is going; what was evaluated last is kept."""
        if self._job is not None:
            self._job.stop()

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, RunFinished):
            self._finished = event
        self.event_arrived.emit(event)

    @Slot()
    def _on_ended(self) -> None:
        self._job = None
        if self._finished is not None:
            self._project.runs_changed.emit(self._finished.run_id)
        self.ended.emit()


def _work(file: ProjectFile, what: RunConfig | int) -> Work:
    """A new run with these settings, or the one with this identifier again."""

    def work(report: Report, stop: threading.Event) -> None:
        report(Progress("Loading PyTorch", 0, 0))
        from core.training.devices import leave_a_core, preload

        preload()
        from core.training.run import resume, train  # seconds: not for the thread of the window

        leave_a_core()  # in this thread: OpenMP keeps the number by thread
        events = train(file, what, stop) if isinstance(what, RunConfig) else resume(file, what, stop)
        for event in events:
            report(event)

    return work
