"""Similarity matrices are never held whole: everything walks over blocks of their rows."""

from __future__ import annotations

from collections.abc import Iterator

_BLOCK_NUMBERS = 2**24  # 64 MB in 32 bits: stays in the allocator's reach, large enough for the BLAS


def row_blocks(rows: int, columns: int) -> Iterator[slice]:
    """Consecutive slices of the rows of a ``rows`` x ``columns`` matrix."""
    step = max(1, _BLOCK_NUMBERS // max(columns, 1))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))
