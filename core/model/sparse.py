"""Sparse-dense products: attention over a fixed symmetric pattern, and a fixed sparse input.

Message passing that makes an (edges x d) tensor moves hundreds of megabytes a layer. Here the attention of a
layer is a vector with one number an edge, the values of a CSR matrix that multiplies the embeddings.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
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

    def transposed(self, values: Tensor) -> Tensor:
        """The transpose of :meth:`matrix`. Shapes: ``(e,)`` to ``(n, n)``."""
        return self.matrix(values.index_select(0, self.mirror))

    def row_sums(self, values: Tensor) -> Tensor:
        """Sum of each row's values. Shapes: ``(e,)`` to ``(n,)``."""
        return torch.segment_reduce(values, "sum", offsets=self.offsets, unsafe=True)

    def column_sums(self, values: Tensor) -> Tensor:
        """Sum of each column's values. Shapes: ``(e,)`` to ``(n,)``."""
        return self.row_sums(values.index_select(0, self.mirror))

    def by_row(self, values: Tensor) -> Tensor:
        """Each entry's row's value. Shapes: ``(n,)`` to ``(e,)``."""
        return values.index_select(0, self.rows)

    def by_column(self, values: Tensor) -> Tensor:
        """Each entry's column's value. Shapes: ``(n,)`` to ``(e,)``."""
        return values.index_select(0, self.columns)

    def row_softmax_(self, scores: Tensor) -> Tensor:
        """Softmax over each row's scores, in place. Shape: ``(e,)``."""
        highest = torch.segment_reduce(scores, "max", offsets=self.offsets, unsafe=True)
        scores.sub_(self.by_row(highest)).exp_()
        return scores.div_(self.by_row(self.row_sums(scores)))


def product(matrix: Tensor, dense: Tensor) -> Tensor:
    """CSR times dense. On a processor torch's own reduction takes two thirds of the time of MKL's product."""
    return matrix @ dense if dense.is_cuda else torch.sparse.mm(matrix, dense, "sum")


class _Attention(torch.autograd.Function):
    """Eq. 1 and 2 without W and the non-linearity, a head at a time."""

    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, target: Tensor, source: Tensor, heads: int, pattern: Pattern, slope: float
    ) -> Tensor:
        alphas, negatives, out = [], [], []
        for part, to, of in _parts(heads, hidden, target, source):
            scores = pattern.by_row(part @ to).add_(pattern.by_column(part @ of))
            negatives.append(scores < 0)
            alphas.append(pattern.row_softmax_(torch.nn.functional.leaky_relu_(scores, slope)))
            out.append(product(pattern.matrix(alphas[-1]), part))
        ctx.save_for_backward(hidden, target, source, *alphas, *negatives)
        ctx.heads, ctx.pattern, ctx.slope = heads, pattern, slope
        return torch.cat(out, dim=-1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None, None]:
        hidden, target, source, *saved = ctx.saved_tensors
        alphas, negatives = saved[: ctx.heads], saved[ctx.heads :]
        pattern: Pattern = ctx.pattern
        gradients = []
        for (part, to, of, above), alpha, negative in zip(
            _parts(ctx.heads, hidden, target, source, gradient), alphas, negatives, strict=True
        ):
            by_part = product(pattern.transposed(alpha), above)
            # d out / d alpha_ij is gradient_i . hidden_j: a dense product sampled where there are edges.
            by_score = torch.sparse.sampled_addmm(pattern.matrix(alpha), above, part.T, beta=0.0).values()
            by_score.mul_(alpha)
            by_score.addcmul_(alpha, pattern.by_row(pattern.row_sums(by_score)), value=-1)
            by_score = torch.where(negative, by_score * ctx.slope, by_score)
            by_row, by_column = pattern.row_sums(by_score), pattern.column_sums(by_score)
            by_part.addr_(by_row, to).addr_(by_column, of)
            gradients.append((by_part, by_row @ part, by_column @ part))
        by_hidden, by_target, by_source = (torch.cat(parts, dim=-1) for parts in zip(*gradients, strict=True))
        return by_hidden, by_target, by_source, None, None, None


def _parts(heads: int, *tensors: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """Each head's columns of all tensors, copied once: every product would copy a slice for itself."""
    split = ([part.contiguous() for part in tensor.tensor_split(heads, dim=-1)] for tensor in tensors)
    return zip(*split, strict=True)


def attend(
    hidden: Tensor, target: Tensor, source: Tensor, heads: int, pattern: Pattern, slope: float = 0.2
) -> Tensor:
    """Attention-weighted mean of each entity's neighbours; head k has the k-th part of the columns.

    Args:
        hidden: what is averaged. Shape: ``(n, d)``.
        target: weights of the part of an edge's score that its row gives. Shape: ``(d,)``.
        source: weights of the part of an edge's score that its column gives. Shape: ``(d,)``.
        heads: K.
        pattern: the edges.
        slope: of LeakyReLU below zero.

    Returns:
        Shape: ``(n, d)``.
    """
    out: Tensor = _Attention.apply(hidden, target, source, heads, pattern, slope)
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
        return product(matrix, weight)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        return product(ctx.transposed, gradient), None, None


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
