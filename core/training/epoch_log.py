"""What a run remembers of its epochs until they are written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.store.epochs import EpochInfo, add_epochs
from core.store.project_file import ProjectFile
from core.training.events import EpochDone, Evaluated

REPORTED_DECODING = "csls"  # of which the epoch table has columns
Rows = NDArray[np.int64]


class EpochLog:
    """Collects epochs; an evaluation writes all that came since the last one."""

    def __init__(self, project: ProjectFile, run_id: int) -> None:
        self._project = project
        self._run_id = run_id
        self._unwritten: list[EpochInfo] = []

    def add(self, done: EpochDone, evaluated: Evaluated | None) -> None:
        """Remember an epoch, and what it was evaluated with."""
        info = of_epoch(done)
        if evaluated is None:
            self._unwritten.append(info)
        else:
            self._unwritten.append(with_evaluation(info, evaluated))
            self.write()

    def write(self) -> None:
        """Put what was remembered into the store."""
        with self._project.write() as session:
            add_epochs(session, self._run_id, self._unwritten)
        self._unwritten = []


def of_epoch(event: EpochDone) -> EpochInfo:
    """What an epoch told, as the store has it."""
    return EpochInfo(
        epoch=event.epoch,
        seconds=event.seconds,
        losses=event.losses,
        loss_weights=event.loss_weights,
        pseudo_seeds=event.pseudo_seeds,
        pseudo_precision=event.pseudo_precision,
        memory=event.memory,
    )


def with_evaluation(info: EpochInfo, event: Evaluated) -> EpochInfo:
    """The same with what the evaluation of that epoch told."""
    metrics = event.decodings.get(REPORTED_DECODING, {})
    return replace(
        info,
        mrr=metrics.get("mrr"),
        hits1=metrics.get("hits@1"),
        hits10=metrics.get("hits@10"),
        decodings=event.decodings,
        weights=event.weights,
        spread=event.spread,
    )


def precision(found: Rows, known: Rows, n: int) -> float | None:
    """Of the found pairs with an end in a known link, the share that is one; None where no link tells.

    Args:
        found: pairs of positions. Shape: ``(p, 2)``.
        known: links as pairs of positions. Shape: ``(m, 2)``.
        n: more than any position.
    """
    asked = np.isin(found[:, 0], known[:, 0]) | np.isin(found[:, 1], known[:, 1])
    right = np.isin(found @ (n, 1), known @ (n, 1))  # a pair as one number
    return float(right[asked].mean()) if asked.any() else None
