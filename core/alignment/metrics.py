"""Ranks and what is reported of them: Hits@k and the mean reciprocal rank."""

from __future__ import annotations

import torch
from torch import Tensor

from core.alignment.blocks import row_blocks
from core.alignment.similarity import Similarity

Metrics = dict[str, float]
HITS = (1, 5, 10)


def ranks(similarity: Similarity, rows: Tensor, gold: Tensor, right_offsets: Tensor) -> Tensor:
    """Rank of the right answer among all columns, from 1; a tie counts against us.

    Args:
        similarity: of all entities that compete. Shape: ``(q, m)``.
        rows: the rows that are asked for. Shape: ``(n,)``.
        gold: column of each one's answer. Shape: ``(n,)``.
        right_offsets: added to each column's similarity, as a decoding says. Shape: ``(m,)``.

    Returns:
        Shape: ``(n,)``, int64.
    """
    out = torch.empty(len(rows), dtype=torch.int64, device=rows.device)
    for part in row_blocks(len(rows), similarity.shape[1]):
        scores = similarity.block(rows[part]) + right_offsets
        # Ones and zeros in place of the scores: their sum is exact, and several times faster than that of
        # booleans. Those that are not below count, so that what is no number counts against us, too.
        below = scores.lt_(scores.gather(1, gold[part, None])).sum(dim=1).long()
        out[part] = similarity.shape[1] - below
    return out


def summarise(ranking: Tensor) -> Metrics:
    """MRR and Hits@1, 5 and 10 of ranks that count from 1. Shape: ``(n,)``, not empty."""
    positions = ranking.double()
    hits = {f"hits@{k}": float((positions <= k).double().mean()) for k in HITS}
    return {"mrr": float((1 / positions).mean()), **hits}
