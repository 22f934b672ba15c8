"""The aligned attributes of a pair as a Qt model."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from app.labels import plain_tip
from core.review.attributes import AttributePair, Mark

LEFT_NAME, LEFT_VALUE, MARK, RIGHT_VALUE, RIGHT_NAME = range(5)
MARK_ROLE = Qt.ItemDataRole.UserRole + 1
MARK_WORDS: dict[Mark, str] = {
    "equal": "equal",
    "close": "close",
    "different": "different",
    "unknown": "a value is not known",
    "only_left": "only on the left",
    "only_right": "only on the right",
}

Index = QModelIndex | QPersistentModelIndex

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class AttributeModel(QAbstractTableModel):
    """Five columns, mirrored around the mark."""

    def __init__(self) -> None:
        super().__init__()
        self._pairs: tuple[AttributePair, ...] = ()

    def set_pairs(self, pairs: tuple[AttributePair, ...]) -> None:
        """Show other attributes."""
        if pairs != self._pairs:
            self.beginResetModel()
            self._pairs = pairs
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._pairs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else 5

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        pair, column = self._pairs[index.row()], index.column()
        if role == MARK_ROLE:
            return pair.mark
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in (LEFT_VALUE, RIGHT_NAME) else _LEFT
        if column == MARK:
            words = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
            return MARK_WORDS[pair.mark] if role in words else None
        cell = pair.left if column in (LEFT_NAME, LEFT_VALUE) else pair.right
        if cell is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            # Line breaks would make a cell of one line look empty.
            return cell.name if column in (LEFT_NAME, RIGHT_NAME) else " ".join(cell.text.split())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip("\n".join((cell.name, *cell.values)))
        return None
