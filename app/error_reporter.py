"""Errors that nobody expected: logged, and told in the window instead of ending it."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Signal, Slot

from app.mailbox import Mailbox

_log = logging.getLogger(__name__)


class ErrorReporter(QObject):
    """Takes exceptions of slots and threads; its signal comes on the GUI thread."""

    caught = Signal(str, str)  # message, traceback

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = Mailbox(self)
        self._mailbox.arrived.connect(self._tell)

    def install(self) -> None:
        """Take over from the interpreter."""
        sys.excepthook = self.report
        threading.excepthook = self._report_thread

    def report(
        self, kind: type[BaseException], error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Log an exception and tell it."""
        if error is None or issubclass(kind, KeyboardInterrupt):
            return
        _log.error("an unexpected error", exc_info=(kind, error, where))
        details = "".join(traceback.format_exception(kind, error, where))
        message = f"Something went wrong: {error or kind.__name__}. Your decisions are saved."
        self._mailbox.post((message, details))

    def _report_thread(self, arguments: threading.ExceptHookArgs) -> None:
        self.report(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    @Slot(object)
    def _tell(self, told: tuple[str, str]) -> None:
        self.caught.emit(*told)
