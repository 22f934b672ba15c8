"""The facets of the review list: the groups that its candidates fall into, their sizes, and which stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.store.candidate_columns import CandidateColumns
from core.store.candidates import pair_keys
from core.store.kinds import kind_labels
from core.store.queues import FacetName

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int16]

_CHANCES = (0.95, 0.8, 0.5, 0.2)
_SCORES = (0.9, 0.8, 0.7, 0.5)
_MARGINS = (0.1, 0.02, 0.0)
_MOST_KINDS = 40
_VERDICTS = {
    "accepted": "Accepted",
    "rejected": "Rejected",
    "unsure": "Unsure",
    "no_counterpart": "No counterpart",
}


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One group, and how many candidates it has that all other facets let through."""

    label: str
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class Facet:
    """The group of each candidate of a list: ``codes`` number the ``labels``. Shape: ``(n,)``."""

    title: str
    labels: tuple[str, ...]
    codes: Codes

    def only(self, label: str) -> Mask:
        """Which candidates are in the group; none is where there is no such group."""
        mask: Mask = self.codes == (self.labels.index(label) if label in self.labels else -1)
        return mask


Facets = Mapping[FacetName, Facet]
Chosen = Sequence[tuple[FacetName, str]]


def facets_of(session: Session, rows: CandidateColumns) -> Facets:
    """All facets of a list; one that would put every candidate into the same group is left out."""
    chance = _bands(rows.probability, _CHANCES, "{:.0%} or more", "{1:.0%} to {0:.0%}", "below {:.0%}")
    score = _bands(rows.score, _SCORES, "{:.2f} or more", "{1:.2f} to {0:.2f}", "below {:.2f}")
    judged = _judged(session, rows)
    authors = sorted(set(judged.authors))
    found: dict[FacetName, Facet] = {
        "chance": Facet("Likely", *chance),
        "score": Facet("Score", *score),
        "margin": Facet(
            "Margin",
            *_bands(
                rows.margin, _MARGINS, "ahead by {:.2f} or more", "ahead by {1:.2f} to {0:.2f}", "behind"
            ),
        ),
        "mutual": Facet("Mutual", ("Each other's best", "One-sided"), (~rows.mutual).astype(np.int16)),
        "verdict": Facet(
            "Verdict", (*_VERDICTS.values(), "Undecided"), judged.codes(judged.kinds, tuple(_VERDICTS))
        ),
        "image": Facet(
            "Images",
            ("On both sides", "Left only", "Right only", "None"),
            2 * (~rows.left_image).astype(np.int16) + ~rows.right_image,
        ),
        "kind": _kinds(session, rows),
        "author": Facet(
            "Author",
            (*(author or "unnamed" for author in authors), "Undecided"),
            judged.codes(judged.authors, authors),
        ),
    }
    return {name: facet for name, facet in found.items() if len(facet.codes) and np.ptp(facet.codes)}


def facet_mask(facets: Facets, chosen: Chosen, size: int, *, but: str = "") -> Mask:
    """Which of ``size`` candidates the chosen values let through, one facet left aside if need be."""
    mask = np.ones(size, np.bool_)
    for name, label in chosen:
        if name in facets and name != but:
            mask &= facets[name].only(label)
    return mask


def facet_counts(facets: Facets, chosen: Chosen, size: int) -> dict[FacetName, tuple[FacetValue, ...]]:
    """The groups of each facet that are not empty, and that which is chosen in any case."""
    wanted = set(chosen)
    counts = {}
    everything = facet_mask(facets, chosen, size)
    for name, facet in facets.items():
        mask = facet_mask(facets, chosen, size, but=name) if any(n == name for n, _ in chosen) else everything
        numbers = np.bincount(facet.codes[mask], minlength=len(facet.labels)).tolist()
        counts[name] = tuple(
            FacetValue(label, number)
            for label, number in zip(facet.labels, numbers, strict=True)
            if number or (name, label) in wanted
        )
    return counts


def _bands(
    values: npt.NDArray[np.float32], bounds: Sequence[float], first: str, middle: str, last: str
) -> tuple[tuple[str, ...], Codes]:
    """Groups between falling bounds, each of which belongs to the group above it; the last is for NaN."""
    steps = pairwise(bounds)
    labels = (
        first.format(bounds[0]),
        *(middle.format(*step) for step in steps),
        last.format(bounds[-1]),
        "unknown",
    )
    codes = np.zeros(len(values), np.int16)
    for bound in bounds:
        codes += values < bound
    codes[np.isnan(values)] = len(bounds) + 1
    return labels, codes


def _kinds(session: Session, rows: CandidateColumns) -> Facet:
    lowest = rows.kind.min(initial=0)
    frequency = np.bincount(rows.kind - lowest)  # sooner than np.unique, which sorts
    kinds = np.flatnonzero(frequency) + lowest
    counts = frequency[kinds - lowest]
    order = np.argsort(-counts, kind="stable")[:_MOST_KINDS]
    order = order[kinds[order] != 0]
    names = kind_labels(session, kinds[order].tolist())
    order = order[[kind in names for kind in kinds[order].tolist()]]
    # Two classes may be called the same.
    labels = list(dict.fromkeys(names[kind] for kind in kinds[order].tolist()))
    codes = np.full(len(frequency), len(labels), np.int16)
    codes[kinds[order] - lowest] = [labels.index(names[kind]) for kind in kinds[order].tolist()]
    return Facet("Type", (*labels, "Other"), codes[rows.kind - lowest])


def verdict_codes(session: Session, rows: CandidateColumns) -> Codes:
    """The verdict in force on each candidate: its place among the kinds, after them where there is none."""
    judged = _judged(session, rows)
    return judged.codes(judged.kinds, tuple(_VERDICTS))


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """The verdicts in force, and for the rows at ``places`` of a list of ``size`` which of them is theirs."""

    kinds: Sequence[str]
    authors: Sequence[str]
    size: int
    places: npt.NDArray[np.intp]
    verdicts: npt.NDArray[np.intp]

    def codes(self, values: Sequence[str], groups: Sequence[str]) -> Codes:
        """For each row the group of its verdict's value; the number after all groups where it has none."""
        codes = np.full(self.size, len(groups), np.int16)
        numbers = {group: number for number, group in enumerate(groups)}
        codes[self.places] = np.array([numbers[value] for value in values], np.int16)[self.verdicts]
        return codes


def _judged(session: Session, rows: CandidateColumns) -> _Judged:
    query = "SELECT left_id, coalesce(right_id, 0), kind, author FROM current_verdict"
    found = session.execute(text(query)).all()
    lefts, rights, kinds, authors = zip(*found, strict=True) if found else ((), (), (), ())
    keys = pair_keys(np.array(lefts, np.int64), np.array(rights, np.int64))
    order = np.argsort(keys)
    # Few entities have a verdict: only their pairs are looked up one by one.
    places = np.flatnonzero(np.isin(rows.left_id, lefts))
    left_ids = rows.left_id[places]
    verdicts = np.full(len(places), -1, np.intp)
    for right_ids in (np.zeros_like(left_ids), rows.right_id[places]):  # that on the pair counts more
        wanted = pair_keys(left_ids, right_ids)
        at = order[np.searchsorted(keys, wanted, sorter=order).clip(max=len(keys) - 1)]
        verdicts = np.where(keys[at] == wanted, at, verdicts)
    theirs = verdicts >= 0
    return _Judged(kinds, authors, len(rows), places[theirs], verdicts[theirs])
