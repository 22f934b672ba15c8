"""The entities that claim a hub, as a Qt model."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from app.labels import tip_or_spoken
from app.models.candidate_model import percent
from core.review.hubs import Claimant

CLAIMANT_ROLE = Qt.ItemDataRole.UserRole + 1
SCORE_ROLE = Qt.ItemDataRole.UserRole + 2  # as text, empty while it is hidden

Index = QModelIndex | QPersistentModelIndex


class ClaimantModel(QAbstractListModel):
    """One claimant a row."""

    def __init__(self) -> None:
        super().__init__()
        self._claimants: tuple[Claimant, ...] = ()
        self._hidden = False

    @property
    def has_pictures(self) -> bool:
        """Whether any of them has a picture, be it one that can't be shown."""
        return any(claimant.card.images for claimant in self._claimants)

    def set_claimants(self, claimants: tuple[Claimant, ...], *, hidden: bool) -> None:
        """Show those of another hub; ``hidden``: without scores, by name."""
        self.beginResetModel()
        by_name = sorted(claimants, key=lambda claimant: (claimant.card.label, claimant.card.id))
        self._claimants, self._hidden = (tuple(by_name) if hidden else claimants), hidden
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._claimants)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        claimant = self._claimants[index.row()]
        if role == CLAIMANT_ROLE:
            return claimant
        if role == SCORE_ROLE:
            return "" if self._hidden else _score(claimant)
        if role == Qt.ItemDataRole.DisplayRole:
            return claimant.card.label
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            state = "accepted before" if claimant.accepted else ""
            score = "" if self._hidden else _score(claimant)
            lines = (claimant.card.label, claimant.card.uri, claimant.card.description, score, state)
            return tip_or_spoken(role, "\n".join(filter(None, lines)))
        return None


def _score(claimant: Claimant) -> str:
    likely = "" if claimant.probability is None else f", {percent(claimant.probability)} likely"
    return f"{claimant.score:.2f}{likely}"
