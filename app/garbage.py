"""Garbage collection on the GUI thread only.

Python collects cycles in whichever thread happens to allocate. If that is a worker, it destroys widgets and
other Qt objects of the GUI thread from outside, and the program crashes.
"""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, QTimer, Slot

_INTERVAL_MILLISECONDS = 1000
_LIBRARY = 100  # modules


class GarbageCollector(QObject):
    """Takes over from the automatic collector while it lives; lives on the GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.collect()
        self._freeze()
        gc.disable()
        self._timer = QTimer(self, interval=_INTERVAL_MILLISECONDS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def stop(self) -> None:
        """Hand back to the automatic collector."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _freeze(self) -> None:
        """Take all that there is as staying: later collections need not look at it."""
        gc.freeze()
        self._modules = len(sys.modules)

    @Slot()
    def _collect(self) -> None:
        """Collect the oldest generation that is due, by the same thresholds as the automatic collector.

        What loading a library brings stays. To look at PyTorch's takes 0.1 s each time, the first time too.
        """
        if len(sys.modules) - self._modules >= _LIBRARY:
            self._freeze()
            return
        due = [number > threshold for number, threshold in zip(gc.get_count(), self._thresholds, strict=True)]
        if any(due):
            gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))
