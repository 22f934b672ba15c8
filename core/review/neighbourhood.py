"""What is shown of the neighbourhoods of a pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A node beside the centre; ``x`` and ``y`` lie between -1 and 1, the centre at (0, 0).

    ``relations`` say how it is joined, with an arrow that points away from the centre or to it, the main one
    first. ``number`` is the same on both sides for two neighbours that are matched to each other, which is
    ``proposed`` where only the run says so. A neighbour's neighbour has ``hop`` 2 and is reached ``through``
    one that is shown.
    """

    entity_id: int
    label: str
    relations: tuple[str, ...]
    number: int | None
    proposed: bool
    x: float = 0.0
    y: float = 0.0
    hop: int = 1
    through: int | None = None


@dataclass(frozen=True, slots=True)
class EgoGraph:
    """An entity's neighbourhood: ``total`` neighbours and ``further`` ones, of which ``nodes`` are shown."""

    total: int
    nodes: tuple[Neighbour, ...]
    further: int = 0  # two steps away; 0 where these were not asked for

    @property
    def hidden(self) -> int:
        """How many are not shown."""
        return self.total + self.further - len(self.nodes)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two neighbours that are matched to each other, numbered from 1; ``proposed``: only the run says so.

    ``strength`` is how much that says: the match's probability, times how rare the two neighbours are, as the
    support weighs them (:meth:`core.alignment.neighbours.Neighbours.support`).
    """

    number: int
    left_id: int
    right_id: int
    label: str
    right_label: str
    relations: tuple[str, ...]  # of the left entity to the left neighbour
    right_relations: tuple[str, ...]
    proposed: bool
    strength: float


@dataclass(frozen=True, slots=True)
class NeighbourComparison:
    """Both neighbourhoods, and all pairs of direct neighbours that are matched, the strongest first."""

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

    def without_proposals(self) -> NeighbourComparison:
        """The same without what only the run says; what is known is numbered from 1 on again."""
        nodes = (*self.left.nodes, *self.right.nodes)
        known = {node.number for node in nodes if node.number is not None and not node.proposed}
        known |= {agreement.number for agreement in self.agreements if not agreement.proposed}
        numbers = {number: new for new, number in enumerate(sorted(known), start=1)}
        agreements = tuple(
            replace(agreement, number=numbers[agreement.number])
            for agreement in self.agreements
            if not agreement.proposed
        )
        left, right = (_renumbered(graph, numbers) for graph in (self.left, self.right))
        return NeighbourComparison(left, right, agreements)


def _renumbered(graph: EgoGraph, numbers: Mapping[int, int]) -> EgoGraph:
    """With the numbers of known neighbours alone."""
    nodes = tuple(
        replace(node, number=None if node.number is None else numbers.get(node.number), proposed=False)
        for node in graph.nodes
    )
    return replace(graph, nodes=nodes)
