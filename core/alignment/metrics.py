"""Ranks and what is reported of them: Hits@k and the mean reciprocal rank."""

from __future__ import annotations

import torch
from torch import Tensor

from core.alignment.blocks import row_blocks

Metrics = dict[str, float]


def ranks(left: Tensor, right: Tensor, gold: Tensor, bias: Tensor | None = None) -> Tensor:
    """Rank of each row's right answer, from 1; a tie counts against us.

    Args:
        left: queries, of length 1. Shape: ``(q, f)``.
        right: what they are ranked against, of length 1. Shape: ``(m, f)``.
        gold: column of each query's answer. Shape: ``(q,)``.
        bias: added to each column's similarity, as a decoding says. Shape: ``(m,)``.

    Returns:
        Shape: ``(q,)``, int64.
    """
    out = torch.empty(len(left), dtype=torch.int64, device=left.device)
    for rows in row_blocks(len(left), len(right)):
        scores = left[rows] @ right.T
        if bias is not None:
            scores += bias
        out[rows] = (scores >= scores.gather(1, gold[rows, None])).sum(dim=1)
    return out


def summarise(ranking: Tensor) -> Metrics:
    """MRR, Hits@1 and Hits@10 of ranks that count from 1. Shape: ``(q,)``, not empty."""
    positions = ranking.double()
    return {
        "mrr": float((1 / positions).mean()),
        "hits@1": float((positions <= 1).double().mean()),
        "hits@10": float((positions <= 10).double().mean()),
    }
