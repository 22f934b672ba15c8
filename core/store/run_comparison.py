"""Two runs side by side: where known links rank, and which candidates one has and the other has not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.store.run_quality import labels

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RankChange:
    """Where a known link ranks in either run; 0 is beyond the candidates kept."""

    left_id: int
    right_id: int
    left_label: str
    right_label: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class FirstChange:
    """A left entity whose first candidate differs; ``answer_id`` is its counterpart where a link tells."""

    left_id: int
    before_id: int
    after_id: int
    left_label: str
    before_label: str
    after_label: str
    answer_id: int | None


@dataclass(frozen=True, slots=True)
class PairChange:
    """A candidate that one run has alone, ``gained`` the later one; ``rank`` is that in it."""

    left_id: int
    right_id: int
    left_label: str
    right_label: str
    rank: int
    gained: bool
    answer_id: int | None  # the left entity's counterpart where a link tells


@dataclass(frozen=True, slots=True)
class Comparison:
    """Run ``after`` against run ``before``.

    Links are those that both runs tested or one of them did. ``gained`` and ``lost`` count pairs among all
    candidates kept.
    """

    before: int
    after: int
    links: int
    better: int
    worse: int
    gained: int
    lost: int
    ranks: tuple[RankChange, ...]  # the largest changes first
    firsts: tuple[FirstChange, ...]
    firsts_changed: int
    pairs: tuple[PairChange, ...]  # gained and lost, those of the best ranks first


def compare_runs(session: Session, before: int, after: int, most: int = 500) -> Comparison:
    """Compare two runs; lists end after ``most`` rows."""
    one, other = _candidates(session, before), _candidates(session, after)
    links = _links(session, before, after)
    places = np.stack([_ranks(one, links), _ranks(other, links)])
    beyond = int(max(one[:, 2].max(initial=0), other[:, 2].max(initial=0))) + 1
    change = np.subtract(*np.where(places == 0, beyond, places))  # above 0: better
    moved = np.flatnonzero(change)
    moved = moved[np.argsort(-np.abs(change[moved]), kind="stable")]
    gained = other[~np.isin(_keys(other), _keys(one))]
    lost = one[~np.isin(_keys(one), _keys(other))]
    firsts, changed = _firsts(session, one, other, links, most)
    return Comparison(
        before,
        after,
        len(links),
        int((change > 0).sum()),
        int((change < 0).sum()),
        len(gained),
        len(lost),
        tuple(_rank_changes(session, links, places, moved[:most])),
        firsts,
        changed,
        _pair_changes(session, gained, lost, links, most),
    )


def _candidates(session: Session, run_id: int) -> Integers:
    """(left, right, rank). Shape: ``(n, 3)``."""
    query = text("SELECT left_id, right_id, rank FROM candidate WHERE run_id = :run")
    rows = session.execute(query, {"run": run_id}).all()
    return np.array([tuple(row) for row in rows], np.int64).reshape(-1, 3)


def _links(session: Session, before: int, after: int) -> Integers:
    """Test links of either run that neither was trained on. Shape: ``(m, 2)``."""
    query = text(
        "SELECT DISTINCT left_id, right_id FROM run_seed t WHERE run_id IN (:one, :other) AND role = 'test'"
        " AND NOT EXISTS (SELECT 1 FROM run_seed s WHERE s.run_id IN (:one, :other) AND s.role = 'seed'"
        "  AND s.left_id = t.left_id AND s.right_id = t.right_id) ORDER BY left_id, right_id"
    )
    rows = session.execute(query, {"one": before, "other": after}).all()
    return np.array([tuple(row) for row in rows], np.int64).reshape(-1, 2)


def _keys(pairs: Integers) -> Integers:
    """A pair as one number; identifiers stay below 2**31."""
    return pairs[:, 0] * 2**31 + pairs[:, 1]


def _ranks(candidates: Integers, links: Integers) -> Integers:
    """The rank of each link, 0 where it is no candidate."""
    ranks = dict(zip(_keys(candidates).tolist(), candidates[:, 2].tolist(), strict=True))
    return np.array([ranks.get(key, 0) for key in _keys(links).tolist()], np.int64)


def _rank_changes(session: Session, links: Integers, places: Integers, chosen: Integers) -> list[RankChange]:
    names = labels(session, links[chosen].ravel().tolist())
    rows = zip(links[chosen].tolist(), places[:, chosen].T.tolist(), strict=True)
    return [RankChange(left, right, names[left], names[right], *ranks) for (left, right), ranks in rows]


def _pair_changes(
    session: Session, gained: Integers, lost: Integers, links: Integers, most: int
) -> tuple[PairChange, ...]:
    answers = dict(links.tolist())
    both = np.concatenate([gained, lost])
    new = np.arange(len(both)) < len(gained)
    chosen = np.lexsort((~new, both[:, 0], both[:, 2]))[:most]
    names = labels(session, both[chosen, :2].ravel().tolist())
    return tuple(
        PairChange(left, right, names[left], names[right], rank, is_new, answers.get(left))
        for (left, right, rank), is_new in zip(both[chosen].tolist(), new[chosen].tolist(), strict=True)
    )


def _firsts(
    session: Session, one: Integers, other: Integers, links: Integers, most: int
) -> tuple[tuple[FirstChange, ...], int]:
    """Left entities whose first candidate differs, known answers first; and how many there are."""
    before, after = (dict(part[part[:, 2] == 1][:, :2].tolist()) for part in (one, other))
    answers = dict(links.tolist())
    changed = [left for left in before if left in after and before[left] != after[left]]
    chosen = sorted(changed, key=lambda left: (left not in answers, left))[:most]
    names = labels(session, [entity for left in chosen for entity in (left, before[left], after[left])])
    rows = tuple(
        FirstChange(
            left,
            before[left],
            after[left],
            names[left],
            names[before[left]],
            names[after[left]],
            answers.get(left),
        )
        for left in chosen
    )
    return rows, len(changed)
