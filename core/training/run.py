"""A training run from the project's graphs to candidates in its store, as a generator of events."""

from __future__ import annotations

import threading
from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from core.config import RunConfig
from core.errors import Cancelled, MimeaError, TrainingError
from core.features.graph_data import GraphData, load_graph_data
from core.store import arrays, runs
from core.store.project_file import ProjectFile
from core.store.run_files import checkpoint_path, close_interrupted_runs, resumable_runs, run_lock
from core.training import snapshot
from core.training.background import with_progress
from core.training.checkpoints import load_checkpoint
from core.training.devices import describe, pick_device
from core.training.events import Event
from core.training.failures import in_one_sentence
from core.training.loop import TrainingLoop
from core.training.refresh import refresh_config, run_to_refresh
from core.training.split import split_links, told, unseen, with_verdicts
from core.training.trainer import Trainer
from core.training.warm_start import load_model


def train(
    project: ProjectFile,
    config: RunConfig,
    stop: threading.Event | None = None,
    start_from: int | None = None,
    queued: int | None = None,
) -> Generator[Event, None, None]:
    """Train on the project's graphs, known links and verdicts, and write what comes out into its store.

    Setting ``stop``, or closing the generator, ends the run between two batches with the status
    ``stopped``: the state that was evaluated last (the best one, with validation links) is kept and its
    candidates are written. So they are when the run fails, with the status ``failed``.

    Args:
        project: with two graphs and known links.
        config: all settings.
        stop: ends the run.
        start_from: the run with whose model this one begins; without it the model is drawn at random.
        queued: the run that :func:`core.store.runs.queue_run` put down with these settings; a new one
            without. It stays queued where this is stopped before it began.

    Raises:
        TrainingError: there is nothing to train on, that model doesn't fit, or training failed; the run's row
            then says so.
        Cancelled: it was stopped before there was a run.
    """
    stop = stop or threading.Event()
    try:
        with project.read() as session:
            links = arrays.known_links(session)
            waiting = None if queued is None else runs.get_run(session, queued)
            if start_from is None and waiting is not None:
                start_from = waiting.started_from
            verdicts = arrays.verdicts_in_force(session) if config.training.use_verdicts else None
            taught = _taught(session, start_from)
        drawn = split_links(links, config.training)
        split = unseen(drawn if verdicts is None else with_verdicts(drawn, verdicts), taught)
        data = yield from _graph_data(project, config, stop)
        trainer = _trainer(data, config)
        notes = told(drawn, split)
        matches = None
        if start_from is not None:
            matches = load_model(project, start_from, trainer)
            notes.append(f"Begins with the model of run {start_from}")
    except Cancelled:
        raise
    except MimeaError as error:
        if queued is not None:
            with project.write() as session:
                runs.finish_run(session, queued, "failed", error=str(error))
        raise
    with project.write() as session:
        run_id = runs.start_run(
            session,
            config.to_json(),
            describe(trainer.device),
            data.modalities,
            newest_verdict=None if verdicts is None else verdicts.newest,
            started_from=start_from,
            queued=queued,
        )
        for role in runs.GIVEN_ROLES:
            runs.add_seeds(session, run_id, role, getattr(split, role))
        lock = run_lock(project.sidecar, run_id)
        lock.take()  # before others see the run, who would take it for an interrupted one
    try:
        yield from TrainingLoop(project, run_id, split, trainer, stop, notes, matches).events()
    finally:
        lock.release()


def refresh(project: ProjectFile, stop: threading.Event | None = None) -> Generator[Event, None, None]:
    """Take in the verdicts since the newest run: a short run that begins with its model, with its settings.

    Raises:
        TrainingError: as for :func:`train`, or no run kept a model.
        Cancelled: it was stopped before there was a run.
    """
    run = run_to_refresh(project)
    yield from train(project, refresh_config(run), stop, start_from=run.id)


def resume(
    project: ProjectFile, run_id: int | None = None, stop: threading.Event | None = None
) -> Generator[Event, None, None]:
    """Go on with a run from its checkpoint, with its own settings; ends as :func:`train` does.

    On the CPU, with as many threads, the result is that of a run that was never interrupted, bit by bit.

    Args:
        project: where the run is.
        run_id: the run; the newest that left a checkpoint without.
        stop: as for :func:`train`.

    Raises:
        TrainingError: there is nothing to go on with, the checkpoint is missing, damaged or of another
            version, the graphs have changed since; nothing is changed then. Or training failed.
        Cancelled: it was stopped before it went on.
    """
    stop = stop or threading.Event()
    close_interrupted_runs(project)
    run = _run_to_resume(project, run_id)
    lock = run_lock(project.sidecar, run.id)
    if not lock.take():
        raise TrainingError(f"run {run.id} is going in another process")
    try:
        checkpoint = load_checkpoint(checkpoint_path(project.sidecar, run.id))
        config = RunConfig.from_json(run.config_json)
        data = yield from _graph_data(project, config, stop)
        trainer = _trainer(data, config)
        split = snapshot.split_of(run, checkpoint, trainer)
        loop = TrainingLoop(project, run.id, split, trainer, stop)
        snapshot.restore(loop, checkpoint)
        with project.write() as session:
            runs.resume_run(session, run.id, loop.epoch, describe(trainer.device))
            loop.pseudo.write(session, run.id)
        yield from loop.events()
    finally:
        lock.release()


def _run_to_resume(project: ProjectFile, run_id: int | None) -> runs.RunInfo:
    if run_id is None:
        found = resumable_runs(project)
        if not found:
            raise TrainingError("there is no run to resume: none that ended early left a checkpoint")
        return found[0]
    with project.read() as session:
        run = runs.get_run(session, run_id)
    if run is None:
        raise TrainingError(f"there is no run {run_id} in this project")
    if run.status == "queued":
        raise TrainingError(f"run {run_id} has not begun; start it")
    if run.status == "done":
        raise TrainingError(f"run {run_id} is done; there is nothing to resume")
    return run


def _taught(session: Session, run_id: int | None) -> NDArray[np.int64]:
    """The pairs that a run's model was trained on, by it and those it began with. Shape: ``(m, 2)``."""
    parts = [np.empty((0, 2), np.int64)]
    while run_id is not None and (run := runs.get_run(session, run_id)) is not None:
        parts += [runs.run_pairs(session, run.id, role) for role in ("seed", "accepted")]
        run_id = run.started_from
    return np.concatenate(parts)


def _graph_data(
    project: ProjectFile, config: RunConfig, stop: threading.Event
) -> Generator[Event, None, GraphData]:
    with in_one_sentence():
        return (
            yield from with_progress(
                lambda report: load_graph_data(project, config.features, config.model.modalities, report),
                stop,
            )
        )


def _trainer(data: GraphData, config: RunConfig) -> Trainer:
    with in_one_sentence():
        return Trainer(data, config, pick_device(config.training.device))
