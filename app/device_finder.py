"""Imports torch off the GUI thread and tells which devices runs can use."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal, Slot

from app.mailbox import Mailbox, Post
from core.training.devices import DeviceInfo


class DeviceFinder(QObject):
    """Asks in a plain daemon thread: importing torch takes seconds, and closing the window can't wait."""

    found = Signal(object)  # list[core.training.devices.DeviceInfo]

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = Mailbox(self)
        self._mailbox.arrived.connect(self._on_found)
        self._thread: threading.Thread | None = None
        self._known = False

    @property
    def busy(self) -> bool:
        """Whether torch is being imported, or devices are asked."""
        return self._thread is not None and self._thread.is_alive()

    @Slot()
    def start(self) -> None:
        """Begin; ``found`` follows."""
        self._thread = threading.Thread(target=_find, args=(self._mailbox.post,), name="device", daemon=True)
        self._thread.start()

    @Slot()
    def renew(self) -> None:
        """Ask again how much memory is free, if that is known to change: not before the first answer."""
        if self._known and not self.busy:
            self.start()

    @Slot(object)
    def _on_found(self, devices: list[DeviceInfo]) -> None:
        self._known = True
        self.found.emit(devices)


def _find(post: Post) -> None:
    post(find_devices())


def find_devices() -> list[DeviceInfo]:
    """The devices that runs can compute on; imports torch, which takes seconds."""
    from core.training.devices import known_devices, leave_a_core, preload

    preload()
    leave_a_core()
    return known_devices()
