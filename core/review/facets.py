"""The facets of the review list: the groups that its candidates fall into, their sizes, and which stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.store.candidate_columns import CandidateColumns
from core.store.kinds import kind_labels
from core.store.queues import FacetName

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.intp]

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
    known = ~np.isnan(rows.probability)
    chance = _bands(rows.probability, _CHANCES, "{:.0%} or more", "{1:.0%} to {0:.0%}", "below {:.0%}")
    score = _bands(rows.score, _SCORES, "{:.2f} or more", "{1:.2f} to {0:.2f}", "below {:.2f}")
    found: dict[FacetName, Facet] = {
        "chance": Facet("Likely", *chance) if known.any() else Facet("Score", *score),
        "margin": Facet(
            "Margin",
            *_bands(
                rows.margin, _MARGINS, "ahead by {:.2f} or more", "ahead by {1:.2f} to {0:.2f}", "behind"
            ),
        ),
        "mutual": Facet("Mutual", ("Each other's best", "One-sided"), (~rows.mutual).astype(np.intp)),
        "verdict": _verdicts(session, rows),
        "image": Facet(
            "Images",
            ("On both sides", "Left only", "Right only", "None"),
            2 * (~rows.left_image).astype(np.intp) + ~rows.right_image,
        ),
        "kind": _kinds(session, rows),
        "author": _authors(session, rows),
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
    codes = np.full(len(values), len(bounds), np.intp)
    for number, bound in reversed(list(enumerate(bounds))):
        codes[values >= bound] = number
    codes[np.isnan(values)] = len(bounds) + 1
    return labels, codes


def _kinds(session: Session, rows: CandidateColumns) -> Facet:
    kinds, inverse, counts = np.unique(rows.kind, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:_MOST_KINDS]
    order = order[kinds[order] != 0]
    names = kind_labels(session, kinds[order].tolist())
    order = order[[kind in names for kind in kinds[order].tolist()]]
    # Two classes may be called the same.
    labels = list(dict.fromkeys(names[kind] for kind in kinds[order].tolist()))
    codes = np.full(len(kinds), len(labels), np.intp)
    codes[order] = [labels.index(names[kind]) for kind in kinds[order].tolist()]
    return Facet("Type", (*labels, "Other"), codes[inverse])


def verdict_codes(session: Session, rows: CandidateColumns) -> Codes:
    """The verdict in force on each candidate: its place among the kinds, after them where there is none."""
    return _decided(session, rows, "kind", tuple(_VERDICTS))


def _verdicts(session: Session, rows: CandidateColumns) -> Facet:
    return Facet("Verdict", (*_VERDICTS.values(), "Undecided"), verdict_codes(session, rows))


def _authors(session: Session, rows: CandidateColumns) -> Facet:
    authors = session.execute(text("SELECT DISTINCT author FROM current_verdict ORDER BY 1")).scalars().all()
    labels = (*(author or "unnamed" for author in authors), "Undecided")
    return Facet("Author", labels, _decided(session, rows, "author", tuple(authors)))


def _decided(session: Session, rows: CandidateColumns, what: str, groups: tuple[str, ...]) -> Codes:
    """By a column of the verdicts in force; the number after all groups where there is none."""
    keys = (rows.left_id << 32) | rows.right_id
    codes = np.full(len(rows), len(groups), np.intp)
    members: dict[str, list[Any]] = {}
    for row in session.execute(text("SELECT left_id, right_id, kind, author FROM current_verdict")):
        members.setdefault(getattr(row, what), []).append(row)
    for group, decided in members.items():
        pairs = [row.left_id << 32 | row.right_id for row in decided if row.right_id is not None]
        alone = [row.left_id for row in decided if row.right_id is None]
        codes[np.isin(keys, pairs) | np.isin(rows.left_id, alone)] = groups.index(group)
    return codes
