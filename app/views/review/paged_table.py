"""A table over a model that reads its rows page by page: nothing in it may ask each row for its size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView


class PagedTable(QTableView):
    """Rows of ``row`` pixels that can be selected together; columns in ``stretched`` share what is left."""

    def __init__(
        self, model: QAbstractItemModel, row: int, stretched: Sequence[int], widths: Mapping[int, int]
    ) -> None:
        super().__init__()
        self.setModel(model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("bare", True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(row)
        header = self.horizontalHeader()
        # Not of the table: with a sheet of its own, cells take half as long again to paint.
        header.setStyleSheet("QHeaderView::section { padding: 5px 3px; }")
        header.setHighlightSections(False)
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column in stretched:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        for column, width in widths.items():
            self.setColumnWidth(column, width)

    def keyboardSearch(self, search: str) -> None:
        """Letters are verdicts here; searching is the search field's."""
