"""Long work on a thread of its own: reports while it goes, can be stopped, and ends exactly once."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal, Slot

from app.mailbox import Mailbox, Post
from core.errors import Cancelled, MimeaError
from core.store.engines import failure

Report = Callable[[object], None]
Work = Callable[[Report, threading.Event], Any]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Message:
    """Names the signal of :class:`Job` that it becomes."""

    signal: Literal["reported", "succeeded", "cancelled", "failed", "ended"]
    arguments: tuple[Any, ...] = ()


class Job(QObject):
    """Runs ``work(report, stop)`` once: ``succeeded``, ``cancelled`` or ``failed`` comes, then ``ended``.

    ``stop`` is an event that is set directly, because the busy thread looks at nothing else.
    All signals arrive on the thread that owns this object.
    """

    reported = Signal(object)
    succeeded = Signal(object)
    cancelled = Signal()
    failed = Signal(str, str)  # message for people, details (empty where the message says it all)
    ended = Signal()

    def __init__(self, work: Work, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop = threading.Event()
        self._mailbox = Mailbox(self)
        self._mailbox.arrived.connect(self._on_message)
        # A daemon: whoever leaves without waiting wants to leave. The window waits before it closes.
        self._thread = threading.Thread(
            target=_run, args=(work, self._stop, self._mailbox.post), name="job", daemon=True
        )

    @property
    def stopping(self) -> bool:
        """Whether the work was asked to stop."""
        return self._stop.is_set()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the work to stop; it does at its next look at the event."""
        self._stop.set()

    def wait(self) -> None:
        """Block until the thread has ended; for tests and for leaving the program only."""
        self._thread.join()

    @Slot(object)
    def _on_message(self, message: _Message) -> None:
        if message.signal == "ended":
            self._thread.join()  # it posted its last message, so it is as good as gone
            self.deleteLater()
        getattr(self, message.signal).emit(*message.arguments)


def _run(work: Work, stop: threading.Event, post: Post) -> None:
    def report(value: object) -> None:
        post(_Message("reported", (value,)))

    try:
        result = work(report, stop)
    except Cancelled:
        post(_Message("cancelled"))
    except MimeaError as known:
        post(_Message("failed", (str(known), "")))
    except Exception as unknown:
        _log.exception("a job failed")
        message = failure(unknown) or f"Something went wrong: {unknown or type(unknown).__name__}"
        post(_Message("failed", (message, traceback.format_exc())))
    else:
        post(_Message("succeeded", (result,)))
    finally:
        post(_Message("ended"))
