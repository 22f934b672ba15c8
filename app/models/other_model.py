"""The pairs that compete with the one shown, as a Qt model."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from app import theme
from app.labels import isolated, tip_or_spoken
from core.review.evidence import OtherCandidate

OTHER_ROLE = Qt.ItemDataRole.UserRole + 1
SHOWN_ROLE = Qt.ItemDataRole.UserRole + 2  # whether it is the pair that is judged now
SCORE_ROLE = Qt.ItemDataRole.UserRole + 3  # as text, empty while it is hidden

Index = QModelIndex | QPersistentModelIndex


class OtherModel(QAbstractListModel):
    """One competing pair a row."""

    def __init__(self) -> None:
        super().__init__()
        self._others: tuple[OtherCandidate, ...] = ()
        self._shown = (0, 0)
        self._hidden = False

    @property
    def others(self) -> tuple[OtherCandidate, ...]:
        """What is shown."""
        return self._others

    @property
    def has_pictures(self) -> bool:
        """Whether any of them has a picture; if not, none needs room."""
        return any(other.image for other in self._others)

    def set_others(
        self, others: tuple[OtherCandidate, ...], shown: tuple[int, int], *, hidden: bool = False
    ) -> None:
        """Show other pairs, ``shown`` being the one that is judged now; ``hidden``: without their scores."""
        if (others, shown, hidden) != (self._others, self._shown, self._hidden):
            self.beginResetModel()
            self._others, self._shown, self._hidden = others, shown, hidden
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._others)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        other = self._others[index.row()]
        if role == OTHER_ROLE:
            return other
        if role == SHOWN_ROLE:
            return (other.left_id, other.right_id) == self._shown
        hidden = self._hidden and other.verdict is None
        if role == SCORE_ROLE:
            return "" if hidden else f"{other.score:.2f}"
        if role == Qt.ItemDataRole.DisplayRole:
            return other.label
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            verdict = f", {theme.VERDICT_STYLE[other.verdict].label.lower()}" if other.verdict else ""
            score = "" if hidden else f", score {other.score:.4f}"
            return tip_or_spoken(role, f"{isolated(other.label)}{score}{verdict}")
        return None
