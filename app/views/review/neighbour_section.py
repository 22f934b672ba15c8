"""Both neighbour graphs side by side, and how far they agree."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app import theme
from app.views.elided_label import ElidedLabel
from app.views.review.neighbour_graph import NeighbourGraph
from core.review.neighbour_layout import thin_out
from core.review.neighbourhood import EgoGraph, NeighbourComparison
from core.review.neighbours import MOST_NODES


class NeighbourSection(QWidget):
    """The counts stand above each graph, what they share between them."""

    neighbour_activated = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole: NeighbourComparison | None = None
        self._most = MOST_NODES
        self._left_count, self._right_count = QLabel(), QLabel(alignment=Qt.AlignmentFlag.AlignRight)
        for label in (self._left_count, self._right_count):
            label.setProperty("role", "secondary")
        self._agreement = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._agreement.setFont(theme.font(bold=True))
        self._names = ElidedLabel()
        self._names.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._names.setProperty("role", "secondary")
        self.left, self.right = NeighbourGraph(), NeighbourGraph()
        self.left.setObjectName("leftGraph")
        self.right.setObjectName("rightGraph")
        self.left.setAccessibleName("Neighbours of the left entity")
        self.right.setAccessibleName("Neighbours of the right entity")
        for graph in (self.left, self.right):
            graph.neighbour_activated.connect(self.neighbour_activated)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(theme.MEDIUM)
        layout.setVerticalSpacing(theme.SMALL)
        layout.addWidget(self._left_count, 0, 0)
        layout.addWidget(self._agreement, 0, 1, 1, 2)
        layout.addWidget(self._right_count, 0, 3)
        layout.addWidget(self._names, 1, 0, 1, 4)
        layout.addWidget(self.left, 2, 0, 1, 2)
        layout.addWidget(self.right, 2, 2, 1, 2)
        for column in range(4):
            layout.setColumnStretch(column, 1)

    def set_height(self, height: int) -> None:
        """Make both graphs ``height`` pixels high, and show as many neighbours as fit."""
        for graph in (self.left, self.right):
            graph.setFixedHeight(height)
        most = NeighbourGraph.most_nodes(height)
        if most != self._most:
            self._most = most
            if self._whole is not None:
                self._show(thin_out(self._whole, most))

    def show_comparison(self, comparison: NeighbourComparison) -> None:
        """Show the neighbourhoods of a pair."""
        self._whole = comparison
        self._show(thin_out(comparison, self._most))

    def _show(self, comparison: NeighbourComparison) -> None:
        self._left_count.setText(_count(comparison.left))
        self._right_count.setText(_count(comparison.right))
        self._agreement.setText(_agreement(comparison))
        self._agreement.setToolTip(
            "Neighbours known to be the same, as a share of the smaller neighbourhood; proposed (rings) are "
            "those that the run matches to each other and nobody has decided on"
        )
        self._names.set_whole(
            " · ".join(f"{a.number} {a.label}{'?' if a.proposed else ''}" for a in comparison.agreements)
        )
        self._names.setVisible(bool(comparison.agreements))
        self.left.show_graph(comparison.left)
        self.right.show_graph(comparison.right)


def _agreement(comparison: NeighbourComparison) -> str:
    if comparison.share is None:
        return ""
    percent = f" ({comparison.share:.0%})" if comparison.share else ""
    proposed = len(comparison.agreements) - comparison.known
    return f"{comparison.known} agree{percent}" + (f", {proposed} proposed" if proposed else "")


def _count(graph: EgoGraph) -> str:
    hidden = f", +{graph.hidden} more" if graph.hidden else ""
    shown = graph.total - graph.hidden
    return f"{shown if hidden else graph.total} {'neighbour' if graph.total == 1 else 'neighbours'}{hidden}"
