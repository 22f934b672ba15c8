"""Reading that may be stopped from elsewhere, looked at wherever a file is read or a folder gone through.

Readers stream, yet what a part tells first may stand far behind in its file, and an archive is unpacked
before anything is read of it: so the question is asked where bytes come in, and no reader carries it along.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from core.errors import Cancelled

_STOP: ContextVar[tuple[threading.Event, str] | None] = ContextVar("stop", default=None)


@contextmanager
def stoppable(stop: threading.Event | None, words: str = "stopped") -> Iterator[None]:
    """Within, on this thread, reading ends with Cancelled(``words``) once ``stop`` is set.

    Without an event, what is around stays as it is.
    """
    token = _STOP.set((stop, words)) if stop is not None else None
    try:
        yield
    finally:
        if token is not None:
            _STOP.reset(token)


def check_stop() -> None:
    """Go on unless somebody wants no more.

    Raises:
        Cancelled: the event was set.
    """
    held = _STOP.get()
    if held is not None and held[0].is_set():
        raise Cancelled(held[1])
