"""Imports torch off the GUI thread and tells which device runs would use."""

from __future__ import annotations

import threading

import shiboken6
from PySide6.QtCore import QObject, Signal, Slot


class DeviceFinder(QObject):
    """Asks once. A plain daemon thread: importing torch takes seconds, and closing the window can't wait."""

    found = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = threading.Thread(target=self._find, name="device", daemon=True)

    @property
    def busy(self) -> bool:
        """Whether torch is being imported."""
        return self._thread.is_alive()

    @Slot()
    def start(self) -> None:
        """Begin; ``found`` follows."""
        self._thread.start()

    def _find(self) -> None:
        text = describe_device()
        if shiboken6.isValid(self):
            self.found.emit(text)


def describe_device() -> str:
    """The device that ``auto`` means here; imports torch, which takes seconds."""
    from core.training.devices import describe, leave_a_core, pick_device

    leave_a_core()
    return describe(pick_device("auto"))
