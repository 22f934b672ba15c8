"""The switches of a run: start or queue, pause, stop, discard."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app import theme
from app.training_worker import Training
from app.views.training.page_button import PageButton


class RunButtons(QWidget):
    """Enabled as the state of the run allows; each says what it does on hover."""

    start_requested = Signal()

    def __init__(self, training: Training, page: QWidget) -> None:
        super().__init__()
        self._page = page
        self._training = training
        self._ready = False
        self._start = self._button(
            "startTraining",
            "Ctrl+Return",
            "Start a run with these settings, or put it behind the one that is going",
            "mdi6.play",
            primary=True,
        )
        self._pause = self._button(
            "pauseTraining",
            "Ctrl+Shift+P",
            "Wait after the epoch that is going (memory stays taken), or go on",
            "mdi6.pause",
        )
        self._stop = self._button(
            "stopTraining",
            "Ctrl+.",
            "Stop the run and keep its best state with its candidates",
            "mdi6.stop",
        )
        self._discard = self._button(
            "discardTraining",
            "Ctrl+Shift+Del",
            "Stop the run and keep nothing of it",
            "mdi6.trash-can-outline",
        )
        row = QHBoxLayout(spacing=theme.SMALL)
        for button in (self._pause, self._stop, self._discard):
            row.addWidget(button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(self._start)
        layout.addLayout(row)
        self._start.asked.connect(self.start_requested)
        self._pause.asked.connect(self._on_pause)
        self._stop.asked.connect(self._on_stop)
        self._discard.asked.connect(self._on_discard)
        for signal in (training.started, training.ended, training.queue_changed):
            signal.connect(self._update)
        self._update()

    def set_ready(self, ready: bool) -> None:
        """Whether there is something to start."""
        self._ready = ready
        self._update()

    @Slot()
    def _on_pause(self) -> None:
        if self._training.paused:
            self._training.go_on()
        else:
            self._training.pause()
        self._update()

    @Slot()
    def _on_stop(self) -> None:
        self._training.stop()
        self._update()

    @Slot()
    def _on_discard(self) -> None:
        self._training.discard()
        self._update()

    @Slot()
    def _update(self) -> None:
        run = self._training
        going = run.active and not run.stopping
        self._start.allow(self._ready)
        self._pause.allow(going)
        self._stop.allow(going)
        self._discard.allow(run.active and not run.discarding)
        self._start.setText("Add to the queue" if run.active else "Start")
        self._pause.setText("Continue" if run.paused else "Pause")
        self._stop.setText("Stopping …" if run.stopping and not run.discarding else "Stop")
        self._discard.setText("Discarding …" if run.discarding else "Discard")

    def _button(self, name: str, key: str, tip: str, icon_name: str, *, primary: bool = False) -> PageButton:
        words = name.removesuffix("Training").capitalize()
        return PageButton(
            self._page,
            name,
            words,
            key,
            tip,
            group="Train",
            icon_name=icon_name,
            primary=primary,
            compact=not primary,
        )
