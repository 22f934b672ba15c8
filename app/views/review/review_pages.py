"""What the review page consists of, and what stands in its place while there is nothing to review."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.views.empty_state import EmptyState
from app.views.review.review_desk import ReviewDesk

_LEAST_PAIR = 640  # pixels


class ReviewPages(QStackedWidget):
    """The pair among its panels, or an empty state with the button that helps."""

    def __init__(self, desk: ReviewDesk, panel: QWidget, bar: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.load_graphs = QAction("Load graphs", self)
        self.train = QAction("Train", self)
        self.clear_filters = QAction("Clear filters", self)
        self.show_all = QAction("Show all pairs", self)
        self.no_project = EmptyState(
            "mdi6.folder-open-outline",
            "No project is open",
            "Open a project, or load two graphs, to review which of their entities are the same.",
            [self.load_graphs],
        )
        self.no_run = EmptyState(
            "mdi6.chart-timeline-variant",
            "Nothing to review yet",
            "Train the model on this project; the pairs that it proposes appear here.",
            [self.train],
        )
        self.none_found = EmptyState(
            "mdi6.filter-remove-outline",
            "No pair fits these filters",
            "The search looks for every word in the labels and URIs of both sides.",
            [self.clear_filters],
        )
        self.all_done = EmptyState(
            "mdi6.check-all",
            "Everything here is decided",
            "Train again to have what you decided taken into account, or go through all pairs once more.",
            [self.train, self.show_all],
        )
        self._judged = QWidget()
        column = QVBoxLayout(self._judged)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(panel, stretch=1)
        column.addWidget(bar)
        self._right = QStackedWidget()
        # The first page is blank: it shows until the first pair is read.
        for page in (QWidget(), self._judged, self.none_found, self.all_done):
            self._right.addWidget(page)
        self.desk = desk
        desk.setCentralWidget(self._right)
        self._right.setMinimumWidth(_LEAST_PAIR)
        for page in (self.no_project, self.no_run, desk):
            self.addWidget(page)

    def show_pair(self) -> None:
        """Show the pair beside the list."""
        self._right.setCurrentWidget(self._judged)

    def show_no_pair(self, *, filtered: bool) -> None:
        """The list is empty: because of its filters, or because all is done."""
        self._right.setCurrentWidget(self.none_found if filtered else self.all_done)
