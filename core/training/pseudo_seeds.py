"""Iterative training (section 5.1): pairs that stay mutual nearest neighbours become seeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from core.alignment.candidates import mutual_nearest
from core.config import TrainingConfig
from core.features.graph_data import GraphData
from core.training.embeddings import Embeddings
from core.training.split import Pairs, Split

Pair = tuple[int, int]


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


class PseudoSeeds:
    """The pairs that iterative training added; rows are positions in the graph data."""

    def __init__(self, data: GraphData, split: Split, config: TrainingConfig) -> None:
        self.data = data
        self.config = config
        self.seed = split.seed
        self.buffer = Buffer(config.iterative_probation)
        self.accepted: NDArray[np.int64] = np.empty((0, 2), dtype=np.int64)

    def due(self, epoch: int) -> bool:
        """Whether neighbours are sought after this epoch."""
        settings = self.config
        since = epoch - settings.iterative_start
        return settings.iterative and since >= 0 and since % settings.iterative_every == 0

    def search(self, embeddings: Embeddings, epoch: int) -> Pairs:
        """Look among entities without a seed; returns the identifiers of pairs that became seeds."""
        left, right = self._free()
        rows = [torch.from_numpy(part).to(embeddings.joint.device) for part in (left, right)]
        found = mutual_nearest(embeddings.joint[rows[0]], embeddings.joint[rows[1]]).cpu().numpy()
        pairs = zip(left[found[:, 0]].tolist(), right[found[:, 1]].tolist(), strict=True)
        passed = np.array(self.buffer.update(pairs, epoch), dtype=np.int64).reshape(-1, 2)
        self.accepted = np.concatenate([self.accepted, passed])
        return embeddings.entity_ids[passed]

    def without_seed(self, seed: Pairs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Positions of the left and of the right entities that are in none of these pairs, ascending."""
        return self._without(self.data.positions(seed))

    def _free(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return self._without(np.concatenate([self.data.positions(self.seed), self.accepted]))

    def _without(self, pairs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        free = np.setdiff1d(np.arange(self.data.n), pairs)
        return free[free < self.data.n_left], free[free >= self.data.n_left]
