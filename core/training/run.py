"""A training run from the project's graphs to candidates in its store, as a generator of events."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from time import perf_counter
from typing import Literal

import numpy as np
import torch
from sqlalchemy.exc import SQLAlchemyError

from core.config import RunConfig
from core.errors import MimeaError, TrainingError
from core.features.graph_data import GraphData, load_graph_data
from core.store import arrays, runs
from core.store.project_file import ProjectFile
from core.training.background import with_progress
from core.training.devices import describe, pick_device
from core.training.embeddings import Embeddings
from core.training.evaluate import rank_among_pairs, rank_pairs, report
from core.training.events import EpochDone, Evaluated, Event, Progress, RunFinished, RunStarted
from core.training.pseudo_seeds import PseudoSeeds
from core.training.results import write_results
from core.training.split import Split, split_links
from core.training.stopping import EarlyStopping
from core.training.trainer import Trainer

REPORTED_DECODING = "csls"  # of which the epoch table keeps the metrics


def train(project: ProjectFile, config: RunConfig, stop: threading.Event | None = None) -> Iterator[Event]:
    """Train on the project's graphs and known links, and write what comes out into its store.

    Setting ``stop``, or closing the generator, ends the run between two batches with the status
    ``stopped``: the state that was evaluated last (the best one, with validation links) is kept and its
    candidates are written.

    Raises:
        TrainingError: there is nothing to train on, or training failed; the run's row then says so.
        Cancelled: it was stopped before there was a run.
    """
    stop = stop or threading.Event()
    with project.read() as session:
        links = arrays.links(session)
    split = split_links(links, config.training)
    device = pick_device(config.training.device)
    try:
        data = yield from with_progress(
            lambda report: load_graph_data(project, config.features, config.model.modalities, report), stop
        )
    except MimeaError:
        raise
    except Exception as error:
        raise TrainingError(_sentence(error)) from error
    yield from _Run(project, config, split, data, device, stop).events()


class _Run:
    """What the stages of one run share."""

    def __init__(
        self,
        project: ProjectFile,
        config: RunConfig,
        split: Split,
        data: GraphData,
        device: torch.device,
        stop: threading.Event,
    ) -> None:
        self.project = project
        self.config = config
        self.split = split
        self.data = data
        self.stop = stop
        self.device = device
        self.started = perf_counter()
        self.pseudo = PseudoSeeds(data, split, config.training)
        self.stopper = EarlyStopping(config.training.patience if len(split.validation) else 0)
        self.kept: Embeddings | None = None  # the state that the candidates come from
        self.kept_epoch = self.epoch = 0
        self.unwritten: list[runs.EpochInfo] = []
        with project.write() as session:
            self.id = runs.start_run(session, config.to_json(), describe(device), data.modalities)
            runs.add_seeds(session, self.id, "seed", split.seed)
            runs.add_seeds(session, self.id, "validation", split.validation)
            runs.add_seeds(session, self.id, "test", split.test)

    def events(self) -> Iterator[Event]:
        """All events of the run; however it ends, the run's row says how."""
        try:
            self.trainer = Trainer(self.data, self.config, self.device)
            yield self._announcement()
            yield from self._epochs()
            yield from self._finish("stopped" if self.stop.is_set() else "done")
        except GeneratorExit:  # nothing may be yielded any more, but what was learned is kept
            for _ in self._finish("stopped"):
                pass
            raise
        except Exception as error:
            reason = _sentence(error)
            # If it failed because the project can't be written, saying so there fails as well.
            with suppress(SQLAlchemyError), self.project.write() as session:
                runs.add_epochs(session, self.id, self._take_unwritten())
                runs.finish_run(session, self.id, "failed", error=reason)
            if isinstance(error, MimeaError):
                raise
            raise TrainingError(reason) from error

    def _announcement(self) -> RunStarted:
        return RunStarted(
            run_id=self.id,
            device=describe(self.device),
            modalities=self.data.modalities,
            left_out={str(modality): reason for modality, reason in self.data.left_out.items()},
            entities=(self.data.n_left, self.data.n - self.data.n_left),
            edges=self.data.edges.shape[1],
            parameters=self.trainer.parameters(),
            seeds=len(self.split.seed),
            validation=len(self.split.validation),
            test=len(self.split.test),
            epochs=self.config.training.epochs,
        )

    def _epochs(self) -> Iterator[Event]:
        settings = self.config.training
        seeds = self.data.positions(self.split.seed)
        for epoch in range(1, settings.epochs + 1):
            began = perf_counter()
            pairs = np.concatenate([seeds, self.pseudo.accepted])
            losses = self.trainer.epoch(pairs, self.stop)
            if losses is None:
                return
            self.epoch = epoch
            if not np.isfinite(losses["joint"]):
                raise TrainingError(
                    f"the loss is no longer a number after epoch {epoch}; try a lower learning rate"
                )
            if self.pseudo.due(epoch):
                found = self.pseudo.search(self.trainer.embed(), epoch)
                with self.project.write() as session:
                    runs.add_seeds(session, self.id, "pseudo", found, epoch)
            seconds = perf_counter() - began
            evaluated = None
            if epoch % settings.evaluate_every == 0 or epoch == settings.epochs:
                evaluated = self._evaluate(epoch)
            self._record(epoch, seconds, losses, evaluated)
            yield EpochDone(self.id, epoch, seconds, losses, len(self.pseudo.accepted))
            if evaluated is not None:
                yield evaluated
            if self.stopper.exhausted or self.stop.is_set():
                return

    def _evaluate(self, epoch: int) -> Evaluated:
        """Rank held-out links and keep the state, with validation links only if it is the best so far."""
        embeddings = self.trainer.embed()
        validation = self.split.validation
        if len(validation):
            # A few links among themselves would be too easy: they face all that have no seed.
            held_out = "validation"
            pools = [
                torch.from_numpy(rows).to(self.device) for rows in self.pseudo.without_seed(self.split.seed)
            ]
            decodings = rank_pairs(embeddings, validation, pools[0], pools[1], ("cosine", "csls"))
            better = self.stopper.improved(decodings["csls"]["mrr"])
        else:
            held_out = "test"
            test = self.split.test
            decodings = rank_among_pairs(embeddings, test, ("cosine", "csls")) if len(test) else {}
            better = True
        if better:
            self.kept, self.kept_epoch = embeddings, epoch
        return Evaluated(
            self.id,
            epoch,
            held_out,
            {str(name): metrics for name, metrics in decodings.items()},
            embeddings.mean_weights(),
        )

    def _record(
        self, epoch: int, seconds: float, losses: dict[str, float], evaluated: Evaluated | None
    ) -> None:
        """Remember an epoch; an evaluation writes all that were remembered."""
        metrics = evaluated.decodings.get(REPORTED_DECODING, {}) if evaluated else {}
        self.unwritten.append(
            runs.EpochInfo(
                epoch, seconds, losses, metrics.get("mrr"), metrics.get("hits@1"), metrics.get("hits@10")
            )
        )
        if evaluated is not None:
            with self.project.write() as session:
                runs.add_epochs(session, self.id, self._take_unwritten())

    def _take_unwritten(self) -> list[runs.EpochInfo]:
        taken, self.unwritten = self.unwritten, []
        return taken

    def _finish(self, status: Literal["done", "stopped"]) -> Generator[Event, None, None]:
        """Write candidates, weights and metrics of the kept state."""
        if self.kept is None:  # stopped before the first evaluation
            self.kept, self.kept_epoch = self.trainer.embed(), self.epoch
        with self.project.write() as session:
            runs.add_epochs(session, self.id, self._take_unwritten())
        yield Progress("measuring", 0, 0)
        metrics = report(self.id, self.kept, self.split.test, "test")
        written = yield from write_results(self.project, self.id, self.kept, self.config.training.top_k)
        with self.project.write() as session:
            runs.finish_run(
                session, self.id, status, best_epoch=self.kept_epoch, metrics_json=json.dumps(metrics)
            )
        yield RunFinished(
            run_id=self.id,
            status=status,
            epoch=self.kept_epoch,
            seconds=perf_counter() - self.started,
            candidates=written,
            metrics=metrics["decodings"],
        )


def _sentence(error: Exception) -> str:
    """The error in one sentence for a person."""
    if isinstance(error, MimeaError):
        return str(error)
    if isinstance(error, torch.cuda.OutOfMemoryError):
        return "the GPU's memory is full; set device to cpu, or use a smaller dimension or batch size"
    if isinstance(error, MemoryError):
        return "the memory is full; use a smaller dimension or fewer modalities"
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return f"training failed: {first}"
