"""The list of candidates with its filters."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.models.candidate_model import LEFT, RIGHT, SCORE, VERDICT, CandidateModel
from core.review.queue import Queue
from core.store.candidates import CandidateFilter, QueueOrder, VerdictFilter

_ROW = 28
_DEBOUNCE = 150  # milliseconds of quiet before typing becomes a query
_VERDICTS: tuple[tuple[str, VerdictFilter], ...] = (
    ("Undecided", "undecided"),
    ("All", "all"),
    ("Accepted", "accepted"),
    ("Rejected", "rejected"),
    ("Unsure", "unsure"),
    ("No counterpart", "no_counterpart"),
    ("Disagreements", "disagreement"),
)
_ORDERS: dict[int, tuple[QueueOrder, ...]] = {  # by column; a second click takes the next
    SCORE: ("score", "score_ascending"),
    LEFT: ("left_label",),
    RIGHT: ("right_label",),
}


class QueuePanel(QWidget):
    """What it shows is asked for by ``filter_changed``; it reads nothing itself."""

    filter_changed = Signal()
    row_chosen = Signal(int)

    def __init__(self, model: CandidateModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._order: QueueOrder = "score"
        self._best = QComboBox(toolTip="Which pairs the list holds")
        self._best.setObjectName("queueCombo")
        self._best.setAccessibleName("Pairs")
        self._best.addItem("Best of each", True)
        self._best.addItem("All candidates", False)
        self._verdict = QComboBox(toolTip="Which verdicts the list holds")
        self._verdict.setObjectName("verdictFilter")
        self._verdict.setAccessibleName("Verdict")
        for label, value in _VERDICTS:
            self._verdict.addItem(label, value)
        self.search = _SearchField(placeholderText="Search labels and URIs  ( / )", clearButtonEnabled=True)
        self.search.setObjectName("searchField")
        self.search.setAccessibleName("Search")
        self._timer = QTimer(self, singleShot=True, interval=_DEBOUNCE)
        self.table = _CandidateTable(model)
        self._count = QLabel()
        self._count.setObjectName("queueCount")
        self._count.setProperty("role", "secondary")

        for combo in (self._best, self._verdict):
            combo.currentIndexChanged.connect(self._changed)
        self.search.textChanged.connect(self._timer.start)
        self.search.left.connect(self.table.setFocus)
        self._timer.timeout.connect(self.filter_changed)
        self.table.horizontalHeader().sectionClicked.connect(self._sort)
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.table.clicked.connect(self._row_clicked)

        combos = QHBoxLayout(spacing=theme.MEDIUM)
        combos.addWidget(self._best, stretch=3)
        combos.addWidget(self._verdict, stretch=2)
        top = QVBoxLayout(spacing=theme.MEDIUM)
        top.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        top.addLayout(combos)
        top.addWidget(self.search)
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
            self._verdict.currentData(),
            self._best.currentData(),
            self._order,
        )

    @property
    def is_filtered(self) -> bool:
        """Whether the controls differ from what a project opens with."""
        return bool(self.search.text().strip()) or self._verdict.currentIndex() > 0

    @property
    def filters_have_focus(self) -> bool:
        """Whether the keyboard is on the search field or a filter."""
        return any(widget.hasFocus() for widget in (self.search, self._best, self._verdict))

    def clear_filters(self) -> None:
        """Empty the search and show what is undecided."""
        self._set_quietly("", "undecided")
        self.filter_changed.emit()

    def show_all(self) -> None:
        """Empty the search and show every pair."""
        self._set_quietly("", "all")
        self.filter_changed.emit()

    def search_for(self, text: str) -> None:
        """Look for ``text`` among all pairs."""
        self._set_quietly(text, "all")
        self.filter_changed.emit()

    def show_disagreements(self, count: int) -> None:
        """Say in the filter on how many pairs people differ."""
        place = self._verdict.findData("disagreement")
        self._verdict.setItemText(place, f"Disagreements ({count:,})" if count else "Disagreements")

    def show_count(self, queue: Queue) -> None:
        """The line below the list."""
        waiting = int(queue.waiting.sum())
        pairs = f"{len(queue):,} {'pair' if len(queue) == 1 else 'pairs'}"
        undecided = "" if waiting == len(queue) else f", {waiting:,} undecided"
        seeds = " · seeds not shown" if queue.wanted.verdict == "undecided" else ""
        self._count.setText(f"{pairs}{undecided}{seeds}")

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

    def _set_quietly(self, text: str, verdict: VerdictFilter) -> None:
        for widget in (self.search, self._verdict):
            widget.blockSignals(True)
        self.search.setText(text)
        self._verdict.setCurrentIndex(self._verdict.findData(verdict))
        for widget in (self.search, self._verdict):
            widget.blockSignals(False)
        self._timer.stop()

    @Slot(int)
    def _changed(self, _index: int) -> None:
        self._timer.stop()
        self.filter_changed.emit()

    @Slot(int)
    def _sort(self, column: int) -> None:
        orders = _ORDERS.get(column, ())
        if orders:
            following = orders.index(self._order) + 1 if self._order in orders else 0
            self._order = orders[following % len(orders)]
            self.filter_changed.emit()

    @Slot(QModelIndex, QModelIndex)
    def _row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self.row_chosen.emit(current.row())

    @Slot(QModelIndex)
    def _row_clicked(self, index: QModelIndex) -> None:
        self.row_chosen.emit(index.row())


class _CandidateTable(QTableView):
    def __init__(self, model: CandidateModel) -> None:
        super().__init__()
        self.setObjectName("candidateTable")
        self.setAccessibleName("Candidates")
        self.setModel(model)
        self.setItemDelegate(_CellDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("bare", True)
        self.setStyleSheet("QHeaderView::section { padding: 5px 3px; }")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        # A fixed height: anything that asks each row for its size would read the whole list.
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(LEFT, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(RIGHT, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(SCORE, 60)
        self.setColumnWidth(VERDICT, 32)

    def keyboardSearch(self, search: str) -> None:
        """Letters are verdicts here; searching is the search field's."""


class _CellDelegate(QStyledItemDelegate):
    """The whole row is what is current: no frame around one of its cells."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus


class _SearchField(QLineEdit):
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.left.emit()
        else:
            super().keyPressEvent(event)
