"""A run in a process of its own, as the same events that it has in this one.

A thread is not enough beside a window: NumPy, SciPy and the collection of garbage hold the interpreter's
lock, for up to 1.6 s while FB15K-DB15K trains. A process of lower priority leaves the window alone, and one
that the system ends takes nothing along.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from core.config import RunConfig
from core.errors import Cancelled, Discarded, MimeaError, TrainingError
from core.store.places import Place
from core.store.project_file import ProjectFile
from core.store.run_edits import delete_run
from core.store.run_files import checkpoint_path
from core.training.control import RunControl, controlled
from core.training.events import Event, Progress

_POLL_SECONDS = 0.1  # how long a pause or a stop may take to be passed on
_NICE = 5  # of 19: the window comes first where cores are few
_TOLD_APART = (Discarded, Cancelled)  # the errors that mean something else than their message


class ChildDied(TrainingError):
    """The process ended without a word: the system, or somebody, killed it."""


class _ChildTraceback(Exception):
    """Where an error came from, in the process that it came from."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """An error on its way here: class and message of one for people, message and place of a defect."""

    kind: type[MimeaError] | None
    message: str
    details: str = ""

    def raised(self) -> Exception:
        if self.kind is not None:
            return self.kind(self.message)
        error = RuntimeError(self.message)
        error.__cause__ = _ChildTraceback(self.details)
        return error


def run_in_child(
    project: ProjectFile, run_id: int, config: RunConfig | None, control: RunControl
) -> Iterator[Event]:
    """The events of a queued run with these settings, or without settings of one that began before.

    Raises:
        ChildDied: the process was killed; the run can be resumed, if it left a checkpoint.
        MimeaError: as :func:`core.training.control.controlled`.
    """
    yield Progress("Loading PyTorch", 0, 0)
    try:
        yield from in_child(_run, control, project.location, bool(project.read_only), run_id, config)
    except ChildDied as died:
        if not checkpoint_path(project.sidecar, run_id).exists():
            raise
        raise ChildDied(f"{died}; the run can be resumed from its last checkpoint") from None
    if control.discarding:  # when it was as good as over
        delete_run(project, run_id)
        raise Discarded("the run was discarded; nothing of it is kept")


def in_child(start: Callable[..., Iterator[Any]], control: RunControl, *arguments: Any) -> Iterator[Any]:
    """What ``start(control, *arguments)`` yields in another process, whose ``control`` does as this one.

    Closing the generator kills the process.

    Args:
        start: a function of a module that is quick to import.
        control: may be used from any thread.
        arguments: picklable, as is all that is yielded.

    Raises:
        ChildDied: the process was killed.
        MimeaError: of the process, with the same message.
    """
    context = multiprocessing.get_context("spawn")  # a fork would inherit the window's threads and locks
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, start, arguments), name=start.__module__)
    process.start()
    theirs.close()
    atexit.register(process.kill)  # who leaves without waiting wants to leave
    told = _wish(RunControl())
    try:
        while True:
            if (wish := _wish(control)) != told:
                with suppress(OSError):  # it may be over, with its last words still to be read
                    ours.send(wish)
                told = wish
            if not ours.poll(_POLL_SECONDS):
                continue
            message = ours.recv()
            if message is None:
                return
            if isinstance(message, _Failure):
                raise message.raised()
            yield message
    except (EOFError, OSError):
        process.join()
        raise ChildDied(_how(process.exitcode)) from None
    finally:
        ours.close()
        process.join()
        atexit.unregister(process.kill)


def _wish(control: RunControl) -> str:
    """The method of :class:`RunControl` that makes another one as this one is."""
    if control.discarding:
        return "discard"
    if control.stopping:
        return "stop"
    return "pause" if control.paused else "go_on"


def _how(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        name = signal.strsignal(-exit_code) or f"signal {-exit_code}"
        return f"the process that computed was ended from outside ({name}), perhaps because memory ran out"
    return f"the process that computed broke off with exit status {exit_code}; its error output says why"


def _serve(connection: Connection, start: Callable[..., Iterator[Any]], arguments: tuple[Any, ...]) -> None:
    """The life of the other process."""
    control = RunControl()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is for the window
    signal.signal(signal.SIGTERM, lambda *_: control.stop())
    if hasattr(os, "nice"):
        os.nice(_NICE)
    threading.Thread(target=_obey, args=(connection, control), daemon=True).start()
    try:
        for event in start(control, *arguments):
            connection.send(event)
    except MimeaError as known:
        kind = next((kind for kind in _TOLD_APART if isinstance(known, kind)), MimeaError)
        connection.send(_Failure(kind, str(known)))
    except Exception as unknown:
        connection.send(_Failure(None, str(unknown) or type(unknown).__name__, traceback.format_exc()))
    else:
        connection.send(None)


def _obey(connection: Connection, control: RunControl) -> None:
    """Do what the other end wishes, until it is gone: then this process is as good as killed with it."""
    try:
        while True:
            getattr(control, connection.recv())()
    except (EOFError, OSError):
        os._exit(1)


def _run(
    control: RunControl, place: Place, read_only: bool, run_id: int, config: RunConfig | None
) -> Iterator[Event]:
    from core.training.devices import leave_a_core
    from core.training.run import resume, train

    leave_a_core()
    project = ProjectFile.open(place, writable=not read_only)

    def start(stop: threading.Event) -> Generator[Event, None, None]:
        if config is None:
            return resume(project, run_id, stop)
        return train(project, config, stop, queued=run_id)

    try:
        yield from controlled(project, start, control, run_id)
    finally:
        project.close()
