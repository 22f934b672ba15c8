"""Large matrices are worked on in blocks of their rows, which bounds every temporary."""

from __future__ import annotations

from collections.abc import Iterator

MOST_KEPT_NUMBERS = 2**29  # of a matrix that is kept: 2 GB in 32 bits, two graphs of 23,000 entities
_BLOCK_NUMBERS = 2**22  # 16 MB in 32 bits: the allocator reuses it, larger ones cost fresh pages each time


def row_blocks(rows: int, columns: int) -> Iterator[slice]:
    """Consecutive slices of the rows of a ``rows`` x ``columns`` matrix."""
    step = max(1, _BLOCK_NUMBERS // max(columns, 1))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))
