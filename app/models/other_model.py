"""The pairs that compete with the one shown, as a Qt model."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from app import theme
from core.review.evidence import OtherCandidate

OTHER_ROLE = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex


class OtherModel(QAbstractListModel):
    """One competing pair a row."""

    def __init__(self) -> None:
        super().__init__()
        self._others: tuple[OtherCandidate, ...] = ()

    @property
    def others(self) -> tuple[OtherCandidate, ...]:
        """What is shown."""
        return self._others

    @property
    def has_pictures(self) -> bool:
        """Whether any of them has a picture; if not, none needs room."""
        return any(other.image for other in self._others)

    def set_others(self, others: tuple[OtherCandidate, ...]) -> None:
        """Show other pairs."""
        if others != self._others:
            self.beginResetModel()
            self._others = others
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._others)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        other = self._others[index.row()]
        if role == OTHER_ROLE:
            return other
        if role == Qt.ItemDataRole.DisplayRole:
            return other.label
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            verdict = f", {theme.VERDICT_STYLE[other.verdict].label.lower()}" if other.verdict else ""
            return f"{other.label}, score {other.score:.4f}{verdict}"
        return None
