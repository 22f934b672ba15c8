"""Which modality decided a proposal, and how a run weighted its modalities: what the Weights tab shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.modality import MODALITIES, Modality
from core.store.kinds import entity_kinds, kind_labels
from core.store.run_quality import labels
from core.store.schema import Run

Numbers = NDArray[np.float64]

BINS = 40
_MOST_TYPES = 14


@dataclass(frozen=True, slots=True)
class TypeWeights:
    """The mean weights of entities of one type; ``graph`` is ``left`` or ``right``."""

    graph: str
    name: str
    entities: int
    weights: Mapping[Modality, float]


@dataclass(frozen=True, slots=True)
class Decided:
    """A first candidate that would not be first without ``modality``.

    ``margin`` is by how much its score leads, ``part`` what of that lead the modality gave, at least all.
    """

    modality: Modality
    left_id: int
    right_id: int
    left_label: str
    right_label: str
    other_label: str  # who would be first
    margin: float
    part: float


@dataclass(frozen=True, slots=True)
class Weights:
    """How a run weighted its modalities.

    ``shares`` are histograms over :data:`BINS` bins from 0 to 1, as shares of the entities that have the
    modality; ``without`` counts those that lack it. ``decided`` counts first candidates by modality.
    """

    run_id: int
    entities: int
    mean: Mapping[Modality, float]
    deviation: Mapping[Modality, float]
    shares: Mapping[Modality, Numbers]
    without: Mapping[Modality, int]
    types: Sequence[TypeWeights]
    decided: Mapping[Modality, int]
    examples: Sequence[Decided]


def weights_of(session: Session, run_id: int, most: int = 300) -> Weights:
    """Read and count the fusion weights of a run and what they decided.

    Args:
        session: of the project.
        run_id: the run.
        most: examples of each modality.
    """
    run = session.get_one(Run, run_id)
    modalities = tuple(m for m in MODALITIES if m in run.modalities.split(","))
    ids, table = _table(session, run_id, modalities)
    means, deviations, shares, without = {}, {}, {}, {}
    for modality, column in zip(modalities, table.T, strict=True):
        there = column[np.isfinite(column)]
        without[modality] = len(column) - len(there)
        if len(there):
            means[modality], deviations[modality] = float(there.mean()), float(there.std())
            shares[modality] = np.histogram(there, BINS, (0, 1))[0] / len(there)
    counts, examples = _decided(session, run, modalities, ids, table, most)
    types = _by_type(session, modalities, ids, table)
    return Weights(run_id, len(ids), means, deviations, shares, without, types, counts, examples)


def _table(
    session: Session, run_id: int, modalities: Sequence[Modality]
) -> tuple[NDArray[np.int64], Numbers]:
    """Entities, ascending, and weights, NaN where one lacks a modality. Shapes: ``(n,)``, ``(n, M)``."""
    columns = ", ".join(("entity_id", *modalities))
    query = text(f"SELECT {columns} FROM modality_weight WHERE run_id = :run ORDER BY entity_id")
    rows = np.array([tuple(row) for row in session.execute(query, {"run": run_id})], np.float64)
    rows = rows.reshape(-1, 1 + len(modalities))
    return rows[:, 0].astype(np.int64), rows[:, 1:]


def _by_type(
    session: Session, modalities: Sequence[Modality], ids: NDArray[np.int64], table: Numbers
) -> list[TypeWeights]:
    """The types with the most entities: classes, or else the relation that an entity has most."""
    kinds = entity_kinds(session, ids).tolist()
    labels = kind_labels(session, kinds)
    query = text("SELECT e.id, g.side FROM entity e JOIN graph g ON g.id = e.graph_id")
    sides: dict[int, str] = {row.id: row.side for row in session.execute(query)}
    rows: dict[tuple[str, str], list[int]] = {}
    for row, (entity, kind) in enumerate(zip(ids.tolist(), kinds, strict=True)):
        if kind in labels:
            rows.setdefault((labels[kind], sides[entity]), []).append(row)
    largest = sorted(rows.items(), key=lambda item: -len(item[1]))[:_MOST_TYPES]
    # A modality that an entity lacks has weight 0 in its embedding: so it counts here.
    weights = np.nan_to_num(table)
    return [
        TypeWeights(
            side, name, len(mine), dict(zip(modalities, weights[mine].mean(axis=0).tolist(), strict=True))
        )
        for (name, side), mine in largest
    ]


def _decided(
    session: Session,
    run: Run,
    modalities: Sequence[Modality],
    ids: NDArray[np.int64],
    table: Numbers,
    most: int,
) -> tuple[dict[Modality, int], list[Decided]]:
    """First candidates that lead the next one by score, but would not without one of the modalities."""
    columns = ", ".join(f"score_{modality}" for modality in modalities)
    query = text(
        f"SELECT left_id, right_id, rank, score, {columns} FROM candidate"
        " WHERE run_id = :run AND rank <= 2 ORDER BY left_id, rank"
    )
    rows = np.array([tuple(row) for row in session.execute(query, {"run": run.id})], np.float64)
    rows = rows.reshape(-1, 4 + len(modalities))
    first = np.flatnonzero((rows[:-1, 2] == 1) & (rows[:-1, 0] == rows[1:, 0]))
    parts = _contributions(run, rows, ids, table)
    lead = rows[first, 3] - rows[first + 1, 3]
    share = parts[first] - parts[first + 1]
    flips = (lead[:, None] > 0) & (share >= lead[:, None])
    counts = {modality: int(column.sum()) for modality, column in zip(modalities, flips.T, strict=True)}
    chosen = [
        (number, pair)
        for number in range(len(modalities))
        for pair in np.flatnonzero(flips[:, number])[np.argsort(-share[flips[:, number], number])][:most]
    ]
    ends = {pair: rows[first[pair] + [0, 0, 1], [0, 1, 1]].astype(int).tolist() for _, pair in chosen}
    names = labels(session, [entity for three in ends.values() for entity in three])
    examples = []
    for number, pair in chosen:
        left, right, other = ends[pair]
        words = names[left], names[right], names[other]
        numbers = float(lead[pair]), float(share[pair, number])
        examples.append(Decided(modalities[number], left, right, *words, *numbers))
    return counts, examples


def _contributions(run: Run, rows: Numbers, ids: NDArray[np.int64], table: Numbers) -> Numbers:
    """What each modality adds to the scores of pairs (:mod:`core.review.score_parts`). Shape: ``(n, M)``."""
    weight = float(json.loads(run.config_json).get("training", {}).get("support_weight", 0.0))
    weights = np.nan_to_num(table)
    lengths = np.linalg.norm(weights, axis=1, keepdims=True)
    weights = weights / np.where(lengths == 0, 1, lengths)
    left, right = (weights[np.searchsorted(ids, rows[:, side].astype(np.int64))] for side in (0, 1))
    parts: Numbers = left * right * np.nan_to_num(rows[:, 4:]) / (1 + weight)
    return parts
