"""Work of the GUI thread that can be parted, such as building plots: none keeps the window waiting."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

_PAUSE_MILLISECONDS = 15  # between two steps, in which what is there is painted


class OneATurn(QObject):
    """Takes steps one after the other, each in a turn of the event loop of its own.

    They wait while ``widget`` is not seen: two tabs would build their plots in the same turns.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._steps: deque[Callable[[], object]] = deque()
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MILLISECONDS)
        self._timer.timeout.connect(self._next)
        widget.installEventFilter(self)

    def take(self, *steps: Callable[[], object]) -> None:
        """Take these, in place of those that still wait."""
        self._steps = deque(steps)
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show:
            self._timer.start()
        return False

    @Slot()
    def _next(self) -> None:
        if self._steps and self._widget.isVisible():
            self._steps.popleft()()
            self._timer.start()
