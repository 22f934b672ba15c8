"""The matched neighbours that support a pair, as a Qt model."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from app.labels import isolated, tip_or_spoken
from core.review.neighbourhood import Agreement

LEFT_RELATION, LEFT_LABEL, NUMBER, RIGHT_LABEL, RIGHT_RELATION = range(5)
AGREEMENT_ROLE = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class AgreementModel(QAbstractTableModel):
    """Five columns, mirrored around the number; the strongest first."""

    def __init__(self) -> None:
        super().__init__()
        self._agreements: tuple[Agreement, ...] = ()

    def set_agreements(self, agreements: tuple[Agreement, ...]) -> None:
        """Show those of another pair."""
        if agreements != self._agreements:
            self.beginResetModel()
            self._agreements = agreements
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._agreements)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else 5

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        agreement, column = self._agreements[index.row()], index.column()
        if role == AGREEMENT_ROLE:
            return agreement
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in (LEFT_LABEL, RIGHT_RELATION) else _LEFT
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(agreement, column)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return tip_or_spoken(role, _explanation(agreement))
        return None


def _text(agreement: Agreement, column: int) -> str | None:
    if column == NUMBER:
        return None  # drawn by the view
    if column in (LEFT_LABEL, RIGHT_LABEL):
        return agreement.label if column == LEFT_LABEL else agreement.right_label
    return ", ".join(agreement.relations if column == LEFT_RELATION else agreement.right_relations)


def _explanation(agreement: Agreement) -> str:
    strength = f"; strength {agreement.strength:.2f}: the match's probability, times how rare both are"
    how = "matched by the run only" if agreement.proposed else "known to be the same"
    return (
        f"{agreement.number}: {_with_relations(agreement.label, agreement.relations)}\n"
        f"{_with_relations(agreement.right_label, agreement.right_relations)}\n"
        f"{how}{strength}\n"
        "Return or a click shows this pair"
    )


def _with_relations(label: str, relations: tuple[str, ...]) -> str:
    return f"{isolated(label)} ({', '.join(map(isolated, relations))})"
