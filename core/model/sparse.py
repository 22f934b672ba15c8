"""Sparse matrices: a fixed pattern whose values change, and a fixed sparse input."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor
from torch.autograd.function import once_differentiable

# Once for the process, here: catching it around a call isn't safe while other threads run.
warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta state", category=UserWarning)

Integers = NDArray[np.int64]


def to_device(array: NDArray[Any], device: torch.device) -> Tensor:
    """The array on the device, without waiting for it."""
    return torch.from_numpy(array).to(device, non_blocking=True)


class Pattern:
    """Where a matrix of targets by n entities has entries, in CSR order.

    Targets are all entities, or with :meth:`of` some of them; ``targets`` is None for all.
    """

    def __init__(self, edges: Tensor, n: int, device: torch.device | str = "cpu") -> None:
        """Take all edges, in the order of :attr:`GraphData.edges`.

        Args:
            edges: ordered by row then column, no duplicates, on the processor. Shape: ``(2, e)``.
            n: number of entities.
            device: where the products are taken.
        """
        rows, columns = edges.numpy()
        entries = csr_array((np.arange(len(rows), dtype=np.int32), (rows, columns)), shape=(n, n))
        self._set(entries, torch.device(device), None)

    def of(self, targets: Integers) -> Pattern:
        """The rows of some entities. Shape: ``(q,)``."""
        part = object.__new__(Pattern)
        part._set(self._entries[targets], self.device, to_device(targets, self.device))
        return part

    def _set(self, entries: csr_array, device: torch.device, targets: Tensor | None) -> None:
        self._entries = entries
        self.device = device
        self.targets = targets
        self.shape: tuple[int, int] = entries.shape
        numbered = csr_array((np.arange(entries.nnz), entries.indices, entries.indptr), shape=entries.shape)
        turned = numbered.T.tocsr()
        # values[order] are the transposed matrix's values.
        self.order = to_device(turned.data, device)
        self.rows = to_device(np.repeat(np.arange(entries.shape[0]), np.diff(entries.indptr)), device)
        self.columns = to_device(entries.indices.astype(np.int64), device)
        # 32-bit indices are what MKL and cuSPARSE take without a copy, 64 bits what sums by segment take.
        self._crow, self._column, self._turned_crow, self._turned_column = (
            to_device(part.astype(np.int32), device)
            for part in (entries.indptr, entries.indices, turned.indptr, turned.indices)
        )
        self._offsets, self._turned_offsets = self._crow.long(), self._turned_crow.long()

    @property
    def entries(self) -> tuple[Tensor, Tensor]:
        """Where each row's entries begin, and their columns. Shapes: ``(q + 1,)``, ``(e,)``."""
        return self._crow, self._column

    @property
    def turned_entries(self) -> tuple[Tensor, Tensor]:
        """The same of the transposed matrix. Shapes: ``(n + 1,)``, ``(e,)``."""
        return self._turned_crow, self._turned_column

    def matrix(self, values: Tensor) -> Tensor:
        """The CSR matrix with these values. Shapes: ``(e,)`` to ``(q, n)``."""
        return torch.sparse_csr_tensor(*self.entries, values, self.shape, check_invariants=False)

    def transposed(self, values: Tensor) -> Tensor:
        """The transpose of :meth:`matrix`. Shapes: ``(e,)`` to ``(n, q)``."""
        values = values.index_select(0, self.order)
        return torch.sparse_csr_tensor(*self.turned_entries, values, self.shape[::-1], check_invariants=False)

    def row_sums(self, values: Tensor) -> Tensor:
        """Sum of each row's values. Shapes: ``(e,)`` to ``(q,)``."""
        return torch.segment_reduce(values, "sum", offsets=self._offsets, unsafe=True)

    def column_sums(self, values: Tensor) -> Tensor:
        """Sum of each column's values. Shapes: ``(e,)`` to ``(n,)``."""
        values = values.index_select(0, self.order)
        return torch.segment_reduce(values, "sum", offsets=self._turned_offsets, unsafe=True)

    def by_row(self, values: Tensor) -> Tensor:
        """Each entry's row's value. Shapes: ``(q,)`` to ``(e,)``."""
        return values.index_select(0, self.rows)

    def by_column(self, values: Tensor) -> Tensor:
        """Each entry's column's value. Shapes: ``(n,)`` to ``(e,)``."""
        return values.index_select(0, self.columns)

    def of_targets(self, values: Tensor) -> Tensor:
        """The targets' of the entities' values. Shapes: ``(n, ...)`` to ``(q, ...)``."""
        return values if self.targets is None else values.index_select(0, self.targets)

    def to_entities(self, values: Tensor) -> Tensor:
        """The targets' values summed by entity. Shapes: ``(q, ...)`` to ``(n, ...)``."""
        if self.targets is None:
            return values
        return values.new_zeros(self.shape[1], *values.shape[1:]).index_add_(0, self.targets, values)

    def row_softmax_(self, scores: Tensor) -> Tensor:
        """Softmax over each row's scores, in place. Shape: ``(e,)``."""
        highest = torch.segment_reduce(scores, "max", offsets=self._offsets, unsafe=True)
        scores.sub_(self.by_row(highest)).exp_()
        return scores.div_(self.by_row(self.row_sums(scores)))


def product(matrix: Tensor, dense: Tensor) -> Tensor:
    """CSR times dense. On a processor torch's own reduction takes two thirds of the time of MKL's product."""
    return matrix @ dense if dense.is_cuda else torch.sparse.mm(matrix, dense, "sum")


class SparseInput:
    """A fixed sparse matrix that multiplies a weight; keeps its transpose for the backward pass."""

    def __init__(self, matrix: csr_array, device: torch.device) -> None:
        self.shape: tuple[int, int] = matrix.shape
        self.device = device
        self._entries = matrix
        self._matrix = _csr(matrix, device)
        self._transposed = _csr(matrix.T.tocsr(), device)

    def of(self, rows: Integers) -> SparseInput:
        """Some of its rows. Shape: ``(q,)``."""
        return SparseInput(self._entries[rows], self.device)

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
        to_device(matrix.indptr.astype("int32"), device),
        to_device(matrix.indices.astype("int32"), device),
        to_device(matrix.data, device),
        matrix.shape,
        check_invariants=False,
    )
