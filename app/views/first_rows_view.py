"""The first rows of what is about to be imported, a part at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import theme

if TYPE_CHECKING:
    from core.kg.preview import FirstRows

_SHOWN_CHARACTERS = 200  # a cell may hold a book
_HEIGHT = 150


class FirstRowsView(QWidget):
    """A choice of the parts, and a table of the chosen one's first rows as plain text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: Sequence[FirstRows] = ()
        self._choice = QComboBox(objectName="previewPart")
        self._choice.setAccessibleName("Part of the import to look at")
        self._table = QTableWidget(objectName="previewTable")
        self._table.setAccessibleName("First rows")
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.verticalHeader().hide()
        self._table.setWordWrap(False)
        self._table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self._table.setProperty("rows", True)
        self._table.setMinimumHeight(_HEIGHT)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addWidget(self._choice)
        layout.addWidget(self._table)
        self._choice.currentIndexChanged.connect(self._show)
        self.hide()

    def set_parts(self, parts: Sequence[FirstRows]) -> None:
        """Show these, the one chosen before if it is still among them."""
        self._parts = [part for part in parts if part.rows]
        before = self._choice.currentText()
        self._choice.blockSignals(True)
        self._choice.clear()
        self._choice.addItems([part.title for part in self._parts])
        self._choice.setCurrentIndex(max(0, self._choice.findText(before)))
        self._choice.blockSignals(False)
        self._choice.setVisible(len(self._parts) > 1)
        self.setVisible(bool(self._parts))
        self._show(self._choice.currentIndex())

    @Slot(int)
    def _show(self, index: int) -> None:
        if not 0 <= index < len(self._parts):
            return
        part = self._parts[index]
        self._table.setColumnCount(len(part.columns))
        self._table.setHorizontalHeaderLabels(list(part.columns))
        self._table.setRowCount(len(part.rows))
        for row, cells in enumerate(part.rows):
            for column, cell in enumerate(cells):
                item = QTableWidgetItem(cell[:_SHOWN_CHARACTERS])
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                self._table.setItem(row, column, item)
