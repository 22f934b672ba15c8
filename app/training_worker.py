"""The training runs of the window: one at a time, each in a process of its own, others wait in a queue."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from app.job import Job, Report, Work
from app.project import Project
from core.config import RunConfig
from core.errors import Cancelled
from core.store import runs
from core.store.project_file import ProjectFile
from core.store.run_edits import withdraw_run
from core.store.run_files import close_broken_run
from core.training.child import run_in_child
from core.training.control import RunControl
from core.training.events import RunFinished, RunStarted
from core.training.refresh import refresh_config, run_to_refresh


class Training(QObject):
    """Starts and ends runs on the open project, and passes on the events of the one that goes.

    A run is put down in the store before it begins, so that neither closing the window nor a crash loses the
    queue. Only runs that this window was asked for start by themselves.
    """

    started = Signal()
    event_arrived = Signal(object)  # one of core.training.events
    failed = Signal(str, str)  # message, details
    ended = Signal()  # after the thread is gone, however the run ended
    queue_changed = Signal()

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._job: Job | None = None
        self._control = RunControl()
        self._finished: RunFinished | None = None
        self._waiting: list[tuple[int, RunConfig | None]] = []  # run id, settings; none to resume it
        self._run_id, self._new = 0, False  # of the run that goes: it never began before
        self._leaving = False
        self._left: list[tuple[int, RunConfig | None]] = []  # waited when this was asked to leave
        project.closed.connect(self._on_closed)

    @property
    def active(self) -> bool:
        """Whether a run is going."""
        return self._job is not None

    @property
    def stopping(self) -> bool:
        """Whether the run was asked to stop."""
        return self.active and self._control.stopping

    @property
    def discarding(self) -> bool:
        """Whether nothing of the run will be kept."""
        return self.active and self._control.discarding

    @property
    def paused(self) -> bool:
        """Whether the run was asked to pause."""
        return self.active and self._control.paused

    @property
    def going(self) -> int:
        """The run that goes, 0 without one."""
        return self._run_id if self.active else 0

    @property
    def waiting(self) -> Sequence[int]:
        """The runs that start after the one that goes, the next one first."""
        return [run_id for run_id, _ in self._waiting]

    def start(self, config: RunConfig, started_from: int | None = None) -> None:
        """Queue a run; it starts once those before it are over.

        ``started_from`` is the run with whose model it begins.

        Raises:
            RuntimeError: no project is open.
        """
        file = self._project.file

        def put_down() -> int:
            with file.write() as session:
                return runs.queue_run(session, config.to_json(), started_from)

        self._project.tasks.write(self, put_down, partial(self._on_queued, file, config), self._on_refused)

    @Slot()
    def refresh(self) -> None:
        """Queue a run that takes in the verdicts since the newest one and begins with its model."""
        file = self._project.file

        def put_down() -> tuple[RunConfig, int]:
            run = run_to_refresh(file)
            config = refresh_config(run)
            with file.write() as session:
                return config, runs.queue_run(session, config.to_json(), run.id)

        def on_queued(queued: tuple[RunConfig, int]) -> None:
            self._on_queued(file, *queued)

        self._project.tasks.write(self, put_down, on_queued, self._on_refused)

    def start_queued(self, run_id: int, config: RunConfig) -> None:
        """Start a run that was queued when the project was closed."""
        if run_id != self.going and run_id not in self.waiting:
            self._queue(run_id, config)

    def resume(self, run_id: int) -> None:
        """Go on with a run from its checkpoint, with its own settings, once those before it are over."""
        if run_id != self.going and run_id not in self.waiting:
            self._queue(run_id, None)

    @Slot()
    def stop(self) -> None:
        """Stop after the batch that is going; what was evaluated last is kept, and the queue goes on."""
        self._control.stop()

    @Slot()
    def pause(self) -> None:
        """Wait after the epoch that is going."""
        self._control.pause()

    @Slot()
    def go_on(self) -> None:
        """End a pause."""
        self._control.go_on()

    @Slot()
    def discard(self) -> None:
        """End the run and keep nothing of it."""
        self._control.discard()

    def leave(self) -> None:
        """Stop the run and start none: the window or the project closes. What waits stays queued."""
        self._leaving = True
        self._left += self._waiting
        self._waiting.clear()
        self.stop()

    @Slot()
    def stay(self) -> None:
        """Go on as before: another project is open, or it could not be opened and what waited still does."""
        self._leaving = False
        self._waiting, self._left = self._left + self._waiting, []
        self._start_next()
        self.queue_changed.emit()

    def withdraw(self, run_id: int) -> None:
        """Take a run that waits out of the queue, and one that never began out of the project too."""
        begun = any(config is None for waiting, config in self._waiting if waiting == run_id)
        self._waiting = [entry for entry in self._waiting if entry[0] != run_id]
        if begun:
            self.queue_changed.emit()
        else:
            file = self._project.file
            self._project.tasks.write(self, lambda: withdraw_run(file, run_id), self._on_withdrawn)

    def _on_withdrawn(self, _nothing: None) -> None:
        self.queue_changed.emit()

    def _on_queued(self, file: ProjectFile, config: RunConfig, run_id: int) -> None:
        if not self._leaving and self._project.is_open and self._project.file is file:
            self._queue(run_id, config)

    def _on_refused(self, message: str) -> None:
        self.failed.emit(message, "")

    def _queue(self, run_id: int, config: RunConfig | None) -> None:
        self._waiting.append((run_id, config))
        self._start_next()
        self.queue_changed.emit()

    def _start_next(self) -> None:
        if self.active or self._leaving or not self._waiting or not self._project.is_open:
            return
        run_id, config = self._waiting.pop(0)
        self._finished = None
        self._control = RunControl()
        self._job = Job(_work(self._project.file, run_id, config, self._control), self)
        self._job.reported.connect(self._on_event)
        self._job.cancelled.connect(self._on_cancelled)
        self._job.failed.connect(self.failed)
        self._job.ended.connect(self._on_ended)
        self._run_id, self._new = run_id, config is not None
        self._job.start()
        self.started.emit()

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if isinstance(event, RunFinished):
            self._finished = event
        self.event_arrived.emit(event)
        if isinstance(event, RunStarted):
            self.queue_changed.emit()  # until now the store had it as queued

    @Slot()
    def _on_cancelled(self) -> None:
        """It was discarded, or stopped before it began: then it leaves nothing, unless the window closes."""
        self._finished = None  # discarded after its last word
        if self._new and not self._control.discarding and not self._leaving and self._project.is_open:
            self.withdraw(self._run_id)

    @Slot()
    def _on_ended(self) -> None:
        self._job = None
        if self._finished is not None:
            self._project.runs_changed.emit(self._finished.run_id)
        self.ended.emit()
        self._start_next()
        self.queue_changed.emit()

    @Slot()
    def _on_closed(self) -> None:
        self._waiting.clear()
        self._left.clear()


def _work(file: ProjectFile, run_id: int, config: RunConfig | None, control: RunControl) -> Work:
    """A queued run with its settings, or without one that began before and goes on."""

    def work(report: Report, _stop: threading.Event) -> None:
        try:
            for event in run_in_child(file, run_id, config, control):
                report(event)
        except Cancelled:
            raise
        except Exception as error:  # the process may have had no time to say so in the store
            close_broken_run(file, run_id, str(error))
            raise

    return work
