"""Runs functions of :mod:`core` off the GUI thread and brings their results back on it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from core.errors import MimeaError

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Task:
    owner: QObject
    work: Callable[[], Any]
    done: Callable[[Any], None] | None
    failed: Callable[[str], None] | None
    key: str
    ticket: int


class _Job(QRunnable):
    def __init__(self, tasks: Tasks, task: _Task) -> None:
        super().__init__()
        self._tasks = tasks
        self._task = task

    def run(self) -> None:
        result: Any = None
        error: str | None = None
        try:
            result = self._task.work()
        except MimeaError as known:
            error = str(known)
        except Exception as unknown:
            _log.exception("a background task failed")
            error = f"Something went wrong: {unknown or type(unknown).__name__}"
        if shiboken6.isValid(self._tasks):
            self._tasks.finished.emit((self._task, result, error))


class Tasks(QObject):
    """One pool for reading, one single thread for writing, so that decisions keep their order.

    A task belongs to an ``owner``: if that object is gone, or a newer task of the same owner and ``key`` was
    started, the result is dropped. Callbacks always run on the GUI thread.
    """

    finished = Signal(object)
    failed = Signal(str)  # a failure that no callback took
    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._readers = QThreadPool(self)
        self._readers.setMaxThreadCount(max(2, self._readers.maxThreadCount()))
        self._writer = QThreadPool(self)
        self._writer.setMaxThreadCount(1)
        self._tickets: dict[tuple[int, str], int] = {}
        self._running = 0
        self._next = 0
        self.finished.connect(self._deliver)

    def read(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[str], None] | None = None,
        *,
        key: str = "",
    ) -> None:
        """Run ``work`` in the pool. With a ``key``, only the newest task's result is delivered."""
        self._start(self._readers, owner, work, done, failed, key)

    def write(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Run ``work`` after all earlier writes; the result is always delivered while the owner lives."""
        self._start(self._writer, owner, work, done, failed, "")

    def wait(self) -> None:
        """Block until everything that was started has ended; for closing the window only."""
        self._readers.waitForDone()
        self._writer.waitForDone()

    @property
    def busy(self) -> bool:
        """Whether any task is running or waiting for delivery."""
        return self._running > 0

    def _start(
        self,
        pool: QThreadPool,
        owner: QObject,
        work: Callable[[], Any],
        done: Callable[[Any], None] | None,
        failed: Callable[[str], None] | None,
        key: str,
    ) -> None:
        self._next += 1
        if key:
            self._tickets[id(owner), key] = self._next
        self._running += 1
        if self._running == 1:
            self.busy_changed.emit(True)
        pool.start(_Job(self, _Task(owner, work, done, failed, key, self._next)))

    @Slot(object)
    def _deliver(self, outcome: tuple[_Task, Any, str | None]) -> None:
        task, result, error = outcome
        self._running -= 1
        if self._running == 0:
            self.busy_changed.emit(False)
        newest = not task.key or self._tickets.get((id(task.owner), task.key)) == task.ticket
        if not shiboken6.isValid(task.owner) or not newest:
            return
        if error is None:
            if task.done is not None:
                task.done(result)
        elif task.failed is not None:
            task.failed(error)
        else:
            self.failed.emit(error)
