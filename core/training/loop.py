"""The epochs of one run: training, evaluation, checkpoints, and what is kept however it ends."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from core.alignment.neighbours import Matches
from core.errors import Cancelled, TrainingError
from core.model.mcl import uninformed_loss
from core.store import runs
from core.store.project_file import ProjectFile
from core.store.run_files import checkpoint_path, model_path
from core.training import snapshot
from core.training.checkpoints import save_checkpoint
from core.training.devices import describe, memory_used
from core.training.embeddings import Embeddings
from core.training.epoch_log import EpochLog, precision
from core.training.evaluate import report
from core.training.events import EpochDone, Evaluated, Event, Notice, Progress, RunFinished, RunStarted
from core.training.failures import device_lost, out_of_memory, sentence
from core.training.memory import WithinMemory
from core.training.pseudo_seeds import pseudo_seeds
from core.training.results import write_results
from core.training.split import Split
from core.training.stopping import EarlyStopping, ExplosionWatch
from core.training.support import SupportSearch, likely
from core.training.trainer import NotFiniteError, Trainer
from core.training.validation import rank_held_out
from core.training.warm_start import save_model


class TrainingLoop:
    """Drives a :class:`Trainer` through the epochs of a run that is in the store."""

    def __init__(
        self,
        project: ProjectFile,
        run_id: int,
        split: Split,
        trainer: Trainer,
        stop: threading.Event,
        notes: Sequence[str] = (),
        start: Matches | None = None,
    ) -> None:
        self.project = project
        self.id = run_id
        self.split = split
        self.trainer = trainer
        self.stop = stop
        self.config = trainer.config
        self.data = trainer.data
        self.start = start  # matches that support spreads from, beside the known pairs
        self.rejected = self.data.positions(split.rejected)
        self.notes = (*self.data.notes, *notes)
        self.started = perf_counter()
        self.pseudo = pseudo_seeds(self.data, split, self.config.training)
        self.stopper = EarlyStopping(self.config.training.patience if len(split.validation) else 0)
        self.watch = ExplosionWatch()
        self.kept: Embeddings | None = None  # the state that the candidates come from
        self.kept_model: dict[str, Tensor] = {}  # what these embeddings were made with
        self.spare: Embeddings | None = None  # the same in main memory, for when a GPU is lost
        self.kept_epoch = self.epoch = self.resumed_after = 0
        self.memory = WithinMemory(trainer, run_id)
        self.lost = False  # the GPU no longer answers
        self.precision: float | None = None  # of the pseudo-seeds in use
        self.log = EpochLog(project, run_id)

    def events(self) -> Iterator[Event]:
        """All events of the run; however it ends, the run's row says how."""
        try:
            yield self._announcement()
            for note in self.notes:
                yield Notice(self.id, note)
            yield from self._epochs()
            if self.stop.is_set() and self.config.training.checkpoint_every and self.epoch:
                yield from self._checkpoint()  # to go on from this very epoch
            yield from self._finish_within_memory("stopped" if self.stop.is_set() else "done")
        except Cancelled:  # thrown in by who wants nothing kept
            raise
        except GeneratorExit:  # nothing may be yielded any more, but what was learned is kept
            for _ in self._finish("stopped"):
                pass
            raise
        except NotFiniteError as error:
            self._discard_checkpoint()  # it leads here again
            reason = (
                f"training diverged after epoch {self.epoch:,}, not finite: {error}; try a lower learning "
                "rate, and look for features that are not finite"
            )
            reason = yield from self._fail(reason)
            raise TrainingError(reason) from error
        except Exception as error:
            if device_lost(error):
                self.lost, self.kept = True, self.spare
            elif out_of_memory(error) and self.spare is not None:
                self.kept = self.spare  # main memory has room to rank what a GPU has not
            reason = yield from self._fail(sentence(error))
            raise TrainingError(reason) from error

    def _announcement(self) -> RunStarted:
        return RunStarted(
            run_id=self.id,
            device=describe(self.trainer.device),
            modalities=self.data.modalities,
            left_out={str(modality): reason for modality, reason in self.data.left_out.items()},
            entities=(self.data.n_left, self.data.n - self.data.n_left),
            edges=self.data.edges.shape[1],
            parameters=self.trainer.parameters(),
            seeds=len(self.split.known),
            validation=len(self.split.validation),
            test=len(self.split.test),
            epochs=self.config.training.epochs,
            resumed_after=self.resumed_after,
        )

    def _epochs(self) -> Iterator[Event]:
        settings = self.config.training
        seeds = self.data.positions(self.split.known)
        self.precision = self._precision()
        if self.stopper.exhausted:  # stopped in the epoch that was the last one anyway
            return
        for epoch in range(self.epoch + 1, settings.epochs + 1):
            began = perf_counter()
            pairs = np.concatenate([seeds, self.pseudo.accepted])
            losses = yield from self._learn(pairs, epoch)
            if losses is None:
                return
            self.epoch = epoch
            if self.pseudo.due(epoch):
                yield from self.memory.work(lambda: self.pseudo.search(self.memory.embed(), self.epoch))
                self.precision = self._precision()
                with self.project.write() as session:
                    self.pseudo.write(session, self.id)
            done = EpochDone(
                self.id,
                epoch,
                perf_counter() - began,
                losses,
                len(self.pseudo.accepted),
                self.trainer.loss_weights,
                self.precision,
                memory_used(self.trainer.device),
            )
            evaluated = None
            if epoch % settings.evaluate_every == 0 or epoch == settings.epochs:
                evaluated = yield from self.memory.work(partial(self._evaluate, epoch))
            self.log.add(done, evaluated)
            over = self.stopper.exhausted or epoch == settings.epochs
            if settings.checkpoint_every and epoch % settings.checkpoint_every == 0 and not over:
                yield from self._checkpoint()
            yield done
            if evaluated is not None:
                yield evaluated
            if over or self.stop.is_set():
                return

    def _precision(self) -> float | None:
        known = np.concatenate([self.split.validation, self.split.test])
        return precision(self.pseudo.accepted, self.data.positions(known), self.data.n)

    def _learn(
        self, pairs: np.ndarray[tuple[int, int], np.dtype[np.int64]], epoch: int
    ) -> Generator[Event, None, dict[str, float] | None]:
        """One epoch's losses; None if it was stopped.

        Raises:
            NotFiniteError: training diverged.
            TrainingError: a loss exploded.
        """
        random = self.trainer.generator.get_state()
        losses = yield from self.memory.work(lambda: self.trainer.epoch(pairs, self.stop, self.rejected))
        if losses is None:
            self.trainer.generator.set_state(random)  # as if the epoch had not begun
            return None
        batch = min(len(pairs), self.trainer.batch_size)
        exploded = self.watch.exploded(losses, uninformed_loss(batch, self.config.training.gamma))
        if exploded:
            self._discard_checkpoint()
            raise TrainingError(self.watch.reason(exploded[0], epoch))
        return losses

    def _evaluate(self, epoch: int) -> Evaluated:
        """Rank held-out links and keep the state, with validation links only if it is the best so far."""
        embeddings = self.memory.embed()
        held_out, decodings = rank_held_out(embeddings, self.data, self.split)
        if held_out == "test" or self.stopper.improved(decodings["csls"]["mrr"]):
            self._keep(embeddings)
        return Evaluated(
            self.id,
            epoch,
            held_out,
            {str(name): metrics for name, metrics in decodings.items()},
            *embeddings.mean_weights(),
        )

    def _keep(self, embeddings: Embeddings) -> Embeddings:
        """Make this state the one that the candidates come from; returns it."""
        self.kept, self.kept_epoch = embeddings, self.epoch
        self.kept_model = {name: part.clone() for name, part in self.trainer.model.state_dict().items()}
        if self.trainer.device.type != "cpu":
            self.spare = embeddings.on(torch.device("cpu"))
        return embeddings

    def _checkpoint(self) -> Iterator[Event]:
        """Save the state; a run whose disk is full goes on without."""
        self.log.write()
        try:
            save_checkpoint(checkpoint_path(self.project.sidecar, self.id), snapshot.take(self))
        except OSError as error:
            yield Notice(self.id, f"The checkpoint of epoch {self.epoch:,} can't be written: {error}")

    def _discard_checkpoint(self) -> None:
        checkpoint_path(self.project.sidecar, self.id).unlink(missing_ok=True)

    def _finish_within_memory(self, status: Literal["done", "stopped"]) -> Iterator[Event]:
        """:meth:`_finish`, in main memory where a GPU's is too small to rank."""
        try:
            yield from self._finish(status)
            return
        except Exception as error:
            if self.spare is None or not out_of_memory(error):
                raise
        self.kept = self.spare
        yield Notice(self.id, "Memory ran out; the candidates are ranked in main memory")
        yield from self._finish(status)

    def _finish(
        self, status: Literal["done", "stopped", "failed"], error: str | None = None
    ) -> Generator[Event, None, None]:
        """Write candidates, weights and metrics of the kept state."""
        yield Progress("keeping what was learned", 0, 0)  # a moment in which nothing is done yet
        # Without one it was stopped before the first evaluation.
        kept = self.kept or self._keep(self.trainer.embed())
        self.log.write()
        settings = self.config.training
        if settings.support_weight:
            support = SupportSearch(self.data, self.split, settings)
            for done, found in enumerate(support.rounds(kept, self.start), start=1):
                yield Progress("matching neighbours", done, settings.support_rounds + 1)
                kept = replace(kept, support=found.support, support_weight=settings.support_weight)
        yield Progress("measuring", 0, 0)
        whole = settings.measure == "all"  # not a refresh, which is to be quick
        metrics = report(self.id, kept, self.split.test, "test", full=whole)
        plan = yield from write_results(self.project, self.id, kept, settings.top_k, what_if=whole)
        if not self.lost:
            save_model(model_path(self.project.sidecar, self.id), self.trainer, self.kept_model, likely(plan))
        with self.project.write() as session:
            runs.finish_run(
                session,
                self.id,
                status,
                best_epoch=self.kept_epoch,
                metrics_json=json.dumps(metrics),
                error=error,
            )
        if status == "done":
            self._discard_checkpoint()
        yield RunFinished(
            run_id=self.id,
            status=status,
            epoch=self.kept_epoch,
            seconds=perf_counter() - self.started,
            candidates=len(plan.probability),
            metrics=metrics["decodings"],
            without_support=metrics.get("without_support", {}),
        )

    def _fail(self, reason: str) -> Generator[Event, None, str]:
        """Say in the store why the run failed, and keep its last good state; returns the reason in full."""
        try:
            with self.project.write() as session:
                runs.finish_run(session, self.id, "failed", error=reason)
            self.log.write()
            if self._has_good_state():
                yield from self._finish("failed", reason)
        except Exception as second:
            also = sentence(second)
            return reason if also == reason else f"{reason}; nor can its last good state be kept: {also}"
        return reason

    def _has_good_state(self) -> bool:
        """Whether there is a state worth keeping: the one kept, else the last one, if it is finite."""
        if self.kept is None and self.epoch and not self.lost:
            try:
                self._keep(self.trainer.embed())
            except NotFiniteError:
                return False
        return self.kept is not None
