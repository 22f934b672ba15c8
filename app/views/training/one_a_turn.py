"""Work of the GUI thread that can be parted, such as building plots: none keeps the window waiting."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

_PAUSE_MILLISECONDS = 15  # between two steps, in which what is there is painted


class OneATurn(QObject):
    """Takes steps one after the other, each in a turn of the event loop of its own."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: deque[Callable[[], object]] = deque()
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MILLISECONDS)
        self._timer.timeout.connect(self._next)

    def take(self, *steps: Callable[[], object]) -> None:
        """Take these, in place of those that still wait."""
        self._steps = deque(steps)
        self._timer.start()

    @Slot()
    def _next(self) -> None:
        if self._steps:
            self._steps.popleft()()
            self._timer.start()
