"""Both neighbour graphs side by side, how far they agree, and through which neighbours."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app import theme
from app.keyed_action import KeyedAction
from app.views.elided_label import ElidedLabel
from app.views.review.neighbour_graph import NeighbourGraph
from app.views.review.support_table import SupportTable
from core.review.neighbour_layout import thin_out
from core.review.neighbourhood import EgoGraph, Neighbour, NeighbourComparison
from core.review.neighbours import MOST_NODES

_PROPOSED = "; proposed (rings) are those that the run matches to each other and nobody has decided on"


class NeighbourSection(QWidget):
    """The counts stand above each graph, what they share between them."""

    neighbour_activated = Signal(str, int, str)  # its side, its id and its label
    walk_requested = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole: NeighbourComparison | None = None
        self._most = MOST_NODES
        self._blind = False
        self._left_count, self._right_count = ElidedLabel(), ElidedLabel()
        self._right_count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for label in (self._left_count, self._right_count):
            label.setProperty("role", "secondary")
        self._agreement = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._agreement.setFont(theme.font(bold=True))
        self._hops = QToolButton(objectName="twoStepsButton", visible=False)  # until it has its action
        self.left, self.right = NeighbourGraph(), NeighbourGraph()
        self.left.setObjectName("leftGraph")
        self.right.setObjectName("rightGraph")
        self.left.setAccessibleName("Neighbours of the left entity")
        self.right.setAccessibleName("Neighbours of the right entity")
        self.left.neighbour_activated.connect(partial(self._on_activated, "left"))
        self.right.neighbour_activated.connect(partial(self._on_activated, "right"))
        self._support = SupportTable()
        self._support.walk_requested.connect(self.walk_requested)
        middle = QHBoxLayout(spacing=theme.MEDIUM)
        middle.addStretch()
        middle.addWidget(self._agreement)
        middle.addWidget(self._hops)
        middle.addStretch()
        supported = QHBoxLayout()
        supported.addWidget(self._support)
        graphs = QGridLayout()
        graphs.setHorizontalSpacing(theme.MEDIUM)
        graphs.setVerticalSpacing(theme.SMALL)
        graphs.addWidget(self._left_count, 0, 0)
        graphs.addLayout(middle, 0, 1, 1, 2)
        graphs.addWidget(self._right_count, 0, 3)
        graphs.addWidget(self.left, 1, 0, 1, 2)
        graphs.addWidget(self.right, 1, 2, 1, 2)
        for column, share in enumerate((3, 1, 1, 3)):  # the counts are long; what is between has its least
            graphs.setColumnStretch(column, share)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addLayout(graphs)
        layout.addLayout(supported)

    def use(self, two_steps: KeyedAction) -> None:
        """Let an action widen the neighbourhoods to two steps."""
        self._hops.setDefaultAction(two_steps)
        self._hops.show()

    def set_height(self, height: int) -> None:
        """Make both graphs ``height`` pixels high, and show as many neighbours as fit."""
        for graph in (self.left, self.right):
            graph.setFixedHeight(height)
        most = NeighbourGraph.most_nodes(height)
        if most != self._most:
            self._most = most
            if self._whole is not None:
                self._show(thin_out(self._whole, most))

    def set_blind(self, blind: bool) -> None:
        """Leave out which neighbours the run alone matches, from what is shown next on, or show them."""
        self._blind = blind

    def show_comparison(self, comparison: NeighbourComparison) -> None:
        """Show the neighbourhoods of a pair."""
        if self._blind:
            comparison = comparison.without_proposals()
        self._whole = comparison
        self._show(thin_out(comparison, self._most))

    def _show(self, comparison: NeighbourComparison) -> None:
        self._left_count.set_whole(_count(comparison.left))
        self._right_count.set_whole(_count(comparison.right))
        self._agreement.setText(_agreement(comparison))
        self._agreement.setToolTip(
            "Neighbours known to be the same, as a share of the smaller neighbourhood"
            + ("" if self._blind else _PROPOSED)
        )
        self.left.show_graph(comparison.left)
        self.right.show_graph(comparison.right)
        self._support.show_agreements(comparison.agreements)

    @Slot(str, object)
    def _on_activated(self, side: str, neighbour: Neighbour) -> None:
        self.neighbour_activated.emit(side, neighbour.entity_id, neighbour.label)


def _agreement(comparison: NeighbourComparison) -> str:
    if comparison.share is None:
        return ""
    percent = f" ({comparison.share * 100:.0f} %)" if comparison.share else ""
    proposed = len(comparison.agreements) - comparison.known
    return f"{comparison.known} agree{percent}" + (f", {proposed} proposed" if proposed else "")


def _count(graph: EgoGraph) -> str:
    hidden = f", +{graph.hidden:,} more" if graph.hidden else ""
    if graph.further:
        return f"{graph.total:,} near, {graph.further:,} beyond{hidden}"
    shown = graph.total - graph.hidden
    word = "neighbour" if graph.total == 1 else "neighbours"
    return f"{shown if hidden else graph.total} {word}{hidden}"
