"""A table of a few hundred things at most, which are all held: one column for each of their facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from app.labels import plain_tip

_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its words for a row, its width in pixels, and one line on what it means."""

    title: str
    text: Callable[[Any], str]
    width: int = 100
    number: bool = False
    meaning: str = ""


class RowsModel(QAbstractTableModel):
    """Shows rows as its columns say; ``hint`` gives the tooltip of a row."""

    def __init__(
        self,
        columns: Sequence[Column],
        hint: Callable[[Any], str] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns = columns
        self._hint = hint
        self._rows: list[Any] = []
        self._cells: list[tuple[str, ...]] = []

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show ``rows`` instead."""
        self.beginResetModel()
        self._rows = list(rows)
        self._cells = [tuple(column.text(row) for column in self._columns) for row in self._rows]
        self.endResetModel()

    def row_at(self, number: int) -> Any:
        """What stands in a row."""
        return self._rows[number]

    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.meaning or None
        return _alignment(column) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: QModelIndex, role: int = 0) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self._columns[index.column()])
        if role == Qt.ItemDataRole.ToolTipRole and self._hint is not None:
            return plain_tip(self._hint(self._rows[index.row()]))
        return None


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
