"""A line that says what lies at chosen paths: the look, off the GUI thread, may take long and be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app import theme
from app.job import Job, Report
from core.kg.stopping import stoppable

_TYPING_MILLISECONDS = 250
_PATIENCE_MILLISECONDS = 400  # less than this is no wait that one would want to end


class LookLine(QWidget):
    """One look at a time: a newer one ends the one that goes, and so does hiding this."""

    due = Signal()  # the typing has paused: time to look
    found = Signal(object)  # what the look returned
    failed = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._work: Callable[[], object] | None = None
        self._text = QLabel(objectName=name, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._text.setMinimumHeight(2 * self._text.fontMetrics().lineSpacing())
        self._button = QPushButton("Stop", objectName=f"{name}Stop")
        self._button.setToolTip("Stop looking at these files, or look again")
        self._button.hide()
        layout = QHBoxLayout(self, spacing=theme.MEDIUM)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button, alignment=Qt.AlignmentFlag.AlignTop)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MILLISECONDS)
        self._typing.timeout.connect(self.due)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MILLISECONDS)
        self._patience.timeout.connect(self._on_slow)
        self._button.clicked.connect(self._on_button)

    @property
    def looking(self) -> bool:
        """Whether a look goes."""
        return self._job is not None

    def await_typing(self) -> None:
        """End the look that goes, for it is at another choice, and say when a look at this one is due."""
        self.stop()
        self._typing.start()

    def look(self, work: Callable[[], object]) -> None:
        """Run ``work`` on a thread of its own; what it reads ends when this is stopped."""
        self.stop()
        self._work = work

        def looked(_report: Report, stop: threading.Event) -> object:
            with stoppable(stop):
                return work()

        self._job = Job(looked, self)
        self._job.succeeded.connect(self._on_found)
        self._job.failed.connect(self._on_failed)
        self._job.start()
        self._patience.start()

    def stop(self) -> None:
        """End the look that goes, and hear no more of it: a path that does not answer can't even be left."""
        if self._job is not None:
            self._job.succeeded.disconnect(self._on_found)
            self._job.failed.disconnect(self._on_failed)
            self._job.stop()
        self._done()

    def say(self, text: str, role: str = "secondary") -> None:
        """Show a sentence."""
        self._text.setText(text)
        self._text.setProperty("role", role)
        self._text.style().unpolish(self._text)
        self._text.style().polish(self._text)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.stop()

    def _done(self) -> None:
        self._job = None
        self._typing.stop()
        self._patience.stop()
        self._button.hide()

    @Slot()
    def _on_slow(self) -> None:
        self.say("Looking at what is there …")
        self._button.setText("Stop")
        self._button.show()

    @Slot()
    def _on_button(self) -> None:
        if self._job is None:
            if self._work is not None:
                self.look(self._work)
                self._on_slow()
            return
        self.stop()
        self.say("Stopped: what is there is not known.")
        self._button.setText("Look again")
        self._button.show()

    @Slot(object)
    def _on_found(self, found: object) -> None:
        self._done()
        self.found.emit(found)

    @Slot(str, str)
    def _on_failed(self, message: str, _details: str) -> None:
        self._done()
        self.failed.emit(message)
