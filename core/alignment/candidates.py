"""The pairs proposed to the curator, and mutual nearest neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from core.alignment.blocks import row_blocks
from core.alignment.decoding import Offsets, csls_offsets
from core.alignment.similarity import Similarity
from core.modality import Modality
from core.store.runs import Candidates


class Best(NamedTuple):
    """The best columns of each row, the best first. Shapes: ``(q, k)``."""

    columns: Tensor
    scores: Tensor  # their similarity, without the offsets that ordered them
    mutual: Tensor  # the first of a row is also best the other way round


def best_pairs(similarity: Similarity, offsets: Offsets, k: int) -> Best:
    """The ``k`` best columns of every row, ordered by a decoding."""
    q, m = similarity.shape
    k = min(k, m)
    scores = similarity.zeros(q * k).reshape(q, k)
    columns = torch.zeros(q, k, dtype=torch.int64, device=scores.device)
    best = _BestRows(similarity)
    for rows in row_blocks(q, m):
        block = similarity.block(rows)
        shifted = block + offsets.right
        columns[rows] = shifted.topk(k, dim=1).indices
        scores[rows] = block.gather(1, columns[rows])
        best.add(shifted.add_(offsets.left[rows, None]), rows.start)
    first = torch.arange(k, device=scores.device) == 0
    mutual = (best.rows[columns] == torch.arange(q, device=scores.device)[:, None]) & first
    return Best(columns, scores, mutual)


def propose(
    similarity: Similarity,
    by_modality: Mapping[Modality, tuple[Tensor, Tensor]],
    entity_ids: tuple[np.ndarray, np.ndarray],
    top_k: int,
) -> Candidates:
    """The best right entities of every left entity, by CSLS over all entities of both graphs.

    The order is that of CSLS, which ranks better than the plain similarity; the score that is kept with a
    pair is the similarity, for embeddings the cosine, which people can read: 1 is the same direction, 0 is
    nothing in common. Within a left entity the scores need not fall with the rank.

    Args:
        similarity: of all left and all right entities; it is read twice. Shape: ``(q, m)``.
        by_modality: both sides' embeddings of each modality, of length 1, or 0 where the modality is absent.
            Shapes: ``(q, d)`` and ``(m, d)``.
        entity_ids: identifiers of both sides.
        top_k: candidates for each left entity.
    """
    best = best_pairs(similarity, csls_offsets(similarity), top_k)
    left_ids, right_ids = entity_ids
    k = best.columns.shape[1]
    return Candidates(
        left_id=np.repeat(left_ids, k),
        right_id=right_ids[best.columns.cpu().numpy()].ravel(),
        rank=np.tile(np.arange(1, k + 1), len(left_ids)),
        score=best.scores.cpu().numpy().ravel(),
        by_modality={
            modality: _pair_cosines(one, other, best.columns).cpu().numpy().ravel()
            for modality, (one, other) in by_modality.items()
        },
        mutual=best.mutual.cpu().numpy().ravel(),
    )


def mutual_nearest(similarity: Similarity) -> Tensor:
    """Pairs of a row and a column each of which is the other's most similar. Shape: ``(p, 2)``, by row."""
    q, m = similarity.shape
    best = _BestRows(similarity)
    nearest = torch.zeros(q, dtype=torch.int64, device=best.rows.device)
    for rows in row_blocks(q, m):
        block = similarity.block(rows)
        nearest[rows] = block.argmax(dim=1)
        best.add(block, rows.start)
    own = torch.arange(q, device=nearest.device)
    mutual = best.rows[nearest] == own
    return torch.stack([own[mutual], nearest[mutual]], dim=1)


class _BestRows:
    """The row with the highest number of each column, over blocks of rows."""

    def __init__(self, similarity: Similarity) -> None:
        columns = similarity.shape[1]
        self.values = similarity.zeros(columns) - torch.inf
        self.rows = torch.zeros(columns, dtype=torch.int64, device=self.values.device)

    def add(self, block: Tensor, first_row: int) -> None:
        values = block.amax(dim=0)
        # The row is sought in these columns only, since to find it takes longer than to find the number.
        better = (values > self.values).nonzero()[:, 0]
        self.values[better] = values[better]
        self.rows[better] = block.index_select(1, better).argmax(dim=0) + first_row


def _pair_cosines(left: Tensor, right: Tensor, columns: Tensor) -> Tensor:
    """Cosines of the chosen pairs, NaN where either row is 0. Shapes: ``(q, k)`` of columns to ``(q, k)``."""
    out = torch.empty(columns.shape, dtype=left.dtype, device=left.device)
    here = left.any(dim=1)[:, None] & right.any(dim=1)[columns]
    for rows in row_blocks(len(left), columns.shape[1] * left.shape[1]):
        out[rows] = torch.einsum("qd,qkd->qk", left[rows], right[columns[rows]])
    return out.clamp_(-1, 1).masked_fill_(~here, torch.nan)
