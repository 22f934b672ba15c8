"""Iterative training: pairs that the model finds on the way become seeds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from sqlalchemy.orm import Session
from torch import Tensor

from core.alignment.candidates import mutual_nearest
from core.config import TrainingConfig
from core.features.graph_data import GraphData
from core.store.runs import set_pseudo_seeds
from core.training.embeddings import Embeddings
from core.training.split import Split
from core.training.support import SupportSearch

Pair = tuple[int, int]
Rows = NDArray[np.int64]


@dataclass(slots=True)
class Buffer:
    """Pairs on probation, with the epoch in which they entered; ``probation`` is M of the paper."""

    probation: int
    entered: dict[Pair, int] = field(default_factory=dict)

    def update(self, pairs: Iterable[Pair], epoch: int) -> list[Pair]:
        """Keep those of the buffer that are still neighbours, add new ones; returns those that pass.

        Args:
            pairs: the mutual nearest neighbours now, one-to-one.
            epoch: now.
        """
        self.entered = {pair: self.entered.get(pair, epoch) for pair in pairs}
        passed = [pair for pair, since in self.entered.items() if epoch - since >= self.probation]
        for pair in passed:
            del self.entered[pair]
        return passed


class PseudoSeeds(ABC):
    """The pairs that are seeds for now; rows are positions in the graph data."""

    def __init__(self, data: GraphData, split: Split, config: TrainingConfig) -> None:
        self.data = data
        self.config = config
        self.split = split
        self.accepted: Rows = np.empty((0, 2), dtype=np.int64)
        self.since: NDArray[np.int64] = np.empty(0, dtype=np.int64)  # the epoch in which each was accepted

    def due(self, epoch: int) -> bool:
        """Whether pairs are sought after this epoch."""
        settings = self.config
        since = epoch - settings.iterative_start
        return settings.iterative != "off" and since >= 0 and since % settings.iterative_every == 0

    @abstractmethod
    def search(self, embeddings: Embeddings, epoch: int) -> None:
        """Look among entities without a seed, and change what is accepted."""

    def write(self, session: Session, run_id: int) -> None:
        """Record what is accepted as the run's pseudo-seeds."""
        set_pseudo_seeds(session, run_id, self.data.entity_ids[self.accepted], self.since)

    def state_dict(self) -> dict[str, Tensor]:
        """What a checkpoint keeps: the pairs in use and their epochs. Shapes: ``(m, 2)``, ``(m,)``."""
        return {"accepted": torch.from_numpy(self.accepted), "since": torch.from_numpy(self.since)}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Go on from what :meth:`state_dict` gave."""
        self.accepted, self.since = state["accepted"].numpy(), state["since"].numpy()


class ProbationSeeds(PseudoSeeds):
    """Section 5.1: pairs that stay mutual nearest neighbours for M epochs become seeds, and remain so."""

    def __init__(self, data: GraphData, split: Split, config: TrainingConfig) -> None:
        super().__init__(data, split, config)
        self.rejected = set(map(tuple, data.positions(split.rejected).tolist()))
        self.buffer = Buffer(config.iterative_probation)

    def search(self, embeddings: Embeddings, epoch: int) -> None:
        """Add the pairs that passed."""
        left, right = free_rows(self.data, self.split, self.accepted)
        if not (len(left) and len(right)):
            return
        rows = [torch.from_numpy(part).to(embeddings.joint.device) for part in (left, right)]
        found = mutual_nearest(embeddings.similarity(rows[0], rows[1])).cpu().numpy()
        pairs = zip(left[found[:, 0]].tolist(), right[found[:, 1]].tolist(), strict=True)
        allowed = (pair for pair in pairs if pair not in self.rejected)
        passed = np.array(self.buffer.update(allowed, epoch), dtype=np.int64).reshape(-1, 2)
        self.accepted = np.concatenate([self.accepted, passed])
        self.since = np.concatenate([self.since, np.full(len(passed), epoch)])

    def state_dict(self) -> dict[str, Tensor]:
        """Beside the pairs in use those on probation with their epoch. Shapes: ``(m, 2)``, ``(b, 3)``."""
        rows = [(left, right, epoch) for (left, right), epoch in self.buffer.entered.items()]
        return super().state_dict() | {"buffer": torch.tensor(rows, dtype=torch.int64).reshape(-1, 3)}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Go on from what :meth:`state_dict` gave."""
        super().load_state_dict(state)
        self.buffer.entered = {(left, right): epoch for left, right, epoch in state["buffer"].tolist()}


class PropagatedSeeds(PseudoSeeds):
    """The matches that propagation ends with, anew at each search: a wrong one need not stay."""

    def __init__(self, data: GraphData, split: Split, config: TrainingConfig) -> None:
        super().__init__(data, split, config)
        self.support = SupportSearch(data, split, config)

    def search(self, embeddings: Embeddings, epoch: int) -> None:
        """Replace what was accepted; a pair that stays keeps its epoch."""
        before = dict(zip(map(tuple, self.accepted.tolist()), self.since.tolist(), strict=True))
        for found in self.support.rounds(embeddings):
            self.accepted = self.support.pairs(found.matches)
        epochs = [before.get((left, right), epoch) for left, right in self.accepted.tolist()]
        self.since = np.array(epochs, dtype=np.int64)


def pseudo_seeds(data: GraphData, split: Split, config: TrainingConfig) -> PseudoSeeds:
    """Those that the settings name."""
    kind = PropagatedSeeds if config.iterative == "propagation" else ProbationSeeds
    return kind(data, split, config)


def competing_rows(data: GraphData, split: Split) -> tuple[Rows, Rows]:
    """Those among which validation links are ranked: :func:`free_rows` and their own, ascending.

    Where an entity has several counterparts, one may be known and another held out.
    """
    free, held = free_rows(data, split), data.positions(split.validation)
    return np.union1d(free[0], held[:, 0]), np.union1d(free[1], held[:, 1])


def free_rows(data: GraphData, split: Split, *pairs: Rows) -> tuple[Rows, Rows]:
    """Positions of the left and of the right entities that may have a counterpart yet to find, ascending.

    These are in no pair that is known or among ``pairs``, and no curator said that they have none.
    """
    alone = np.searchsorted(data.entity_ids[: data.n_left], split.alone)
    taken = np.concatenate([part.ravel() for part in (data.positions(split.known), alone, *pairs)])
    free = np.setdiff1d(np.arange(data.n), taken)
    return free[free < data.n_left], free[free >= data.n_left]
