"""What follows from a run's candidates about each of them: how sure the choice is, and who disputes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.modality import Modality
from core.store.runs import Candidates

_TEMPERATURE = 0.1  # of the contrastive loss: scores of a run without probabilities are read on its scale

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class CandidateFacts:
    """One value a candidate; what can't be said is NaN. Shape of each array: ``(n,)``.

    ``margin`` is how far its score is ahead of the best other candidate of its left entity (below 0 where
    it is behind). ``entropy``, in nats, is that of which candidate of the left entity is right: none is one
    of the possibilities where the run has probabilities; else it is the softmax of the scores.
    ``dissent`` is the share of the pair's modalities in which another candidate of the left entity is more
    similar. ``claims`` counts the left entities that have the right one as their best. ``missing`` says
    that a modality of the run has no say, since either entity lacks it.
    """

    margin: Numbers
    entropy: Numbers
    dissent: Numbers
    claims: NDArray[np.int64]
    missing: NDArray[np.bool_]

    def rows(self, part: slice) -> dict[str, list[Any]]:
        """The columns of a part of the table by name, None for what can't be said."""
        columns = {field.name: getattr(self, field.name)[part].tolist() for field in fields(self)}
        return {name: [None if v != v else v for v in values] for name, values in columns.items()}


def candidate_facts(candidates: Candidates) -> CandidateFacts:
    """The facts of all candidates of a run, which may stand in any order."""
    _, entity = np.unique(candidates.left_id, return_inverse=True)
    return CandidateFacts(
        margin=_margin(entity, candidates.score),
        entropy=_entropy(entity, candidates.score, candidates.probability),
        dissent=_dissent(entity, candidates.by_modality),
        claims=_claims(candidates.right_id, candidates.rank),
        missing=_missing(candidates.by_modality, len(entity)),
    )


def _margin(entity: NDArray[np.intp], score: Numbers) -> Numbers:
    order = np.lexsort((-score, entity))
    first = np.flatnonzero(np.diff(entity[order], prepend=-1))
    count = np.diff(np.append(first, len(order)))
    best = score[order[first]]
    second = np.full(len(first), np.nan, np.float32)
    second[count > 1] = score[order[first[count > 1] + 1]]
    margin: Numbers = (score - best[entity]).astype(np.float32)
    margin[order[first]] = best - second
    return margin


def _entropy(entity: NDArray[np.intp], score: Numbers, probability: NDArray[np.float64] | None) -> Numbers:
    n = entity.max(initial=-1) + 1
    if probability is None:
        highest = np.full(n, -np.inf)
        np.maximum.at(highest, entity, score)
        mass = np.exp((score - highest[entity]) / _TEMPERATURE)
        share = mass / np.bincount(entity, mass, n)[entity]
        none = np.zeros(n)
    else:
        total = np.bincount(entity, probability, n)
        share = probability / np.maximum(total, 1)[entity]
        none = np.maximum(1 - total, 0)
    by_entity = np.bincount(entity, _surprise(share), n) + _surprise(none)
    return by_entity[entity].astype(np.float32)


def _surprise(share: NDArray[np.float64]) -> NDArray[np.float64]:
    return -share * np.log(np.where(share > 0, share, 1))


def _dissent(entity: NDArray[np.intp], by_modality: Mapping[Modality, Numbers]) -> Numbers:
    against, asked = np.zeros(len(entity)), np.zeros(len(entity))
    for similarity in by_modality.values():
        known = ~np.isnan(similarity)
        highest = np.full(entity.max(initial=-1) + 1, -np.inf, np.float32)
        np.maximum.at(highest, entity[known], similarity[known])
        against += known & (similarity < highest[entity])
        asked += known
    return np.where(asked > 0, against / np.maximum(asked, 1), np.nan).astype(np.float32)


def _claims(right_id: NDArray[np.int64], rank: NDArray[np.int64]) -> NDArray[np.int64]:
    _, entity = np.unique(right_id, return_inverse=True)
    return np.bincount(entity[rank == 1], minlength=entity.max(initial=-1) + 1)[entity]


def _missing(by_modality: Mapping[Modality, Numbers], n: int) -> NDArray[np.bool_]:
    missing = np.zeros(n, np.bool_)
    for similarity in by_modality.values():
        missing |= np.isnan(similarity)
    return missing
