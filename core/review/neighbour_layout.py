"""Where neighbours stand around their entity: what is matched on both sides at the same place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import networkx as nx

from core.review.neighbourhood import Neighbour, NeighbourComparison

Place = tuple[float, float]
_NEAREST = 0.2  # to the line through the centre
_INNER = 0.45  # the radius of direct neighbours where others stand around them


def thin_out(comparison: NeighbourComparison, most_nodes: int) -> NeighbourComparison:
    """The same with fewer nodes, placed anew: those that agree, then those joined by the most relations."""
    graphs = (comparison.left, comparison.right)
    if all(len(graph.nodes) <= most_nodes for graph in graphs):
        return comparison
    inner, outer = (max(sum(n.hop == hop for n in graph.nodes) for graph in graphs) for hop in (1, 2))
    # Direct neighbours keep half of the room where others stand around them.
    room = min(inner, max(most_nodes // 2, most_nodes - outer))
    sides = [_most_joined([n for n in graph.nodes if n.hop == 1], room) for graph in graphs]
    outer_nodes = _reached([[n for n in graph.nodes if n.hop == 2] for graph in graphs], sides)
    for side, nodes in zip(sides, outer_nodes, strict=True):
        side += _most_joined(nodes, most_nodes - room)
    left, right = (replace(graph, nodes=nodes) for graph, nodes in zip(graphs, arranged(*sides), strict=True))
    return replace(comparison, left=left, right=right)


def arranged(
    left: Sequence[Neighbour], right: Sequence[Neighbour]
) -> tuple[tuple[Neighbour, ...], tuple[Neighbour, ...]]:
    """The nodes of both sides with their places, grouped by relation around the centre.

    Nodes that carry the same number get the same place. Those two steps away form an outer ring, near those
    through which they are reached.
    """
    has_outer = any(node.hop == 2 for side in (left, right) for node in side)
    places: list[dict[int, Place]] = [{}, {}]
    order: dict[int, int] = {}  # of the left side's nodes around the ring, by entity
    for hop in (1, 2):
        rings = [[node for node in side if node.hop == hop] for side in (left, right)]
        numbered = _grouped([node for node in rings[0] if node.number is not None], order)
        order |= {node.entity_id: at for at, node in enumerate(numbered)}
        slots = _slots(max(map(len, rings)), _INNER if has_outer and hop == 1 else 1.0)
        slot_of = {node.number: slot for node, slot in zip(numbered, slots, strict=False)}
        for ring, placed in zip(rings, places, strict=True):
            others = _grouped([node for node in ring if node.number is None], order)
            free = _spread(slots[len(numbered) :], len(others))
            placed |= {node.entity_id: slot_of[node.number] for node in ring if node.number is not None}
            placed |= {node.entity_id: slot for node, slot in zip(others, free, strict=True)}
    one, other = (
        tuple(replace(node, x=placed[node.entity_id][0], y=placed[node.entity_id][1]) for node in side)
        for side, placed in zip((left, right), places, strict=True)
    )
    return one, other


def _grouped(nodes: Sequence[Neighbour], order: dict[int, int]) -> list[Neighbour]:
    """Those of a relation side by side, and those reached through the same neighbour; else as they come."""
    groups: dict[tuple[int, str], int] = {}
    keys = [(order.get(node.through or 0, len(order)), node.relations[0]) for node in nodes]
    for key in keys:
        groups.setdefault(key, len(groups))
    ranked = sorted(zip(keys, range(len(nodes)), strict=True), key=lambda k: (k[0][0], groups[k[0]], k[1]))
    return [nodes[at] for _, at in ranked]


def _most_joined(ring: Sequence[Neighbour], most: int) -> list[Neighbour]:
    agreeing = [node for node in ring if node.number is not None][:most]
    others = [node for node in ring if node.number is None]
    first = sorted(range(len(others)), key=lambda i: -len(others[i].relations))[: most - len(agreeing)]
    return agreeing + [others[i] for i in sorted(first)]


def _reached(
    rings: Sequence[Sequence[Neighbour]], inner: Sequence[Sequence[Neighbour]]
) -> list[list[Neighbour]]:
    """The nodes of outer rings that are reached through one that is shown; matched ones on both sides."""
    shown = [{node.entity_id for node in side} for side in inner]
    reached = [[node for node in ring if node.through in ids] for ring, ids in zip(rings, shown, strict=True)]
    both = set.intersection(*({node.number for node in ring} for ring in reached)) | {None}
    return [[node for node in ring if node.number in both] for ring in reached]


def _slots(count: int, radius: float) -> list[Place]:
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
    return [(x * radius, y * radius) for x, y in [*left, *right][:count]]


def _aside(x: float) -> float:
    """Keeps the upmost and lowest places of the two halves apart."""
    return math.copysign(_NEAREST + (1.0 - _NEAREST) * abs(x), x)


def _spread(free: Sequence[Place], count: int) -> list[Place]:
    """``count`` of the free places, as far apart as they can be."""
    step = len(free) / count if count else 0.0
    return [free[int(i * step)] for i in range(count)]
