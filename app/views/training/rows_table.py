"""The view of a small table: whole rows are chosen, Enter or a double click does what the table is for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QItemSelection, QModelIndex, Signal, Slot
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
        self.activated.connect(self._on_activated)

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
