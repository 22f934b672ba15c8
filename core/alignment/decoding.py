"""Decodings: how similarities become a ranking.

CSLS and Sinkhorn both come to adding one number to each row of the similarity matrix and one to each column,
so a decoding is a pair of vectors here. The number of the row changes no order within the row: to rank right
entities for a left one takes those of the columns, and the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from core.alignment.blocks import row_blocks
from core.alignment.similarity import Similarity

Decoding = Literal["cosine", "csls", "sinkhorn"]

CSLS_NEIGHBOURS = 3
SINKHORN_EPSILON = 0.025  # for cosines: 0.015 to 0.03 rank alike; 0.05 loses 0.025 MRR on FB15K-DB15K
SINKHORN_ITERATIONS = 30
_LEAST_MASS = 1e-30
_WHOLE_KERNEL_NUMBERS = 2**28  # 1 GB: a larger kernel is computed anew, block by block, in each iteration


class Offsets(NamedTuple):
    """What a decoding adds to each row and to each column. Shapes: ``(q,)`` and ``(m,)``."""

    left: Tensor
    right: Tensor

    def transposed(self) -> Offsets:
        """Those of the transposed similarity."""
        return Offsets(self.right, self.left)


def cosine_offsets(similarity: Similarity) -> Offsets:
    """Nothing."""
    left, right = similarity.shape
    return Offsets(similarity.zeros(left), similarity.zeros(right))


def csls_offsets(similarity: Similarity, neighbours: int = CSLS_NEIGHBOURS) -> Offsets:
    """Half of what cross-domain similarity local scaling takes from a hub (Conneau et al. 2018).

    CSLS is ``2 cos(x, y) - r(x) - r(y)``, r the mean similarity to the nearest neighbours on the other side.

    Args:
        similarity: of all entities that compete.
        neighbours: k of the local scaling.

    Returns:
        ``-r(x) / 2`` and ``-r(y) / 2``.
    """
    left, right = neighbourhoods(similarity, neighbours)
    return Offsets(left.div_(-2), right.div_(-2))


def neighbourhoods(similarity: Similarity, neighbours: int = CSLS_NEIGHBOURS) -> tuple[Tensor, Tensor]:
    """Mean similarity of each entity to its nearest ones on the other side, of both sides in one reading.

    Shapes: ``(q,)`` and ``(m,)``.
    """
    q, m = similarity.shape
    nearest = Nearest(similarity.zeros(q), similarity.zeros(m), neighbours)
    for rows in row_blocks(q, m):
        nearest.add(rows, similarity.block(rows))
    return nearest.means()


class Nearest:
    """Gathers the similarities of each entity to its nearest ones on the other side, over blocks of rows."""

    def __init__(self, left: Tensor, right: Tensor, neighbours: int = CSLS_NEIGHBOURS) -> None:
        """Take zeros for either side, of which the left one is filled. Shapes: ``(q,)`` and ``(m,)``."""
        self._left = left
        self._of_row, self._of_column = min(neighbours, len(right)), min(neighbours, len(left))
        self._best = right.repeat(self._of_column, 1) - torch.inf

    def add(self, rows: slice, block: Tensor) -> None:
        """Take account of some rows. Shape: ``(b, m)``."""
        self._left[rows] = block.topk(self._of_row, dim=1, sorted=False).values.mean(dim=1)
        # Sorting down columns is slow, their maxima are not, and few columns change after the first blocks.
        changed = (block.amax(dim=0) > self._best.amin(dim=0)).nonzero()[:, 0]
        together = torch.cat([self._best.index_select(1, changed), block.index_select(1, changed)])
        self._best[:, changed] = together.topk(self._of_column, dim=0, sorted=False).values

    def means(self) -> tuple[Tensor, Tensor]:
        """Of both sides, once all rows were added."""
        return self._left, self._best.mean(dim=0)


def sinkhorn_offsets(
    similarity: Similarity,
    epsilon: float = SINKHORN_EPSILON,
    iterations: int = SINKHORN_ITERATIONS,
    start: Offsets | None = None,
) -> Offsets:
    """The potentials of entropic transport between the two sides with uniform masses.

    The plan is ``u_i exp(s_ij / ε) v_j``. It is written out rather than called: for 10,218 entities a side
    POT's `ot.sinkhorn` took as long (8.0 s for 30 rounds in 32 bits, this 8.6 s, 3.0 s of either for the
    product of the embeddings) and five times the memory (1,962 MB more, this 392 MB); its log domain took 88
    s, and its lazy `empirical_sinkhorn` did not end within 250 s. Tests compare the plan with POT's.

    Args:
        similarity: of all entities that compete.
        epsilon: entropic regularisation.
        iterations: rounds of scaling both sides; the rows are scaled once more at the end.
        start: potentials to begin with, of the same ε.

    Returns:
        ``a`` and ``b`` for which ``exp((s_ij + a_i + b_j) / ε)`` is the plan, times ``q``: each row sums to
        1.
    """
    q, m = similarity.shape
    whole = list(_kernels(similarity, epsilon)) if q * m <= _WHOLE_KERNEL_NUMBERS else None

    def kernels() -> Iterable[tuple[Tensor, Tensor]]:
        return _kernels(similarity, epsilon) if whole is None else whole

    scaling = (similarity.zeros(m) if start is None else start.right / epsilon).exp()
    for _ in range(iterations):
        mass = similarity.zeros(m)
        for _peak, kernel in kernels():
            mass += (kernel @ scaling).reciprocal_() @ kernel
        # A column far below every row's peak gets nothing at all in 32 bits: it stays free, and finite.
        scaling = (q / m) / mass.clamp_(min=_LEAST_MASS)
    left = [peak + epsilon * (kernel @ scaling).log_() for peak, kernel in kernels()]
    return Offsets(torch.cat(left).neg_(), scaling.log_().mul_(epsilon))


def _kernels(similarity: Similarity, epsilon: float) -> Iterator[tuple[Tensor, Tensor]]:
    """By blocks the peak of each row and ``exp((s - peak) / ε)``. Shapes: ``(b,)`` and ``(b, m)``."""
    for rows in row_blocks(*similarity.shape):
        block = similarity.block(rows)
        peak = block.amax(dim=1)
        yield peak, (block - peak[:, None]).div_(epsilon).exp_()


def plan_probability(scores: Tensor, offsets: Offsets, rows: Tensor, columns: Tensor) -> Tensor:
    """Sinkhorn's probability that a left entity goes to a right one, for some pairs.

    Args:
        scores: similarities of the pairs. Shape: ``(p,)``.
        offsets: of :func:`sinkhorn_offsets` with its own ε.
        rows: left entities of the pairs. Shape: ``(p,)``.
        columns: right entities. Shape: ``(p,)``.
    """
    return (scores + offsets.left[rows] + offsets.right[columns]).div_(SINKHORN_EPSILON).exp_().clamp_(max=1)


def spread_sinkhorn_offsets(similarity: Similarity) -> Offsets:
    """Sinkhorn with an ε in proportion to the similarity's spread.

    On held-out seeds of FB15K-DB15K and DBP15K (zh-en), cosines with twice the support of neighbours, MRR was
    0.816 and 0.856 with the ε of cosines, 0.820 and 0.860 with 0.04, 0.821 and 0.863 with 0.06.
    """
    return sinkhorn_offsets(similarity, SINKHORN_EPSILON * similarity.spread)


DECODINGS: dict[Decoding, Callable[[Similarity], Offsets]] = {
    "cosine": cosine_offsets,
    "csls": csls_offsets,
    "sinkhorn": spread_sinkhorn_offsets,
}
