"""The view of a small table: whole rows are chosen, Enter or a double click does what the table is for."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import Any

from PySide6.QtCore import QItemSelection, QModelIndex, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app import theme
from app.models.rows_model import Column, RowsModel


class RowsTable(QTableView):
    """Shows things of one kind; ``chosen`` and ``activated_row`` tell which of them."""

    chosen = Signal(list)
    activated_row = Signal(object)

    def __init__(
        self,
        name: str,
        title: str,
        columns: Sequence[Column],
        hint: Callable[[Any], str] | None = None,
        *,
        many: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.rows = RowsModel(columns, hint, self)
        self._columns = columns
        self.setModel(self.rows)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if many else mode.SingleSelection)
        self.setProperty("rows", True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setFont(theme.font(tabular=True))
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for number, column in enumerate(columns):
            self.setColumnWidth(number, column.width)
        header.setStretchLastSection(True)
        header.sectionResized.connect(self._on_section_resized)
        self._texts = [i for i, c in enumerate(columns) if c.title and not c.number]
        self._sharing, self._own_widths = False, not columns[-1].title  # the last one is there for the space
        self.activated.connect(self._on_activated)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def show_only(self, columns: Container[int]) -> None:
        """Hide all other columns."""
        self._sharing = True
        for number in range(len(self._columns)):
            self.setColumnHidden(number, number not in columns)
        self._sharing = False
        self._share()

    def _share(self) -> None:
        """Give texts what room the columns leave, unless a person has chosen widths."""
        if self._own_widths or not self._texts:
            return
        shown = (c.width for number, c in enumerate(self._columns) if not self.isColumnHidden(number))
        spare = self.viewport().width() - sum(shown)
        self._sharing = True
        for number in self._texts:
            self.setColumnWidth(number, self._columns[number].width + max(0, spare) // len(self._texts))
        self._sharing = False

    @Slot(int, int, int)
    def _on_section_resized(self, number: int, _before: int, _now: int) -> None:
        """Widths that a person chose stay; the last one follows the others."""
        last = max((n for n in range(len(self._columns)) if not self.isColumnHidden(n)), default=0)
        if not self._sharing and self.isVisible() and number != last:
            self._own_widths = True

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show ``rows``, none of them chosen."""
        self.rows.set_rows(rows)

    def show_all_of(self, most: int) -> None:
        """Be as high as its rows, of which there are ``most`` or so."""
        rows = min(max(self.rows.rowCount(), 1), most)
        height = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(height + rows * self.verticalHeader().defaultSectionSize() + 2 * theme.SMALL)

    @property
    def chosen_rows(self) -> list[Any]:
        """What is chosen, from top to bottom."""
        numbers = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.rows.row_at(number) for number in numbers]

    @Slot(QItemSelection, QItemSelection)
    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.chosen.emit(self.chosen_rows)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        self.activated_row.emit(self.rows.row_at(index.row()))
