"""Long work on a thread of its own: reports while it goes, can be stopped, and ends exactly once."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from core.errors import Cancelled, MimeaError

Report = Callable[[object], None]
Work = Callable[[Report, threading.Event], Any]
_log = logging.getLogger(__name__)


class _Runner(QObject):
    reported = Signal(object)
    succeeded = Signal(object)
    cancelled = Signal()
    failed = Signal(str, str)

    def __init__(self, work: Work, stop: threading.Event) -> None:
        super().__init__()
        self._work = work
        self._stop = stop

    @Slot()
    def run(self) -> None:
        try:
            result = self._work(self.reported.emit, self._stop)
        except Cancelled:
            self.cancelled.emit()
        except MimeaError as known:
            self.failed.emit(str(known), "")
        except Exception as unknown:
            _log.exception("a job failed")
            message = f"Something went wrong: {unknown or type(unknown).__name__}"
            self.failed.emit(message, traceback.format_exc())
        else:
            self.succeeded.emit(result)
        QThread.currentThread().quit()


class Job(QObject):
    """Runs ``work(report, stop)`` once: ``succeeded``, ``cancelled`` or ``failed`` comes, then ``ended``.

    ``stop`` is an event that is set directly, because the busy thread would never see a queued signal.
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
        self._thread = QThread()
        self._runner = _Runner(work, self._stop)
        self._runner.moveToThread(self._thread)
        self._thread.started.connect(self._runner.run)
        self._thread.finished.connect(self._on_finished)
        self._runner.reported.connect(self._on_reported)
        self._runner.succeeded.connect(self._on_succeeded)
        self._runner.cancelled.connect(self._on_cancelled)
        self._runner.failed.connect(self._on_failed)

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
        self._thread.wait()

    @Slot(object)
    def _on_reported(self, report: object) -> None:
        self.reported.emit(report)

    @Slot(object)
    def _on_succeeded(self, result: object) -> None:
        self.succeeded.emit(result)

    @Slot()
    def _on_cancelled(self) -> None:
        self.cancelled.emit()

    @Slot(str, str)
    def _on_failed(self, message: str, details: str) -> None:
        self.failed.emit(message, details)

    @Slot()
    def _on_finished(self) -> None:
        # The signal comes from the thread's last moments: only after wait() may the thread be destroyed.
        self._thread.wait()
        self.ended.emit()
        self.deleteLater()
