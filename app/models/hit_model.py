"""Entities that were found in the other graph, as a Qt model."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from app.labels import isolated, tip_or_spoken
from core.review.elsewhere import Hit

HIT_ROLE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


class HitModel(QAbstractListModel):
    """One entity a row, the best first."""

    def __init__(self) -> None:
        super().__init__()
        self._hits: tuple[Hit, ...] = ()

    def set_hits(self, hits: list[Hit]) -> None:
        """Show other entities."""
        self.beginResetModel()
        self._hits = tuple(hits)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        hit = self._hits[index.row()]
        if role == HIT_ROLE:
            return hit
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.card.label
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            taken = f"the counterpart of {isolated(hit.counterpart)}" if hit.counterpart else ""
            lines = (hit.card.label, hit.card.uri, hit.why, taken)
            return tip_or_spoken(role, "\n".join(filter(None, lines)))
        return None
