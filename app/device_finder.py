"""Imports torch off the GUI thread and tells which device runs would use."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal, Slot

from app.mailbox import Mailbox, Post


class DeviceFinder(QObject):
    """Asks once. A plain daemon thread: importing torch takes seconds, and closing the window can't wait."""

    found = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = Mailbox(self)
        self._mailbox.arrived.connect(self._on_described)
        self._thread = threading.Thread(target=_find, args=(self._mailbox.post,), name="device", daemon=True)

    @property
    def busy(self) -> bool:
        """Whether torch is being imported."""
        return self._thread.is_alive()

    @Slot()
    def start(self) -> None:
        """Begin; ``found`` follows."""
        self._thread.start()

    @Slot(object)
    def _on_described(self, text: str) -> None:
        self.found.emit(text)


def _find(post: Post) -> None:
    post(describe_device())


def describe_device() -> str:
    """The device that ``auto`` means here; imports torch, which takes seconds."""
    from core.training.devices import describe, leave_a_core, pick_device, preload

    preload()
    leave_a_core()
    return describe(pick_device("auto"))
