"""A training generator without torch, whose pace a test sets."""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Callable, Generator, Iterator
from typing import Any, Literal

import pytest

from core.config import RunConfig
from core.errors import Cancelled, TrainingError
from core.modality import PAPER_MODALITIES
from core.store.project_file import ProjectFile
from core.store.runs import finish_run, start_run
from core.training import child, devices
from core.training.control import RunControl
from core.training.events import EpochDone, Evaluated, Event, Progress, RunFinished, RunStarted

_EPOCH_SECONDS = 0.002  # or the window has more to hear than it can take up on a busy machine
METRICS = {"mrr": 0.5, "hits@1": 0.4, "hits@10": 0.8}


class FakeRun:
    """Takes the place of :mod:`core.training.run`; waits at ``pause_after`` until it is stopped.

    At ``fail_at`` it fails as a run does that began, also where it was asked to stop before: its row says so.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pause_after: int | None = None
        self.fail_at: int | None = None
        self.hold = False  # before the run begins, until it is stopped
        self.linger = False  # after its last word, until it is stopped
        self.fail_with: Exception | None = None
        self.configs: list[RunConfig] = []
        self.resumed: list[int] = []
        self.threads: list[threading.Thread] = []
        module = types.ModuleType("core.training.run")
        module.train = self.train  # type: ignore[attr-defined]
        module.resume = self.resume  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "core.training.run", module)
        # It loads torch: seconds, on a busy machine many.
        monkeypatch.setattr(devices, "leave_a_core", lambda: None)
        monkeypatch.setattr(child, "in_child", in_this_process)

    def train(
        self, project: ProjectFile, config: RunConfig, stop: threading.Event, queued: int = 1
    ) -> Generator[Event, None, None]:
        self.configs.append(config)
        self.threads.append(threading.current_thread())
        yield Progress("reading the graphs", 1, 2)
        if self.hold:
            assert stop.wait(20), "nobody stopped the run"
            raise cancelled()
        if self.fail_with is not None:
            raise self.fail_with
        epochs = config.training.epochs
        with project.write() as session:
            start_run(session, config.to_json(), "CPU, 1 thread", PAPER_MODALITIES, queued=queued)
        yield RunStarted(
            queued,
            "CPU, 1 thread",
            PAPER_MODALITIES,
            {"visual": "no images"},
            (40, 40),
            9,
            9,
            12,
            2,
            26,
            epochs,
        )
        for epoch in range(1, epochs + 1):
            if epoch == self.pause_after:
                assert stop.wait(20), "nobody stopped the run"
            if epoch == self.fail_at:
                error = training_error()
                with project.write() as session:
                    finish_run(session, queued, "failed", error=str(error))
                raise error
            losses = dict.fromkeys(("joint", *PAPER_MODALITIES), 10 / epoch)
            yield EpochDone(queued, epoch, 0.5, losses)
            if epoch % 10 == 0:
                yield Evaluated(queued, epoch, "validation", {"cosine": METRICS, "csls": METRICS})
            if stop.wait(_EPOCH_SECONDS) and self.fail_at is None:
                break
        status: Literal["stopped", "done"] = "stopped" if stop.is_set() else "done"
        with project.write() as session:
            finish_run(session, queued, status, best_epoch=epoch)
        yield RunFinished(
            queued, status, epoch, 12.0, 200, {"csls": METRICS, "sinkhorn": {**METRICS, "mrr": 0.75}}
        )
        if self.linger:
            assert stop.wait(20), "nobody stopped the run"

    def resume(
        self, project: ProjectFile, run_id: int, stop: threading.Event
    ) -> Generator[Event, None, None]:
        self.resumed.append(run_id)
        yield from self.train(project, RunConfig().replace(epochs=20), stop, run_id)


def in_this_process(
    start: Callable[..., Iterator[Any]], control: RunControl, *arguments: Any
) -> Iterator[Any]:
    return start(control, *arguments)


def training_error() -> Exception:
    return TrainingError("there are no known links; import some, or accept pairs")


def cancelled() -> Exception:
    return Cancelled("stopped before training began")
