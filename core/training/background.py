"""Lets a generator report the progress of a function that reports through a callback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import TypeVar

from core.errors import Cancelled
from core.training.events import Progress

T = TypeVar("T")
_POLL_SECONDS = 0.1


def with_progress(
    work: Callable[[Callable[[str, int, int], None]], T], stop: threading.Event
) -> Generator[Progress, None, T]:
    """Run ``work(on_progress)`` in a thread of its own and yield what it reports; returns its result.

    Raises:
        Cancelled: ``stop`` was set when the work next reported.
    """
    reports: SimpleQueue[Progress] = SimpleQueue()
    abandoned = threading.Event()

    def on_progress(stage: str, done: int, total: int) -> None:
        if stop.is_set() or abandoned.is_set():
            raise Cancelled("stopped before training began")
        reports.put(Progress(stage, done, total))

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="features") as pool:
        future = pool.submit(work, on_progress)
        try:
            while not future.done():
                try:
                    yield reports.get(timeout=_POLL_SECONDS)
                except Empty:
                    continue
            while not reports.empty():
                yield reports.get()
        finally:
            abandoned.set()  # the consumer closed the generator: don't make it wait for the whole work
        return future.result()
