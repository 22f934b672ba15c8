"""Support by matched neighbours, for the embeddings of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from core.alignment.neighbours import Matches, Neighbours
from core.alignment.propagation import LIKELY, Apart, Round, propagate
from core.config import TrainingConfig
from core.features.graph_data import GraphData
from core.training.embeddings import Embeddings
from core.training.split import Split


class SupportSearch:
    """Spreads matches from a run's known pairs over its graphs; where no graph has triples there are none."""

    def __init__(self, data: GraphData, split: Split, config: TrainingConfig) -> None:
        self.data = data
        self.config = config
        left, right = data.triples
        n = data.n_left
        self.neighbours = Neighbours(left, right - np.array([n, 0, n]), (n, data.n - n))
        self.use(split)

    def use(self, split: Split) -> None:
        """Spread from other known pairs from now on."""
        data, n = self.data, self.data.n_left
        rows = data.positions(split.known)
        self.seeds = Matches(rows[:, 0], rows[:, 1] - n, np.ones(len(rows)))
        self.apart = Apart(
            np.searchsorted(data.entity_ids[:n], split.alone),
            data.positions(split.rejected) - np.array([0, n]),
        )

    def rounds(self, embeddings: Embeddings, start: Matches | None = None) -> Iterator[Round]:
        """One after another, beginning with the known pairs' own and those to start from; the last counts."""
        n, settings = self.data.n_left, self.config
        similarity = replace(embeddings, support=None).similarity(slice(n), slice(n, None))
        return propagate(
            similarity,
            self.neighbours,
            self.seeds,
            settings.support_rounds,
            settings.support_weight,
            self.apart,
            start,
        )

    def pairs(self, matches: Matches) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
        """Matches as positions in the graph data. Shape: ``(m, 2)``."""
        return np.stack([matches.left, matches.right + self.data.n_left], axis=1)


def likely(plan: Matches) -> Matches:
    """Of candidates with their probability in Sinkhorn's plan those that may support others."""
    return plan.only(plan.probability > LIKELY)


def matches_state(matches: Matches | None) -> dict[str, Tensor] | None:
    """Matches as a file of tensors keeps them."""
    if matches is None:
        return None
    return {name: torch.from_numpy(part) for name, part in matches._asdict().items()}


def matches_of(state: Mapping[str, Tensor] | None) -> Matches | None:
    """Inverse of :func:`matches_state`."""
    return None if state is None else Matches(*(state[name].numpy() for name in Matches._fields))
