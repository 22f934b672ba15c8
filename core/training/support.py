"""Support by matched neighbours, for the embeddings of a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from core.alignment.neighbours import Matches, Neighbours
from core.alignment.propagation import Round, propagate
from core.config import TrainingConfig
from core.features.graph_data import GraphData
from core.training.embeddings import Embeddings
from core.training.split import Pairs


class SupportSearch:
    """Spreads matches from a run's seeds over its graphs; where no graph has triples there are none."""

    def __init__(self, data: GraphData, seeds: Pairs, config: TrainingConfig) -> None:
        self.data = data
        self.config = config
        left, right = data.triples
        n = data.n_left
        self.neighbours = Neighbours(left, right - np.array([n, 0, n]), (n, data.n - n))
        rows = data.positions(seeds)
        self.seeds = Matches(rows[:, 0], rows[:, 1] - n, np.ones(len(rows)))

    def rounds(self, embeddings: Embeddings) -> Iterator[Round]:
        """One after another, beginning with the seeds' own; the last one counts."""
        n, settings = self.data.n_left, self.config
        similarity = replace(embeddings, support=None).similarity(slice(n), slice(n, None))
        return propagate(
            similarity, self.neighbours, self.seeds, settings.support_rounds, settings.support_weight
        )

    def pairs(self, matches: Matches) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
        """Matches as positions in the graph data. Shape: ``(m, 2)``."""
        return np.stack([matches.left, matches.right + self.data.n_left], axis=1)
