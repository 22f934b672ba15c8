"""Runs that diverge or run out of memory: what they say, and what they keep."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from sqlalchemy import func, select

from core.config import RunConfig
from core.errors import TrainingError
from core.features.graph_data import load_graph_data
from core.store import runs
from core.store.candidates import reviewable_run
from core.store.epochs import run_epochs
from core.store.project_file import ProjectFile
from core.store.run_files import checkpoint_path
from core.store.schema import Candidate
from core.training.evaluate import evaluate
from core.training.events import EpochDone, Event, Notice, RunFinished
from core.training.failures import out_of_memory
from core.training.loop import TrainingLoop
from core.training.pseudo_seeds import ProbationSeeds
from core.training.run import train
from core.training.stopping import ExplosionWatch
from core.training.trainer import Trainer
from tests.core.training.conftest import SIZE, MakeProject

LINUX = "[enforce fail at alloc_cpu.cpp:121] err == 0. DefaultCPUAllocator: can't allocate memory: you tried"
WINDOWS = "[enforce fail at alloc_cpu.cpp:121] data. DefaultCPUAllocator: not enough memory: you tried"


def _fail(project: ProjectFile, config: RunConfig) -> tuple[list[Event], str]:
    events: list[Event] = []
    with pytest.raises(TrainingError) as caught:
        for event in train(project, config):
            events.append(event)  # noqa: PERF402 - what came before the error counts
    return events, str(caught.value)


def _run(project: ProjectFile) -> tuple[runs.RunInfo, int]:
    with project.read() as session:
        (run,) = runs.list_runs(session)
        return run, session.scalar(select(func.count()).select_from(Candidate)) or 0


@pytest.mark.parametrize("evaluate_every", [2, 100])
def test_a_huge_learning_rate(
    make_project: MakeProject, quick: RunConfig, monkeypatch: pytest.MonkeyPatch, evaluate_every: int
) -> None:
    """Weights overflow after epoch 5: what was evaluated before is kept; without, nothing is finite."""
    epoch = Trainer.epoch

    def faster(self: Trainer, *arguments: Any) -> Any:
        if self.optimizer.state and self.schedule.last_epoch == 4:
            self.optimizer.param_groups[0]["lr"] = 1e38
        return epoch(self, *arguments)

    monkeypatch.setattr(Trainer, "epoch", faster)
    project = make_project()
    events, message = _fail(project, quick.replace(evaluate_every=evaluate_every, checkpoint_every=1))
    assert (
        message.startswith("training diverged after epoch 5, not finite: the ")
        and "lower learning rate" in message
    )
    run, candidates = _run(project)
    assert (run.status, run.error) == ("failed", message)
    assert not checkpoint_path(project.sidecar, run.id).exists()
    with project.read() as session:
        assert len(run_epochs(session, run.id)) == 5
        usable = reviewable_run(session)
    if evaluate_every == 2:
        assert (run.best_epoch, candidates, usable) == (4, SIZE * 10, run.id)
        assert isinstance(events[-1], RunFinished) and events[-1].status == "failed"
        assert evaluate(project)["run"] == run.id
    else:
        assert (run.best_epoch, candidates, usable) == (None, 0, None)


def test_features_that_are_not_finite(
    make_project: MakeProject, quick: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoilt(*arguments: Any) -> Any:
        data = load_graph_data(*arguments)
        data.dense["visual"][0, 0] = torch.inf
        return dataclasses.replace(data)

    monkeypatch.setattr("core.training.run.load_graph_data", spoilt)
    project = make_project(images=True)
    _, message = _fail(project, quick.replace(seed_ratio=1.0))
    assert message.startswith("training diverged after epoch 0, not finite: the visual ")
    run, candidates = _run(project)
    assert (run.status, run.error, run.best_epoch, candidates) == ("failed", message, None, 0)


def test_a_loss_that_explodes(
    make_project: MakeProject, quick: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up the gradient instead of down."""
    epoch = Trainer.epoch

    def upwards(self: Trainer, *arguments: Any) -> Any:
        self.optimizer.param_groups[0]["maximize"] = True
        return epoch(self, *arguments)

    monkeypatch.setattr(Trainer, "epoch", upwards)
    project = make_project()
    _, message = _fail(project, quick.replace(epochs=100, evaluate_every=5))
    assert "loss exploded by epoch" in message and "lower learning rate" in message
    run, candidates = _run(project)
    assert run.status == "failed" and run.best_epoch is not None and candidates == SIZE * 10


def test_what_counts_as_an_explosion() -> None:
    watch = ExplosionWatch(factor=2, patience=3)
    losses = [1.0, 9.0, 9.0, 3.9, 9.0, 9.0]
    assert [watch.exploded({"joint": loss}, uninformed=2.0) for loss in losses] == [[]] * 6
    assert watch.exploded({"joint": 4.1, "visual": 50.0}, uninformed=2.0) == ["joint"]


def test_a_failure_in_the_middle_keeps_what_was_evaluated(
    make_project: MakeProject, quick: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    epoch = Trainer.epoch

    def fail(self: Trainer, *arguments: Any) -> Any:
        if self.schedule.last_epoch == 13:
            raise RuntimeError("the device fell over")
        return epoch(self, *arguments)

    monkeypatch.setattr(Trainer, "epoch", fail)
    project = make_project()
    _, message = _fail(project, quick)
    assert message == "training failed: the device fell over"
    run, candidates = _run(project)
    assert (run.status, run.error, run.best_epoch, candidates) == ("failed", message, 10, SIZE * 10)


def _full_memory(times: int, error: Callable[[], Exception], after: int) -> Callable[..., Any]:
    """An epoch that runs out of memory ``times`` times, after ``after`` epochs."""
    epoch, left = Trainer.epoch, [times]

    def run(self: Trainer, *arguments: Any) -> Any:
        if self.schedule.last_epoch == after and left[0]:
            left[0] -= 1
            torch.randperm(3, generator=self.generator)  # it got that far
            raise error()
        return epoch(self, *arguments)

    return run


ERRORS = [
    lambda: torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    lambda: RuntimeError(LINUX),
    lambda: RuntimeError(WINDOWS),
    MemoryError,
]


@pytest.mark.parametrize("error", ERRORS)
def test_full_memory_once(
    make_project: MakeProject,
    quick: RunConfig,
    monkeypatch: pytest.MonkeyPatch,
    error: Callable[[], Exception],
) -> None:
    """The run goes on as one whose batches were half as large from that epoch on."""
    assert out_of_memory(error())
    config = quick.replace(epochs=6, batch_size=8)
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "epoch", _full_memory(1, error, after=0))
        events = list(train(make_project(), config))
    (notice,) = [event for event in events if isinstance(event, Notice)]
    assert "in batches of 4 seed pairs" in notice.text
    losses = [event.losses for event in events if isinstance(event, EpochDone)]
    small = train(make_project(), config.replace(batch_size=4))
    assert losses == [event.losses for event in small if isinstance(event, EpochDone)]
    assert isinstance(events[-1], RunFinished) and events[-1].status == "done"


@pytest.mark.parametrize("stage", ["_evaluate", "search"])
def test_full_memory_while_ranking(
    make_project: MakeProject, quick: RunConfig, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    """An evaluation or a search for pseudo-seeds is made again, too."""
    config = quick.replace(epochs=4, iterative="paper", iterative_start=1, iterative_every=1)
    owner = TrainingLoop if stage == "_evaluate" else ProbationSeeds
    monkeypatch.setattr(owner, stage, _full_once(getattr(owner, stage)))
    events = list(train(make_project(), config))
    assert [event.text for event in events if isinstance(event, Notice) and "Memory ran out" in event.text]
    assert isinstance(events[-1], RunFinished) and events[-1].status == "done"


def _full_once(work: Callable[..., Any]) -> Callable[..., Any]:
    """``work``, whose first call finds the memory full."""
    calls = []

    def called(*arguments: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise ERRORS[0]()
        return work(*arguments, **more)

    return called


@pytest.mark.parametrize(
    ("error", "advice"),
    [(error, "set device to cpu" if error is ERRORS[0] else "smaller dimension") for error in ERRORS],
)
def test_full_memory_twice(
    make_project: MakeProject,
    quick: RunConfig,
    monkeypatch: pytest.MonkeyPatch,
    error: Callable[[], Exception],
    advice: str,
) -> None:
    monkeypatch.setattr(Trainer, "epoch", _full_memory(2, error, after=3))
    project = make_project()
    _, message = _fail(project, quick.replace(epochs=6))
    assert "memory is full" in message and advice in message
    run, candidates = _run(project)
    assert (run.status, run.error, run.best_epoch, candidates) == ("failed", message, 3, SIZE * 10)


def test_an_ordinary_error_is_not_full_memory() -> None:
    assert not out_of_memory(RuntimeError("shape mismatch"))


def test_the_gradient_is_looked_at_before_the_step(make_project: MakeProject, quick: RunConfig) -> None:
    from core.training.trainer import NotFiniteError

    data = load_graph_data(make_project(), quick.features, quick.model.modalities)
    trainer = Trainer(data, quick, torch.device("cpu"))
    weight = trainer.model.encoders["relation"].weight
    weight.register_hook(lambda gradient: gradient * torch.inf)
    before = weight.detach().clone()
    with pytest.raises(NotFiniteError, match="the gradient"):
        trainer.epoch(np.array([[0, 60], [1, 61]]), threading.Event())
    assert torch.equal(weight, before)
