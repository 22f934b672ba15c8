"""Compares the neighbourhoods of a pair, one or two steps wide."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.review.neighbour_layout import arranged
from core.review.neighbourhood import Agreement, EgoGraph, Neighbour, NeighbourComparison
from core.store.entities import entity_labels, relation_labels
from core.store.neighbourhood import (
    NeighbourEdge,
    counterparts,
    degrees,
    entity_total,
    neighbour_edges,
)

MOST_NODES = 60


@dataclass(frozen=True, slots=True)
class _Near:
    """A neighbour before it has a place; edges are as seen from the entity that it is a neighbour of."""

    entity_id: int
    edges: tuple[NeighbourEdge, ...]

    @property
    def order(self) -> tuple[int, int, int]:
        """Neighbours joined by more relations first, then by relation."""
        return -len(self.edges), self.edges[0].relation_id, self.entity_id


@dataclass(frozen=True, slots=True)
class _Match:
    left_id: int
    right_id: int
    proposed: bool
    strength: float


Ring = dict[int, _Near]  # by entity


def compare_neighbours(
    session: Session,
    run_id: int,
    left_id: int,
    right_id: int,
    *,
    most_nodes: int = MOST_NODES,
    hops: int = 1,
) -> NeighbourComparison:
    """The neighbourhoods of a pair; neighbours that agree are shown before all others."""
    near = _ring(session, [left_id], ()), _ring(session, [right_id], ())
    agreeing = _matches(session, run_id, near)
    room = most_nodes if hops == 1 else max(1, most_nodes // 2)
    inner = [_choose(ring, [pair[side] for pair in _ids(agreeing)], room) for side, ring in enumerate(near)]
    far: tuple[Ring, Ring] = ({}, {})
    outer: list[list[_Near]] = [[], []]
    further: list[_Match] = []
    if hops > 1:
        far = (
            _ring(session, [n.entity_id for n in inner[0]], {left_id, *near[0]}),
            _ring(session, [n.entity_id for n in inner[1]], {right_id, *near[1]}),
        )
        further = _matches(session, run_id, far)
        room = most_nodes - max(map(len, inner))
        outer = [_choose(ring, [pair[side] for pair in _ids(further)], room) for side, ring in enumerate(far)]
    naming = _Naming(session, [*inner[0], *inner[1], *outer[0], *outer[1]], [near, far], [agreeing, further])
    sides = [
        naming.nodes(inner[side], agreeing, side, hop=1) + naming.nodes(outer[side], further, side, hop=2)
        for side in (0, 1)
    ]
    placed = arranged(*sides)
    left, right = (
        EgoGraph(len(ring), nodes, len(ring2)) for ring, nodes, ring2 in zip(near, placed, far, strict=True)
    )
    return NeighbourComparison(left, right, naming.agreements(agreeing, near))


def _ring(session: Session, ids: Sequence[int], inside: Collection[int]) -> Ring:
    """The neighbours of some entities that are not ``inside``."""
    edges: dict[int, list[NeighbourEdge]] = {}
    for edge in neighbour_edges(session, ids):
        if edge.neighbour_id not in inside:
            edges.setdefault(edge.neighbour_id, []).append(edge)
    return {n: _Near(n, tuple(sorted(of, key=lambda e: e.relation_id))) for n, of in edges.items()}


def _matches(session: Session, run_id: int, rings: tuple[Ring, Ring]) -> list[_Match]:
    """Those of one ring that are matched to those of the other, the strongest first.

    One to one: of two that claim the same entity one that is known counts, then the stronger one.
    """
    found = counterparts(session, run_id, list(rings[0]))
    pairs = [
        pair for pair in (found.proposed | found.known).items() if pair[0] in rings[0] and pair[1] in rings[1]
    ]
    uses = degrees(session, [entity for pair in pairs for entity in pair])
    total = entity_total(session)
    matches = []
    for left, right in pairs:
        rare = math.prod(math.log1p(total / uses[entity]) for entity in (left, right))
        proposed = left not in found.known
        likely = found.likely.get(left, 1.0) if proposed else 1.0
        matches.append(_Match(left, right, proposed, likely * math.sqrt(rare)))
    claimed: dict[int, _Match] = {}
    for match in sorted(matches, key=lambda m: (m.proposed, -m.strength, m.left_id)):
        claimed.setdefault(match.right_id, match)
    return sorted(claimed.values(), key=lambda m: (-m.strength, m.left_id))


def _ids(matches: Sequence[_Match]) -> list[tuple[int, int]]:
    return [(match.left_id, match.right_id) for match in matches]


def _choose(ring: Ring, agreeing: Sequence[int], most: int) -> list[_Near]:
    """The neighbours to show: those that agree, in their order, then those joined by the most relations."""
    first = [ring[i] for i in agreeing[:most]]
    matched = set(agreeing[:most])
    rest = sorted((n for i, n in ring.items() if i not in matched), key=lambda n: n.order)
    kept = rest[: most - len(first)]
    return first + sorted(kept, key=lambda n: (n.edges[0].relation_id, n.order))


class _Naming:
    """Turns identifiers into what is shown."""

    def __init__(
        self,
        session: Session,
        shown: Sequence[_Near],
        rings: Sequence[tuple[Ring, Ring]],
        matches: Sequence[Sequence[_Match]],
    ) -> None:
        agreeing = {entity for match in matches[0] for entity in (match.left_id, match.right_id)}
        self._labels = entity_labels(session, agreeing | {n.entity_id for n in shown})
        named = [*shown, *(ring[i] for ring in rings[0] for i in agreeing if i in ring)]
        self._relations = relation_labels(session, {e.relation_id for n in named for e in n.edges})
        self._first = len(matches[0])

    def nodes(
        self, shown: Sequence[_Near], matches: Sequence[_Match], side: int, *, hop: int
    ) -> list[Neighbour]:
        """Of one ring; a match's number counts on from those of the inner ring."""
        start = 1 if hop == 1 else self._first + 1
        numbers = {
            (match.left_id, match.right_id)[side]: (number, match.proposed)
            for number, match in enumerate(matches, start)
        }
        nodes = []
        for n in shown:
            number, proposed = numbers.get(n.entity_id, (None, False))
            label, relations = self._labels[n.entity_id], self.arrows(n)
            through = n.edges[0].entity_id if hop == 2 else None
            nodes.append(Neighbour(n.entity_id, label, relations, number, proposed, hop=hop, through=through))
        return nodes

    def agreements(self, matches: Sequence[_Match], rings: tuple[Ring, Ring]) -> tuple[Agreement, ...]:
        """All matches between direct neighbours."""
        return tuple(
            Agreement(
                number,
                match.left_id,
                match.right_id,
                self._labels[match.left_id],
                self._labels[match.right_id],
                self.arrows(rings[0][match.left_id]),
                self.arrows(rings[1][match.right_id]),
                match.proposed,
                match.strength,
            )
            for number, match in enumerate(matches, start=1)
        )

    def arrows(self, near: _Near) -> tuple[str, ...]:
        """How it is joined, each relation once."""
        return tuple(dict.fromkeys(_arrow(edge, self._relations) for edge in near.edges))


def _arrow(edge: NeighbourEdge, labels: Mapping[int, str]) -> str:
    return f"{labels[edge.relation_id]} →" if edge.outgoing else f"← {labels[edge.relation_id]}"
