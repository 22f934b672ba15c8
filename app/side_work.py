"""Long work beside the runs, one at a time: ablations, measuring. The window waits for it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.job import Job, Work


class SideWork(QObject):
    """Holds the job that is going, so that neither the window nor the project closes beneath it."""

    changed = Signal()  # one began, was asked to stop, or ended
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._leaving = False

    @property
    def free(self) -> bool:
        """Whether something may begin."""
        return self._job is None and not self._leaving

    @property
    def active(self) -> bool:
        """Whether something is going."""
        return self._job is not None

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop."""
        return self._job is not None and self._job.stopping

    def start(self, work: Work) -> Job:
        """Begin; what it tells comes from the job's own signals.

        Raises:
            RuntimeError: something is going already.
        """
        if self._job is not None:
            raise RuntimeError("something is going already")
        self._job = Job(work, self)
        self._job.ended.connect(self._on_ended)
        self._job.start()
        self.changed.emit()
        return self._job

    @Slot()
    def stop(self) -> None:
        """Ask it to stop."""
        if self._job is not None:
            self._job.stop()
            self.changed.emit()

    def leave(self) -> None:
        """Stop and begin nothing, because the window or the project closes."""
        self._leaving = True
        self.stop()

    @Slot()
    def stay(self) -> None:
        """Work may begin again: a project is open."""
        self._leaving = False

    @Slot()
    def _on_ended(self) -> None:
        self._job = None
        self.changed.emit()
        self.ended.emit()
