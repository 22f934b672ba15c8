"""The pairs proposed to the curator, and mutual nearest neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from core.alignment.blocks import row_blocks
from core.alignment.decoding import CSLS_NEIGHBOURS, csls_bias
from core.modality import Modality
from core.store.runs import Candidates


def propose(
    left: Tensor,
    right: Tensor,
    by_modality: Mapping[Modality, tuple[Tensor, Tensor]],
    entity_ids: tuple[np.ndarray, np.ndarray],
    top_k: int,
) -> Candidates:
    """The best right entities of every left entity, by CSLS over all entities of both graphs.

    The order is that of CSLS, which ranks better than the plain cosine; the score that is kept with a pair
    is the cosine of its joint embeddings, which people can read: 1 is the same direction, 0 is nothing in
    common. Within a left entity the scores need not fall with the rank.

    Args:
        left: joint embeddings of all left entities, of length 1. Shape: ``(q, f)``.
        right: those of all right entities. Shape: ``(m, f)``.
        by_modality: both sides' embeddings of each modality, of length 1, or 0 where the modality is absent.
            Shapes: ``(q, d)`` and ``(m, d)``.
        entity_ids: identifiers of both sides.
        top_k: candidates for each left entity.
    """
    k = min(top_k, len(right))
    bias = csls_bias(left, right)
    columns = torch.empty(len(left), k, dtype=torch.int64, device=left.device)
    scores = left.new_empty(len(left), k)
    best = _BestRows(len(right), left)
    for rows, similarity in _similarities(left, right):
        order = (similarity + bias).topk(k, dim=1).indices
        columns[rows] = order
        scores[rows] = similarity.gather(1, order)
        nearest = similarity.topk(min(CSLS_NEIGHBOURS, len(right)), dim=1, sorted=False).values
        best.add(similarity.sub_(nearest.mean(dim=1, keepdim=True).div_(2)), rows.start)
    mutual = (best.rows[columns] == torch.arange(len(left), device=left.device)[:, None]) & (
        torch.arange(k, device=left.device) == 0
    )
    left_ids, right_ids = entity_ids
    return Candidates(
        left_id=np.repeat(left_ids, k),
        right_id=right_ids[columns.cpu().numpy()].ravel(),
        rank=np.tile(np.arange(1, k + 1), len(left_ids)),
        score=scores.clamp_(-1, 1).cpu().numpy().ravel(),
        by_modality={
            modality: _pair_cosines(one, other, columns).cpu().numpy().ravel()
            for modality, (one, other) in by_modality.items()
        },
        mutual=mutual.cpu().numpy().ravel(),
    )


def mutual_nearest(left: Tensor, right: Tensor) -> Tensor:
    """Pairs of rows each of which is the other's nearest by cosine.

    Shapes: ``(q, f)`` and ``(m, f)``, of length 1, to ``(p, 2)``, ordered by left row.
    """
    nearest = torch.empty(len(left), dtype=torch.int64, device=left.device)
    best = _BestRows(len(right), left)
    for rows, similarity in _similarities(left, right):
        nearest[rows] = similarity.argmax(dim=1)
        best.add(similarity, rows.start)
    own = torch.arange(len(left), device=left.device)
    mutual = best.rows[nearest] == own
    return torch.stack([own[mutual], nearest[mutual]], dim=1)


class _BestRows:
    """The row with the highest number of each column, over blocks of rows."""

    def __init__(self, columns: int, like: Tensor) -> None:
        self.values = like.new_full((columns,), -torch.inf)
        self.rows = torch.zeros(columns, dtype=torch.int64, device=like.device)

    def add(self, block: Tensor, first_row: int) -> None:
        values, rows = block.max(dim=0)
        better = values > self.values
        self.values = torch.where(better, values, self.values)
        self.rows = torch.where(better, rows + first_row, self.rows)


def _similarities(left: Tensor, right: Tensor) -> Iterator[tuple[slice, Tensor]]:
    for rows in row_blocks(len(left), len(right)):
        yield rows, left[rows] @ right.T


def _pair_cosines(left: Tensor, right: Tensor, columns: Tensor) -> Tensor:
    """Cosines of the chosen pairs, NaN where either row is 0. Shapes: ``(q, k)`` of columns to ``(q, k)``."""
    out = torch.empty(columns.shape, dtype=left.dtype, device=left.device)
    here = left.any(dim=1)[:, None] & right.any(dim=1)[columns]
    for rows in row_blocks(len(left), columns.shape[1] * left.shape[1]):
        out[rows] = torch.einsum("qd,qkd->qk", left[rows], right[columns[rows]])
    return out.clamp_(-1, 1).masked_fill_(~here, torch.nan)
