"""The review list as arrays: which candidates, in which order, and which of them still wait for a verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from core.store.candidates import CandidateFilter, Ids, candidate_pairs, decided_pairs

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Queue:
    """All candidates that a filter lets through. shape of each array: ``(n,)``."""

    wanted: CandidateFilter
    ids: Ids
    left_ids: Ids
    right_ids: Ids
    waiting: Mask  # no verdict on the pair, and its left entity is not settled

    def __len__(self) -> int:
        return len(self.ids)

    def row_of(self, left_id: int, right_id: int | None) -> int | None:
        """The row of a pair; with no ``right_id`` the first row of the left entity."""
        hits = self.left_ids == left_id
        if right_id is not None:
            hits &= self.right_ids == right_id
        rows = np.flatnonzero(hits)
        return int(rows[0]) if len(rows) else None

    def rows_of_left(self, left_ids: list[int]) -> npt.NDArray[np.intp]:
        """All rows of some left entities."""
        return np.flatnonzero(np.isin(self.left_ids, left_ids))

    def next_waiting(self, row: int, step: int = 1) -> int | None:
        """The nearest row after ``row`` (before it with ``step`` -1) that waits, else from the other end."""
        rows = np.flatnonzero(self.waiting)
        rows = rows[rows != row]
        if not len(rows):
            return None
        if step > 0:
            later = rows[rows > row]
            return int(later[0]) if len(later) else int(rows[0])
        earlier = rows[rows < row]
        return int(earlier[-1]) if len(earlier) else int(rows[-1])


def load_queue(session: Session, wanted: CandidateFilter) -> Queue:
    """The list for ``wanted``, from one snapshot of the store."""
    pairs = candidate_pairs(session, wanted)
    return Queue(
        wanted,
        np.ascontiguousarray(pairs[:, 0]),
        np.ascontiguousarray(pairs[:, 1]),
        np.ascontiguousarray(pairs[:, 2]),
        _waiting(session, wanted.run_id, pairs),
    )


def waiting_rows(session: Session, queue: Queue) -> Mask:
    """Which rows of ``queue`` wait now: after an undo, say."""
    pairs = np.column_stack((queue.ids, queue.left_ids, queue.right_ids))
    return _waiting(session, queue.wanted.run_id, pairs)


def _waiting(session: Session, run_id: int, pairs: Ids) -> Mask:
    settled, decided = decided_pairs(session, run_id)
    # One number per pair, so that numpy can look pairs up.
    keys = (pairs[:, 1] << 32) | pairs[:, 2]
    waiting: Mask = ~(np.isin(pairs[:, 1], settled) | np.isin(keys, (decided[:, 0] << 32) | decided[:, 1]))
    return waiting
