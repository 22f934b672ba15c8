"""Brings messages of other threads onto the GUI thread without a call into Qt from those threads.

A Python thread may keep the interpreter's lock while it waits for one of Qt's, and the GUI thread may hold
that one while it waits for the interpreter's, in ``disconnect()`` for example: then both wait for ever. So
worker threads have a queue and a socket, which Qt's loop watches.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import time
import weakref
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

Post = Callable[[Any], None]
_SLICE = 0.008  # seconds of handling messages before the window gets its turn


class Mailbox(QObject):
    """``arrived`` comes on the GUI thread, once for each message, in the order they were posted in."""

    arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._slot = _Slot()
        self._notifier = QSocketNotifier(self._slot.reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_woken)
        weakref.finalize(self, self._slot.close)

    @property
    def post(self) -> Post:
        """What a thread calls with its message; it holds no Qt object, and may outlive the mailbox."""
        return self._slot.put

    @Slot()
    def _on_woken(self) -> None:
        self._slot.calm()
        until = time.perf_counter() + _SLICE
        messages = self._slot.messages
        try:
            while not messages.empty() and time.perf_counter() < until:
                self.arrived.emit(messages.get())
        finally:
            if not messages.empty():
                self._slot.wake()


class _Slot:
    """The side that threads see: no Qt."""

    def __init__(self) -> None:
        self.messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.reader, self._writer = socket.socketpair()
        self.reader.setblocking(False)
        self._writer.setblocking(False)

    def put(self, message: Any) -> None:
        self.messages.put(message)
        self.wake()

    def wake(self) -> None:
        # A full socket wakes the loop as well as one more byte would; a closed one has nobody to wake.
        with contextlib.suppress(OSError):
            self._writer.send(b"\0")

    def calm(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self.reader.recv(4096)

    def close(self) -> None:
        self.reader.close()
        self._writer.close()
