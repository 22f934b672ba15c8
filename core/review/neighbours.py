"""The one-hop neighbourhoods of a pair, laid out so that what both share stands at the same place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import networkx as nx
from sqlalchemy.orm import Session

from core.store.entities import (
    NeighbourEdge,
    counterparts_near,
    entity_labels,
    neighbour_edges,
    relation_labels,
)

MOST_NODES = 60
_NEAREST = 0.2  # to the line through the centre


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A node beside the centre; ``x`` and ``y`` lie between -1 and 1, the centre at (0, 0).

    ``relations`` say how it is joined, with an arrow that points away from the centre or to it. ``number``
    is the same on both sides for two neighbours that are matched to each other, which is ``proposed`` where
    only the run says so.
    """

    entity_id: int
    label: str
    relations: tuple[str, ...]
    number: int | None
    proposed: bool
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class EgoGraph:
    """An entity's neighbourhood: ``total`` neighbours, of which ``nodes`` are shown."""

    total: int
    nodes: tuple[Neighbour, ...]

    @property
    def hidden(self) -> int:
        """How many neighbours are not shown."""
        return self.total - len(self.nodes)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two neighbours that are matched to each other, numbered from 1; ``proposed``: only the run says so."""

    number: int
    left_id: int
    right_id: int
    label: str
    proposed: bool


@dataclass(frozen=True, slots=True)
class NeighbourComparison:
    """Both neighbourhoods, and all pairs of neighbours that are matched, those known to be the same first."""

    left: EgoGraph
    right: EgoGraph
    agreements: tuple[Agreement, ...]

    @property
    def known(self) -> int:
        """How many pairs are known to be the same; the other agreements are proposals."""
        return sum(not agreement.proposed for agreement in self.agreements)

    @property
    def share(self) -> float | None:
        """Known pairs as a share of the smaller neighbourhood; None where a side has no neighbours."""
        fewer = min(self.left.total, self.right.total)
        return self.known / fewer if fewer else None


@dataclass(frozen=True, slots=True)
class _Near:
    """A neighbour before it has a place."""

    entity_id: int
    edges: tuple[NeighbourEdge, ...]

    @property
    def order(self) -> tuple[int, int, int]:
        """Neighbours joined by more relations first, then by relation."""
        return -len(self.edges), self.edges[0].relation_id, self.entity_id


def compare_neighbours(
    session: Session, run_id: int, left_id: int, right_id: int, *, most_nodes: int = MOST_NODES
) -> NeighbourComparison:
    """The neighbourhoods of a pair; neighbours that agree are shown before all others."""
    left, right = _near(session, left_id), _near(session, right_id)
    found = counterparts_near(session, run_id, left_id)
    agreeing = sorted(
        (pair for pair in (found.proposed | found.known).items() if pair[0] in left and pair[1] in right),
        key=lambda pair: (pair[0] not in found.known, left[pair[0]].order, pair),
    )
    # One to one: of two that claim the same neighbour the first counts.
    claimed: dict[int, tuple[int, int]] = {}
    for pair in agreeing:
        claimed.setdefault(pair[1], pair)
    agreeing = list(claimed.values())
    proposed = [pair[0] not in found.known for pair in agreeing]
    shown = agreeing[:most_nodes]
    sides = [
        _choose(near, [pair[side] for pair in shown], most_nodes) for side, near in enumerate((left, right))
    ]
    slots = _slots(max((len(side) for side in sides), default=0))
    labels = entity_labels(
        session, [n.entity_id for side in sides for n in side] + [pair[0] for pair in agreeing]
    )
    relations = relation_labels(session, {e.relation_id for side in sides for n in side for e in n.edges})
    graphs = []
    for side, near in zip(sides, (left, right), strict=True):
        places = _places(len(side), len(shown), slots)
        nodes = tuple(
            Neighbour(
                n.entity_id,
                labels[n.entity_id],
                tuple(sorted({_arrow(edge, relations) for edge in n.edges})),
                index + 1 if index < len(shown) else None,
                index < len(shown) and proposed[index],
                *place,
            )
            for index, (n, place) in enumerate(zip(side, places, strict=True))
        )
        graphs.append(EgoGraph(len(near), nodes))
    agreements = tuple(
        Agreement(number, *pair, labels[pair[0]], is_proposed)
        for number, (pair, is_proposed) in enumerate(zip(agreeing, proposed, strict=True), start=1)
    )
    return NeighbourComparison(graphs[0], graphs[1], agreements)


def thin_out(comparison: NeighbourComparison, most_nodes: int) -> NeighbourComparison:
    """The same with fewer nodes, placed anew: those that agree, then those joined by the most relations."""
    graphs = (comparison.left, comparison.right)
    if all(len(graph.nodes) <= most_nodes for graph in graphs):
        return comparison
    sides = [_most_joined(graph.nodes, most_nodes) for graph in graphs]
    slots = _slots(max(map(len, sides)))
    left, right = (
        replace(graph, nodes=_placed(nodes, slots)) for graph, nodes in zip(graphs, sides, strict=True)
    )
    return replace(comparison, left=left, right=right)


def _most_joined(nodes: Sequence[Neighbour], most: int) -> list[Neighbour]:
    agreeing = [node for node in nodes if node.number is not None][:most]
    others = [node for node in nodes if node.number is None]
    first = sorted(range(len(others)), key=lambda i: -len(others[i].relations))[: most - len(agreeing)]
    return agreeing + [others[i] for i in sorted(first)]


def _placed(nodes: Sequence[Neighbour], slots: Sequence[tuple[float, float]]) -> tuple[Neighbour, ...]:
    places = _places(len(nodes), sum(node.number is not None for node in nodes), slots)
    return tuple(replace(node, x=x, y=y) for node, (x, y) in zip(nodes, places, strict=True))


def _near(session: Session, entity_id: int) -> dict[int, _Near]:
    edges: dict[int, list[NeighbourEdge]] = {}
    for edge in neighbour_edges(session, entity_id):
        edges.setdefault(edge.neighbour_id, []).append(edge)
    return {n: _Near(n, tuple(sorted(of, key=lambda e: e.relation_id))) for n, of in edges.items()}


def _choose(near: dict[int, _Near], agreeing: Sequence[int], most: int) -> list[_Near]:
    """The neighbours to show: those that agree, in their order, then the others grouped by relation."""
    first = [near[i] for i in agreeing]
    rest = sorted((n for i, n in near.items() if i not in set(agreeing)), key=lambda n: n.order)
    kept = rest[: most - len(first)]
    return first + sorted(kept, key=lambda n: (n.edges[0].relation_id, n.order))


def _slots(count: int) -> list[tuple[float, float]]:
    """``count`` places around the centre, the left half from top to bottom, then the right half.

    networkx puts them on a circle; their heights are then spread evenly, so that labels beside them keep
    clear of each other.
    """
    if not count:
        return []
    even = count + count % 2
    circle = nx.circular_layout(nx.empty_graph(even))
    # Turned by half a step, so that no place is right above the centre.
    angles = sorted(math.atan2(y, x) + math.pi / even for x, y in circle.values())
    places = [
        (_aside(math.cos(a)), math.asin(max(-1.0, min(1.0, math.sin(a)))) * 2 / math.pi) for a in angles
    ]
    left = sorted((p for p in places if p[0] < 0), key=lambda p: -p[1])
    right = sorted((p for p in places if p[0] >= 0), key=lambda p: -p[1])
    return [*left, *right][:count]


def _aside(x: float) -> float:
    """Keeps the upmost and lowest places of the two halves apart."""
    return math.copysign(_NEAREST + (1.0 - _NEAREST) * abs(x), x)


def _places(count: int, agreeing: int, slots: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Places of one side's nodes: those that agree take the first slots, the others spread over the rest."""
    free = slots[agreeing:]
    others = count - agreeing
    step = len(free) / others if others else 0.0
    return [*slots[:agreeing], *(free[int(i * step)] for i in range(others))]


def _arrow(edge: NeighbourEdge, labels: dict[int, str]) -> str:
    return f"{labels[edge.relation_id]} →" if edge.outgoing else f"← {labels[edge.relation_id]}"
