"""An ablation from its variants to measured cells, as a generator of events.

A cell is trained by :func:`core.training.run.train`, the code that a curator's run goes through, with its
early stopping, pseudo-seeds and checks. It works in a scratch copy of the project: runs of an ablation in the
project itself would stand between the curator's own, and their candidates fill it. What is kept of a cell are
its metrics, one line in a file beside the project, which is also what an interrupted ablation goes on from.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from core.ablation.cells import Cell, CellFile, Values
from core.ablation.cost import measure_cost
from core.ablation.events import AblationFinished, AblationStarted, CellDone, CellFailed, CellStarted, Event
from core.ablation.scratch import forget_run, scratch_copy
from core.ablation.study import Plan, Study, features, prepare
from core.ablation.variants import Ablation
from core.config import RunConfig
from core.errors import Cancelled, TrainingError
from core.store.project_file import ProjectFile
from core.training.devices import describe
from core.training.events import EpochDone, Progress, RunFinished, RunStarted
from core.training.run import train
from core.training.trainer import Trainer

_Measure = Callable[[Plan], Generator[Event, None, Values | None]]  # returns None if it was stopped


class CellError(TrainingError):
    """A cell that began to train and failed; others may succeed."""


def ablate(
    project: ProjectFile,
    build: Callable[[RunConfig], Ablation],
    config: RunConfig,
    random_seeds: int,
    stop: threading.Event,
) -> Iterator[Event]:
    """Measure every variant with every random seed; cells that were measured before are taken over.

    Args:
        project: gets a file of measured cells beside it, and stays as it is.
        build: one of :data:`core.ablation.variants.TABLES` or ``FIGURES``.
        config: what the variants start from; its random seed is the first one.
        random_seeds: how many; costs are measured with the first one alone.
        stop: ends it; the cell that is going is lost.

    Raises:
        TrainingError: no cell can be measured on this project.
        ProjectError: another process runs an ablation of it, or nothing can be written beside it.
        Cancelled: ``stop`` was set.
    """
    study = yield from prepare(project, build, config, random_seeds, stop)
    with CellFile(cells_path(project)) as file:
        yield from _measure_missing(project, study, file, stop)


def cells_path(project: ProjectFile) -> Path:
    """Where the cells of a project are kept."""
    return project.sidecar / "ablations" / "cells.jsonl"


def _measure_missing(
    project: ProjectFile, study: Study, file: CellFile, stop: threading.Event
) -> Iterator[Event]:
    keys = {plan.key: plan for plan in reversed(study.plans)}
    missing = [plan for plan in study.plans if keys[plan.key] is plan and file.get(plan.key) is None]
    known = len(keys) - len(missing)
    device = describe(study.device)
    failed: list[CellFailed] = []
    yield AblationStarted(study.ablation.title, device, len(keys), known, study.left_out)
    with ExitStack() as stack:
        measure: _Measure = _Cost(project, study, stop)
        if missing and study.ablation.kind != "cost":
            scratch = stack.enter_context(scratch_copy(project, file.path.parent / "scratch"))
            measure = _Training(scratch, stop)
        began = perf_counter()
        for done, plan in enumerate(missing):
            left = (perf_counter() - began) / done * (len(missing) - done) if done else None
            yield CellStarted(known + done + 1, len(keys), plan.variant, plan.random_seed, left)
            cell_began = perf_counter()
            try:
                values = yield from measure(plan)
            except CellError as error:
                failed.append(CellFailed(plan.variant, plan.random_seed, str(error)))
                yield failed[-1]
                continue
            if values is None:
                raise Cancelled(
                    f"interrupted with {known + done - len(failed)} of {len(keys)} cells measured; "
                    "the same command goes on from there"
                )
            now = datetime.now(UTC).isoformat(timespec="seconds")
            seconds = perf_counter() - cell_began
            cell = Cell(plan.key, plan.variant, plan.random_seed, device, now, seconds, values)
            file.append(cell)
            yield CellDone(cell)
    # Variants with equal configurations share a cell, which has the name of the first one.
    measured = [(plan, file.get(plan.key)) for plan in study.plans]
    cells = tuple(replace(cell, variant=plan.variant) for plan, cell in measured if cell is not None)
    yield AblationFinished(study, device, cells, tuple(failed))


@dataclass(frozen=True, slots=True)
class _Training:
    """Measures a cell by training it in a scratch project: metrics by decoding."""

    scratch: ProjectFile
    stop: threading.Event

    def __call__(self, plan: Plan) -> Generator[Event, None, Values | None]:
        run_id: int | None = None
        finished: RunFinished | None = None
        try:
            for event in train(self.scratch, plan.config, self.stop):
                match event:
                    case RunStarted():
                        run_id = event.run_id
                    case EpochDone():
                        yield Progress("training", event.epoch, plan.config.training.epochs)
                    case Progress():
                        yield event
                    case RunFinished():
                        finished = event
        except Cancelled:
            return None
        except TrainingError as error:
            if run_id is None:  # it can't even start, and neither could the others
                raise
            raise CellError(str(error)) from error
        finally:
            if run_id is not None:
                forget_run(self.scratch, run_id)
        return finished.metrics if finished is not None and finished.status == "done" else None


@dataclass(frozen=True, slots=True)
class _Cost:
    """Measures what a cell's configuration costs."""

    project: ProjectFile
    study: Study
    stop: threading.Event

    def __call__(self, plan: Plan) -> Generator[Event, None, Values | None]:
        data = yield from features(self.project, plan.config, self.stop)
        full = yield from features(self.project, self.study.config, self.stop)
        return measure_cost(
            Trainer(data, plan.config, self.study.device),
            Trainer(full, self.study.config, self.study.device),
            data.positions(self.study.split.seed),
            self.stop,
        )
