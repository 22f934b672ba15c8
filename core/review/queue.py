"""The review list as arrays: which candidates, in which order, and which of them still wait for a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from core.review.facets import Facets, FacetValue, facet_counts, facet_mask, facets_of, verdict_codes
from core.review.ordering import Codes, Places, ascending, descending, places_by
from core.store.candidate_columns import CandidateColumns, candidate_columns, unproposed
from core.store.candidates import Decided, Ids, decided_pairs, pair_keys
from core.store.packed import packed_ids
from core.store.queues import (
    QUEUES,
    CandidateFilter,
    FacetName,
    asks_for_all,
    queue_ids,
    unproposed_pairs,
)

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What the queue and the text of a filter let through, before its facets and its order are asked."""

    rows: CandidateColumns
    waiting: Mask
    facets: Facets | None  # None as long as nobody asked


@dataclass(frozen=True, slots=True, eq=False)
class Queue:
    """All candidates that a filter lets through. shape of each array: ``(n,)``."""

    wanted: CandidateFilter
    ids: Ids
    left_ids: Ids
    right_ids: Ids
    waiting: Mask  # no verdict on the pair, and its left entity is not settled
    probable: bool  # the run has probabilities
    found: Found
    facets: Mapping[FacetName, tuple[FacetValue, ...]]  # none before with_facets()
    titles: Mapping[FacetName, str]

    def __len__(self) -> int:
        return len(self.ids)

    def row_of(self, left_id: int, right_id: int | None) -> int | None:
        """The row of a pair; with no ``right_id`` the first row of the left entity."""
        hits = self.left_ids == left_id
        if right_id is not None:
            hits &= self.right_ids == right_id
        rows = np.flatnonzero(hits)
        return int(rows[0]) if len(rows) else None

    def rows_of_left(self, left_ids: list[int]) -> Places:
        """All rows of some left entities."""
        return np.flatnonzero(np.isin(self.left_ids, left_ids))

    def rows_of(self, left_ids: list[int], right_ids: list[int]) -> Places:
        """All rows in which one of these entities stands on its side."""
        return np.flatnonzero(np.isin(self.left_ids, left_ids) | np.isin(self.right_ids, right_ids))

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


def load_queue(session: Session, wanted: CandidateFilter, last: Queue | None = None) -> Queue:
    """The list for ``wanted``, from one snapshot of the store.

    With ``last``, a list that is still as the store is, only what differs from it is done: another order or
    other facets take no query on candidates. What facets there are it tells only where some are asked for:
    the list can be shown before they are known.
    """
    found = last.found if last is not None and _same_rows(last.wanted, wanted) else _find(session, wanted)
    rows = found.rows
    order = _order(session, rows, wanted)
    if wanted.facets:
        found = _sorted_into_facets(session, found)
        assert found.facets is not None
        order = order[facet_mask(found.facets, wanted.facets, len(rows))[order]]
    return _counted(
        Queue(
            wanted=wanted,
            ids=rows.id[order],
            left_ids=rows.left_id[order],
            right_ids=rows.right_id[order],
            waiting=found.waiting[order],
            probable=not bool(np.isnan(rows.probability).all()),
            found=found,
            facets={},
            titles={},
        )
    )


def with_facets(session: Session, queue: Queue) -> Queue:
    """The same list, its arrays not copied, with the facets of its candidates and their sizes."""
    return _counted(replace(queue, found=_sorted_into_facets(session, queue.found)))


def _sorted_into_facets(session: Session, found: Found) -> Found:
    return found if found.facets is not None else replace(found, facets=facets_of(session, found.rows))


def _counted(queue: Queue) -> Queue:
    facets = queue.found.facets
    if facets is None:
        return queue
    counts = facet_counts(facets, queue.wanted.facets, len(queue.found.rows))
    return replace(queue, facets=counts, titles={name: facet.title for name, facet in facets.items()})


def waiting_rows(session: Session, queue: Queue) -> Mask:
    """Which rows of ``queue`` wait now: after an undo, say."""
    return _waiting(session, queue.wanted, queue.left_ids, queue.right_ids)


def _same_rows(one: CandidateFilter, other: CandidateFilter) -> bool:
    return replace(one, order=None, facets=()) == replace(other, order=None, facets=())


def _find(session: Session, wanted: CandidateFilter) -> Found:
    rows = candidate_columns(session, wanted.run_id)
    waits = QUEUES[wanted.queue].among == "waiting"
    if asks_for_all(wanted):
        if wanted.best_only:
            rows = rows.take(_best(rows, decided_pairs(session, wanted.run_id) if waits else None))
    else:
        rows = _those(session, rows, queue_ids(session, wanted))
    if wanted.pairs is not None:
        keys = [left << 32 | right for left, right in wanted.pairs]
        rows = rows.take(np.flatnonzero(np.isin(pair_keys(rows.left_id, rows.right_id), keys)))
    if waits and wanted.best_only:  # those and no others were found
        return Found(rows, np.ones(len(rows), np.bool_), None)
    waiting = _waiting(session, wanted, rows.left_id, rows.right_id)
    if waits:
        rows, waiting = rows.take(np.flatnonzero(waiting)), waiting[waiting]
    return Found(rows, waiting, None)


def _best(rows: CandidateColumns, decided: Decided | None) -> Places:
    """Places of the best candidate of each left entity; with ``decided`` of those that wait for a verdict.

    Which is the best that nobody rejected; where a pair of the entity is parked as unsure, it waits with it.
    """
    left = rows.left_id
    if decided is None:
        return _firsts(left, np.arange(len(left)))
    rejected = _places_of(decided.of_kind("rejected"), left, rows.right_id)
    best = _firsts(left, np.delete(np.arange(len(left)), rejected))
    gone = np.concatenate([decided.settled, decided.of_kind("unsure")[:, 0]])
    return best[~np.isin(left[best], gone)]


def _firsts(left: Ids, among: Places) -> Places:
    """Of places ``among`` all the first one of each left entity."""
    is_first = np.ones(len(among), np.bool_)
    is_first[1:] = left[among[1:]] != left[among[:-1]]
    return among[is_first]


def _those(session: Session, rows: CandidateColumns, ids: Ids) -> CandidateColumns:
    """The rows of ``ids``, by ascending id."""
    ids.sort()
    by_hand = int(np.searchsorted(ids, 0))
    rows = rows.take(rows.places(ids[by_hand:]))
    if not by_hand:
        return rows
    return unproposed(ids[:by_hand], unproposed_pairs(session, ids[:by_hand].tolist())).followed_by(rows)


def _order(session: Session, rows: CandidateColumns, wanted: CandidateFilter) -> Places:
    """Places of the rows in the order wanted; what is not known comes last, ids break ties."""
    score = descending(rows.score)
    match wanted.ordered_by:
        case "teach":
            return places_by(descending(rows.gain), descending(rows.probability), score)
        case "likely":
            return places_by(descending(rows.probability), score)
        case "likely_ascending":
            return places_by(ascending(rows.probability), ascending(rows.score))
        case "score":
            return places_by(score)
        case "score_ascending":
            return places_by(ascending(rows.score))
        case "left_label":
            return places_by(_label_places(session, rows.left_id), score)
        case "right_label":
            return places_by(_label_places(session, rows.right_id), score)
        case "entropy":
            return places_by(descending(rows.entropy), score)
        case "dissent":
            return places_by(descending(rows.dissent), score)
        case "claims":
            return places_by(descending(rows.claims), ascending(rows.right_id), score)
        case "verdict":
            codes = ascending(verdict_codes(session, rows))
            return places_by(codes, descending(rows.probability), score)


def _label_places(session: Session, ids: Ids) -> Codes:
    """Where each entity comes when all are sorted by label."""
    by_label = packed_ids(session, "SELECT id FROM entity ORDER BY label, id")
    places = np.zeros(int(by_label.max(initial=0)) + 1, np.uint32)
    places[by_label] = np.arange(len(by_label), dtype=np.uint32)
    return places[ids]


def _waiting(session: Session, wanted: CandidateFilter, left_ids: Ids, right_ids: Ids) -> Mask:
    if wanted.queue == "conflict":  # what was accepted twice waits for another verdict
        return np.ones(len(left_ids), np.bool_)
    decided = decided_pairs(session, wanted.run_id)
    waiting: Mask = ~np.isin(left_ids, decided.settled)
    waiting[_places_of(decided.pairs, left_ids, right_ids)] = False
    return waiting


def _places_of(pairs: Ids, left_ids: Ids, right_ids: Ids) -> Places:
    """Where one of some pairs stands. They are those of few entities: only these are looked up one by one."""
    theirs = np.flatnonzero(np.isin(left_ids, pairs[:, 0]))
    return theirs[np.isin(pair_keys(left_ids[theirs], right_ids[theirs]), pair_keys(*pairs.T))]
