"""The list of candidates with its queue, search and facets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app import theme
from app.models.candidate_model import LEFT, CandidateModel
from app.settings import Settings
from app.views.review.candidate_table import CandidateTable
from app.views.review.facet_bar import FacetBar
from app.views.review.queue_chooser import QueueChooser
from app.views.review.sort_menu import LIKELY, SortMenu, following
from core.review.journal import Step
from core.review.queue import Queue
from core.store.queues import QUEUES, CandidateFilter, QueueName, QueueOrder

_DEBOUNCE = 150  # milliseconds of quiet before typing becomes a query
_TELLING: tuple[QueueOrder, ...] = ("teach", *LIKELY)  # kept from who judges blind


class QueuePanel(QWidget):
    """What it shows is asked for by ``filter_changed``; it reads nothing itself."""

    filter_changed = Signal()
    row_chosen = Signal(int)

    def __init__(self, model: CandidateModel, clear: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._order: QueueOrder | None = None  # the queue's own
        self._pairs: frozenset[tuple[int, int]] | None = None
        self._blind = False
        self.chooser = QueueChooser()
        self.best = QComboBox(objectName="queueCombo")
        self.best.setAccessibleName("Pairs")
        self.best.addItem("Best", True)
        self.best.addItem("All", False)
        self.search = _SearchField(placeholderText="Search labels, URIs and values", clearButtonEnabled=True)
        self.search.setObjectName("searchField")
        self.search.setAccessibleName("Search")
        self._timer = QTimer(self, singleShot=True, interval=_DEBOUNCE)
        self.facets = FacetBar(clear)
        self.table = CandidateTable(model)
        self._sort_menu = SortMenu(self)
        self._sort_menu.chosen.connect(self._sort_by)
        self._count = QLabel(wordWrap=True)
        self._count.setObjectName("queueCount")
        self._count.setProperty("role", "secondary")

        self.chooser.currentIndexChanged.connect(self._queue_chosen)
        self.best.currentIndexChanged.connect(self._changed)
        self.search.textChanged.connect(self._timer.start)
        self.search.left.connect(self.table.setFocus)
        self._timer.timeout.connect(self.filter_changed)
        self.facets.changed.connect(self.filter_changed)
        self.table.horizontalHeader().sectionClicked.connect(self._sort)
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.table.clicked.connect(self._row_clicked)
        self._arrange()

    def _arrange(self) -> None:
        combos = QHBoxLayout(spacing=theme.MEDIUM)
        combos.addWidget(self.chooser, stretch=1)
        combos.addWidget(self.best)
        self.tools = QHBoxLayout(spacing=theme.MEDIUM)
        self.tools.addWidget(self.search, stretch=1)
        top = QVBoxLayout(spacing=theme.MEDIUM)
        top.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        top.addLayout(combos)
        top.addLayout(self.tools)
        top.addWidget(self.facets)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.table, stretch=1)
        layout.addWidget(self._count)
        self._count.setContentsMargins(theme.LARGE, theme.SMALL, theme.MEDIUM, theme.SMALL)

    def wanted(self, run_id: int) -> CandidateFilter:
        """What the controls ask for."""
        return CandidateFilter(
            run_id,
            self.search.text().strip(),
            self.chooser.queue,
            self.best.currentData() and self._pairs is None,
            self._neutral if self._blind else self._order,
            self.facets.chosen,
            Settings().author,
            self._pairs,
        )

    @property
    def _neutral(self) -> QueueOrder | None:
        """The order, but by name in place of one that tells what the model says of each pair."""
        order = self._order or QUEUES[self.chooser.queue].order
        return "left_label" if order in _TELLING else self._order

    @Slot(bool)
    def set_blind(self, blind: bool) -> None:
        """Keep from the list what the model says of pairs without a verdict, or show it."""
        self._blind = blind
        self._model.set_blind(blind)
        self.facets.set_blind(blind)
        self.chooser.set_blind(blind)
        self.filter_changed.emit()

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the queue down, or it is not that which a project opens with."""
        return self._is_narrowed or self.chooser.queue != self._nothing.queue

    @property
    def _is_narrowed(self) -> bool:
        return bool(self.search.text().strip() or self.facets.chosen or self._pairs is not None)

    @property
    def filters_have_focus(self) -> bool:
        """Whether the keyboard is on the search field or a filter."""
        return self.facets.has_focus or any(
            each.hasFocus() for each in (self.search, self.best, self.chooser)
        )

    def show_filter(self, wanted: CandidateFilter) -> None:
        """Set every control to ``wanted``, whatever run it names."""
        for widget in (self.search, self.chooser, self.best):
            widget.blockSignals(True)
        self.search.setText(wanted.text)
        self.chooser.choose(wanted.queue)
        if wanted.pairs is None:
            self.best.setCurrentIndex(self.best.findData(wanted.best_only))
        for widget in (self.search, self.chooser, self.best):
            widget.blockSignals(False)
        self._timer.stop()
        self._order, self._pairs = wanted.order, wanted.pairs
        self.facets.choose(wanted.facets)
        self.filter_changed.emit()

    @Slot()
    def clear_filters(self) -> None:
        """Empty the search, let all facets pass and go back to what is undecided; the order stays."""
        nothing = self._nothing
        self.show_filter(replace(nothing, order=self._order if self.chooser.queue == nothing.queue else None))

    def show_all(self) -> None:
        """Show every pair."""
        self.show_filter(replace(self._nothing, queue="all"))

    @property
    def _nothing(self) -> CandidateFilter:
        return CandidateFilter(0, best_only=self.best.currentData())

    def show_counts(self, counts: Mapping[QueueName, int]) -> None:
        """Say how many pairs each queue holds."""
        self.chooser.show_counts(counts)

    def show_list(self, queue: Queue) -> None:
        """A list was read: the line below it, and its facets, unless they are still to come."""
        if queue.found.facets is not None:
            self.show_facets(queue)
        self.best.setVisible(QUEUES[queue.wanted.queue].among in ("waiting", "every"))
        self.show_count(queue)

    def show_facets(self, queue: Queue) -> None:
        """The groups that the candidates of the list fall into."""
        self.facets.show_facets(queue, filtered=self.is_filtered)

    def show_verdicts(self, queue: Queue, step: Step) -> None:
        """Verdicts were given: what waits now, and which pairs of the list they exclude."""
        accepted = [d for d in step.decisions if d.kind == "accepted" and d.right_id is not None]
        excluded = 0
        if len(accepted) == 1:
            left_id, right_id = accepted[0].left_id, accepted[0].right_id or 0
            rows = queue.rows_of([left_id], [right_id])
            excluded = len(rows) - (queue.row_of(left_id, right_id) is not None)
        pairs = "pair" if excluded == 1 else "pairs"
        self.show_count(queue, f"accepting excludes {excluded:,} {pairs} here" if excluded else "")

    @Slot(str)
    def say(self, note: str) -> None:
        """Add a remark to the line below the list."""
        if self._model.queue is not None:
            self.show_count(self._model.queue, note)

    def show_count(self, queue: Queue, note: str = "") -> None:
        """The line below the list."""
        waiting = int(queue.waiting.sum())
        pairs = f"{len(queue):,} {'pair' if len(queue) == 1 else 'pairs'}"
        total = f" of {len(queue.found.rows):,}" if queue.wanted.facets else ""
        undecided = "" if waiting == len(queue) else f", {waiting:,} undecided"
        seeds = " · seeds not shown" if QUEUES[queue.wanted.queue].among == "waiting" else ""
        self._count.setText(f"{pairs}{total}{undecided}{seeds}{f' · {note}' if note else ''}")

    @property
    def row(self) -> int:
        """The current row; -1 for none."""
        return self.table.currentIndex().row()

    def select(self, row: int) -> None:
        """Make ``row`` the current one and bring it into sight."""
        index = self._model.index(row, LEFT)
        same = row == self.row
        # Not setCurrentIndex: a list that just got the keyboard has a current row that is not selected.
        whole = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(index, whole)
        self.table.scrollTo(index)
        if same:
            self.row_chosen.emit(row)

    @Slot()
    def go_on(self, step: int, _checked: bool = False) -> None:
        """Select the next pair that waits, or with ``step`` -1 the one before."""
        queue = self._model.queue
        row = queue.next_waiting(self.row, step) if queue is not None else None
        if row is not None:
            self.select(row)

    @Slot()
    def switch_best(self) -> None:
        """From one pair of each entity to all and back, where the queue knows both."""
        if not self.best.isHidden():
            self.best.setCurrentIndex(1 - self.best.currentIndex())

    @Slot()
    def open_sort_menu(self) -> None:
        """Offer the orders of the list."""
        if self._model.queue is not None:
            self._sort_menu.offer(self._model.queue, self._order, self._model.names, blind=self._blind)
            self._sort_menu.popup(self.table.mapToGlobal(QPoint(0, 0)))

    @Slot()
    def focus_search(self) -> None:
        """Put the keyboard on the search, its text selected."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    @Slot(int)
    def _queue_chosen(self, _index: int) -> None:
        self._order = self._pairs = None
        self._changed()

    @Slot()
    def _changed(self) -> None:
        self._timer.stop()
        self.filter_changed.emit()

    @Slot(int)
    def _sort(self, column: int) -> None:
        order = following(self._model.queue, column, blind=self._blind)
        if order is not None:
            self._sort_by(order)

    @Slot(object)
    def _sort_by(self, order: QueueOrder | None) -> None:
        self._order = order
        self.filter_changed.emit()

    @Slot(QModelIndex, QModelIndex)
    def _row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self.row_chosen.emit(current.row())

    @Slot(QModelIndex)
    def _row_clicked(self, index: QModelIndex) -> None:
        self.row_chosen.emit(index.row())


class _SearchField(QLineEdit):
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.left.emit()
        else:
            super().keyPressEvent(event)
