"""Being a good citizen of a terminal: Ctrl+C that saves first, progress that pipes never see."""

from __future__ import annotations

import getpass
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


def login_name() -> str:
    """Who is at work; empty where the system does not know, as in a container with a user of its own."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""


@contextmanager
def interruptible() -> Iterator[threading.Event]:
    """An event that Ctrl+C sets, so that work ends with everything saved; a second Ctrl+C ends at once."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def interrupt(_signal: int, _frame: Any) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A function (stage, done, total) that draws on standard error when that is a terminal."""
    from tqdm import tqdm

    bar = tqdm(total=None, disable=None, leave=False, file=sys.stderr)

    def show(stage: str, done: int, total: int) -> None:
        if bar.disable:
            return
        bar.set_description(stage, refresh=False)
        bar.total = total or None
        bar.n = done
        bar.refresh()

    try:
        yield show
    finally:
        bar.close()
