"""Similarities between two sides' entities, read by blocks of rows.

Every ranking, decoding and proposal reads a :class:`Similarity` and never asks where it comes from: the
cosine of embeddings, a sparse bonus on top of another similarity, or a matrix that was computed before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from core.alignment.blocks import MOST_KEPT_NUMBERS, row_blocks


class Similarity(Protocol):
    """A matrix of ``q`` left by ``m`` right entities; more is more alike."""

    @property
    def shape(self) -> tuple[int, int]:
        """``(q, m)``."""

    @property
    def spread(self) -> float:
        """How far right pairs stand out, cosines being 1: a soft decoding is that much softer."""

    def block(self, rows: slice | Tensor) -> Tensor:
        """Some rows, which the caller must not write into. Shape: ``(b, m)``."""

    def zeros(self, size: int) -> Tensor:
        """A vector of the matrix's type and on its device. Shape: ``(size,)``."""

    def select(self, rows: Tensor, columns: Tensor) -> Similarity:
        """The similarity of some left entities and some right ones only."""

    def transposed(self) -> Similarity:
        """The same with the sides exchanged."""


@dataclass(frozen=True, slots=True)
class Cosine:
    """Cosines of vectors of length 1. Shapes: ``(q, f)`` and ``(m, f)``."""

    left: Tensor
    right: Tensor

    @property
    def shape(self) -> tuple[int, int]:
        """``(q, m)``."""
        return len(self.left), len(self.right)

    @property
    def spread(self) -> float:
        """One."""
        return 1.0

    def block(self, rows: slice | Tensor) -> Tensor:
        """One product of matrices."""
        return self.left[rows] @ self.right.T

    def zeros(self, size: int) -> Tensor:
        """As the vectors are."""
        return self.left.new_zeros(size)

    def select(self, rows: Tensor, columns: Tensor) -> Cosine:
        """Of some of the vectors."""
        return Cosine(self.left[rows], self.right[columns])

    def transposed(self) -> Cosine:
        """Right against left."""
        return Cosine(self.right, self.left)


@dataclass(frozen=True, slots=True)
class Kept:
    """A similarity that is in memory as a whole. Shape: ``(q, m)``."""

    matrix: Tensor
    spread: float = 1.0

    @property
    def shape(self) -> tuple[int, int]:
        """``(q, m)``."""
        rows, columns = self.matrix.shape
        return rows, columns

    def block(self, rows: slice | Tensor) -> Tensor:
        """A view for a slice, a copy for chosen rows."""
        return self.matrix[rows]

    def zeros(self, size: int) -> Tensor:
        """As the matrix is."""
        return self.matrix.new_zeros(size)

    def select(self, rows: Tensor, columns: Tensor) -> Kept:
        """A copy of some rows and columns."""
        return Kept(self.matrix[rows[:, None], columns], self.spread)

    def transposed(self) -> Kept:
        """A view."""
        return Kept(self.matrix.T, self.spread)


def kept(similarity: Similarity) -> Similarity:
    """The similarity as one matrix where that fits in 2 GB, else as it is.

    A decoding reads the matrix several times, and on a CPU the product of the embeddings costs more than all
    that is done with it: what reads it more than once keeps it first. Larger ones are computed anew at each
    reading.
    """
    rows, columns = similarity.shape
    if isinstance(similarity, Kept) or rows * columns > MOST_KEPT_NUMBERS:
        return similarity
    matrix = similarity.zeros(0).new_empty(rows, columns)
    for part in row_blocks(rows, columns):  # one block's temporaries at a time
        matrix[part] = similarity.block(part)
    return Kept(matrix, similarity.spread)
