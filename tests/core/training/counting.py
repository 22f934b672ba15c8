"""What other processes run in the tests of :mod:`core.training.child`; quick to import there."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

from core.errors import ProjectError
from core.training.control import RunControl


def count(control: RunControl, last: int) -> Iterator[object]:
    """Numbers from 1, and where it runs."""
    yield os.getpid()
    yield from range(1, last + 1)


def until_stopped(control: RunControl) -> Iterator[str]:
    yield "begun"
    control.stop_event.wait()
    yield "discarding" if control.discarding else "stopping"


def paused_and_back(control: RunControl) -> Iterator[str]:
    yield "begun"
    while not control.paused:
        control.stop_event.wait(0.01)
    yield "paused"
    control.wait()
    yield "going on"


def over_before_it_hears(control: RunControl) -> Iterator[str]:
    """What is wished at its last word comes too late."""
    yield "last"


def refuse(control: RunControl) -> Iterator[str]:
    yield "begun"
    raise ProjectError("the disk is full")


def break_down(control: RunControl) -> Iterator[str]:
    yield "begun"
    raise ZeroDivisionError("a defect")


def be_killed(control: RunControl) -> Iterator[str]:
    yield "begun"
    os.kill(os.getpid(), signal.SIGKILL)


def hear_the_system(control: RunControl) -> Iterator[str]:
    """SIGTERM, as when the machine shuts down, and Ctrl+C, which is the window's."""
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)
    yield "stopping" if control.stop_event.wait(10) else "going on"
