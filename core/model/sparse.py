"""Sparse-dense products: attention over a fixed symmetric pattern, and a fixed sparse input.

Message passing that makes an (edges x d) tensor moves hundreds of megabytes a layer. Here the attention of a
layer is a vector with one number an edge, the values of a CSR matrix that multiplies the embeddings.
"""

from __future__ import annotations

import warnings
from typing import Any

import torch
from scipy.sparse import csr_array
from torch import Tensor
from torch.autograd.function import once_differentiable

# Once for the process, here: catching it around a call isn't safe while other threads run.
warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta state", category=UserWarning)


class Pattern:
    """Where a symmetric n x n matrix has entries, in CSR order."""

    def __init__(self, edges: Tensor, n: int) -> None:
        """Take the edges in the order of :attr:`GraphData.edges`, each direction present.

        Args:
            edges: ordered by row then column, no duplicates. Shape: ``(2, e)``.
            n: number of rows.
        """
        rows, columns = edges
        self.n = n
        self.rows = rows
        self.columns = columns
        self.offsets = torch.zeros(n + 1, dtype=torch.int64, device=edges.device)
        torch.cumsum(torch.bincount(rows, minlength=n), dim=0, out=self.offsets[1:])
        # values[mirror] are the transposed matrix's values in the same pattern.
        self.mirror = torch.argsort(columns * n + rows)
        # 32-bit indices are what MKL and cuSPARSE take without a copy.
        self._crow = self.offsets.to(torch.int32)
        self._column = columns.to(torch.int32)

    def matrix(self, values: Tensor) -> Tensor:
        """The CSR matrix with these values. Shapes: ``(e,)`` to ``(n, n)``."""
        return torch.sparse_csr_tensor(
            self._crow, self._column, values, (self.n, self.n), check_invariants=False
        )

    def row_sums(self, values: Tensor) -> Tensor:
        """Sum of each row's values. Shapes: ``(e,)`` to ``(n,)``."""
        return torch.segment_reduce(values, "sum", offsets=self.offsets, unsafe=True)

    def row_softmax(self, scores: Tensor) -> Tensor:
        """Softmax over each row's scores, in place. Shape: ``(e,)``."""
        highest = torch.segment_reduce(scores, "max", offsets=self.offsets, unsafe=True)
        scores.sub_(highest[self.rows]).exp_()
        return scores.div_(self.row_sums(scores)[self.rows])


class _Attention(torch.autograd.Function):
    """Eq. 1 and 2 without the non-linearity and W, both of which the caller applies by row and column."""

    @staticmethod
    def forward(
        ctx: Any, target: Tensor, source: Tensor, hidden: Tensor, pattern: Pattern, slope: float
    ) -> Tensor:
        scores = target[pattern.rows].add_(source[pattern.columns])
        negative = scores < 0
        alpha = pattern.row_softmax(torch.nn.functional.leaky_relu_(scores, slope))
        ctx.save_for_backward(alpha, negative, hidden)
        ctx.pattern, ctx.slope = pattern, slope
        return pattern.matrix(alpha) @ hidden

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None]:
        alpha, negative, hidden = ctx.saved_tensors
        pattern: Pattern = ctx.pattern
        gradient = gradient.contiguous()
        by_hidden = pattern.matrix(alpha[pattern.mirror]) @ gradient
        # d out / d alpha_ij is gradient_i . hidden_j: a dense product sampled where there are edges.
        by_alpha = torch.sparse.sampled_addmm(
            pattern.matrix(torch.zeros_like(alpha)), gradient, hidden.T, beta=0.0
        ).values()
        by_score = by_alpha.mul_(alpha)
        by_score.sub_(alpha * pattern.row_sums(by_score)[pattern.rows])
        by_score[negative] *= ctx.slope
        return pattern.row_sums(by_score), pattern.row_sums(by_score[pattern.mirror]), by_hidden, None, None


def attend(target: Tensor, source: Tensor, hidden: Tensor, pattern: Pattern, slope: float = 0.2) -> Tensor:
    """Attention-weighted mean of each entity's neighbours.

    Args:
        target: the part of an edge's score that its row gives. Shape: ``(n,)``.
        source: the part of an edge's score that its column gives. Shape: ``(n,)``.
        hidden: what is averaged. Shape: ``(n, f)``.
        pattern: the edges.
        slope: of LeakyReLU below zero.

    Returns:
        Shape: ``(n, f)``.
    """
    out: Tensor = _Attention.apply(target, source, hidden, pattern, slope)
    return out


class SparseInput:
    """A fixed sparse matrix that multiplies a weight; keeps its transpose for the backward pass."""

    def __init__(self, matrix: csr_array, device: torch.device) -> None:
        self.shape: tuple[int, int] = matrix.shape
        self._matrix = _csr(matrix, device)
        self._transposed = _csr(matrix.T.tocsr(), device)

    def __matmul__(self, weight: Tensor) -> Tensor:
        """Product with ``weight``. Shapes: ``(words, d)`` to ``(n, d)``."""
        out: Tensor = _FixedProduct.apply(weight, self._matrix, self._transposed)
        return out


class _FixedProduct(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, weight: Tensor, matrix: Tensor, transposed: Tensor) -> Tensor:
        ctx.transposed = transposed
        return matrix @ weight

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        return ctx.transposed @ gradient.contiguous(), None, None


def _csr(matrix: csr_array, device: torch.device) -> Tensor:
    matrix.sort_indices()
    return torch.sparse_csr_tensor(
        torch.from_numpy(matrix.indptr.astype("int32")),
        torch.from_numpy(matrix.indices.astype("int32")),
        torch.from_numpy(matrix.data.astype("float32")),
        matrix.shape,
        device=device,
        check_invariants=False,
    )
