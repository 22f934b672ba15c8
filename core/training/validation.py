"""How a run ranks links that it was not given while it goes: what its curves show and its patience counts."""

from __future__ import annotations

import torch

from core.alignment.decoding import DECODINGS, SINKHORN_EPSILON, Decoding, Offsets, sinkhorn_offsets
from core.alignment.metrics import Metrics
from core.alignment.similarity import Similarity
from core.features.graph_data import GraphData
from core.training.embeddings import Embeddings
from core.training.evaluate import Decodings, rank_pairs
from core.training.pseudo_seeds import competing_rows
from core.training.split import Split

_ITERATIONS = 10  # of Sinkhorn; 30 once the run is over


def _sinkhorn(similarity: Similarity) -> Offsets:
    return sinkhorn_offsets(similarity, SINKHORN_EPSILON * similarity.spread, _ITERATIONS)


_WHILE_IT_GOES: Decodings = {**DECODINGS, "sinkhorn": _sinkhorn}


def rank_held_out(
    embeddings: Embeddings, data: GraphData, split: Split
) -> tuple[str, dict[Decoding, Metrics]]:
    """Which links are ranked, ``validation`` or ``test``, and their metrics by decoding; none without links.

    A few links among themselves would be too easy: validation links face all entities without a seed.
    """
    if len(split.validation):
        left, right = (
            torch.from_numpy(rows).to(embeddings.joint.device) for rows in competing_rows(data, split)
        )
        return "validation", rank_pairs(embeddings, split.validation, left, right, _WHILE_IT_GOES)
    if not len(split.test):
        return "test", {}
    left, right = (torch.unique(rows) for rows in embeddings.positions(split.test))
    return "test", rank_pairs(embeddings, split.test, left, right, _WHILE_IT_GOES)
