"""Runs functions of :mod:`core` off the GUI thread and brings their results back on it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.mailbox import Mailbox, Post
from core.errors import MimeaError
from core.store.engines import failure

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Task:
    """What stays on the GUI thread of a task: its thread knows its work and its ticket only."""

    owner: QObject
    done: Callable[[Any], None] | None
    failed: Callable[[str], None] | None
    key: str
    future: Future[None]
    reads: bool


@dataclass(frozen=True, slots=True)
class _Outcome:
    ticket: int
    result: Any
    error: str | None


class Tasks(QObject):
    """One pool for reading, one single thread for writing, so that decisions keep their order.

    A task belongs to an ``owner``: if that object is gone, or a newer task of the same owner and ``key`` was
    started, the result is dropped. Callbacks always run on the GUI thread.
    """

    failed = Signal(str)  # a failure that no callback took

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Python's threads, and no Qt in them: app.mailbox says why.
        self._readers = ThreadPoolExecutor(max(2, os.cpu_count() or 2), "reader")
        self._writer = ThreadPoolExecutor(1, "writer")
        self._mailbox = Mailbox(self)
        self._mailbox.arrived.connect(self._deliver)
        self._running: dict[int, _Task] = {}
        self._newest: dict[tuple[int, str], int] = {}
        self._tickets = 0
        self._later: dict[object, Callable[[], None]] = {}
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._start_later)

    def read(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[str], None] | None = None,
        *,
        key: str = "",
        later: bool = False,
    ) -> None:
        """Run ``work`` in the pool. With a ``key``, only the newest task's result is delivered.

        ``later`` is for what nobody waits for, such as the counts of a page that is not shown: such tasks
        run one by one, that which was asked for last first, and none begins while anything else is read.
        """
        start = partial(self._start, self._readers, owner, work, done, failed, key)
        if not later:
            start()
            return
        place = (id(owner), key) if key else start
        self._later.pop(place, None)  # of which the result would be dropped
        self._later[place] = start
        self._timer.start()  # not now: what is to come first may be asked for next

    def write(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Run ``work`` after all earlier writes; the result is always delivered while the owner lives."""
        self._start(self._writer, owner, work, done, failed, "")

    def write_after_all(self, owner: QObject, work: Callable[[], object]) -> None:
        """Run ``work`` as a write, once everything that was started before has ended."""
        while self._later:
            self._later.popitem()[1]()
        before = [task.future for task in self._running.values()]

        def last() -> None:
            wait_for(before)
            work()

        self.write(owner, last)

    def wait(self) -> None:
        """Block until everything that was started has ended; for closing the window only."""
        wait_for([task.future for task in self._running.values()])

    @property
    def busy(self) -> bool:
        """Whether any task is waiting, running or to be delivered."""
        return bool(self._running or self._later)

    def _start(
        self,
        pool: ThreadPoolExecutor,
        owner: QObject,
        work: Callable[[], Any],
        done: Callable[[Any], None] | None,
        failed: Callable[[str], None] | None,
        key: str,
    ) -> None:
        self._tickets += 1
        ticket = self._tickets
        if key:
            self._newest[id(owner), key] = ticket
        future = pool.submit(_run, ticket, work, self._mailbox.post)
        self._running[ticket] = _Task(owner, done, failed, key, future, pool is self._readers)

    @Slot()
    def _start_later(self) -> None:
        if self._later and not any(task.reads for task in self._running.values()):
            self._later.popitem()[1]()

    @Slot(object)
    def _deliver(self, outcome: _Outcome) -> None:
        task = self._running.pop(outcome.ticket)
        if self._later:
            self._timer.start()
        newest = not task.key or self._newest.get((id(task.owner), task.key)) == outcome.ticket
        if not shiboken6.isValid(task.owner) or not newest:
            return
        if outcome.error is None:
            if task.done is not None:
                task.done(outcome.result)
        elif task.failed is not None:
            task.failed(outcome.error)
        else:
            self.failed.emit(outcome.error)


def _run(ticket: int, work: Callable[[], Any], post: Post) -> None:
    result: Any = None
    error: str | None = None
    try:
        result = work()
    except MimeaError as known:
        error = str(known)
    except Exception as unknown:
        _log.exception("a background task failed")
        error = failure(unknown) or f"Something went wrong: {unknown or type(unknown).__name__}"
    post(_Outcome(ticket, result, error))
