"""The verdict journal as a Qt model, newest first."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QDateTime,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Slot,
)
from PySide6.QtGui import QColor, QFont

from app import theme
from app.labels import pair_text, tip_or_spoken
from app.models.row_pages import RowPages
from app.tasks import Tasks
from core.review.history import HistoryRow, history_rows
from core.store.candidates import Ids
from core.store.project_file import ProjectFile

KIND, PAIR, WHEN = range(3)
ROW_ROLE = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractTableModel):
    """A verdict a row; those that are no longer in force are struck out."""

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: Ids | None = None
        self._rows = RowPages(tasks, self)
        self._rows.arrived.connect(self._changed)

    def show(self, file: ProjectFile | None, ids: Ids | None) -> None:
        """Show the verdicts of ``ids``; where these only grew, what is selected stays so."""
        read = None if file is None else partial(_rows_of, file)
        new = _new_at_top(self._ids, ids)
        if new is None:
            self.beginResetModel()
            self._ids = ids
            self._rows.show(ids, read)
            self.endResetModel()
        elif new:
            self.beginInsertRows(QModelIndex(), 0, new - 1)
            self._ids = ids
            self._rows.show(ids, read, keep=True)
            self.endInsertRows()
            self._rows.renew_all()  # a later verdict may have replaced an earlier one
        else:
            self._rows.renew_all()

    def id_at(self, row: int) -> int:
        """The id of a verdict, whether it was read or not."""
        return self._rows.id_at(row)

    def known(self, row: int) -> HistoryRow | None:
        """A verdict if it was read already."""
        return self._rows.peek(row)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return ("", "Pair", "When")[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row: HistoryRow | None = self._rows.row(index.row())
        if role == ROW_ROLE:
            return row
        if row is None:
            return "…" if role == Qt.ItemDataRole.DisplayRole and index.column() == PAIR else None
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, index.column())
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return tip_or_spoken(role, _explanation(row))
        if role == Qt.ItemDataRole.ForegroundRole:
            if not row.in_force:
                return theme.secondary_color()
            return QColor(theme.VERDICT_STYLE[row.kind].color) if index.column() == KIND else None
        if role == Qt.ItemDataRole.FontRole:
            return _font(row, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == KIND:
            return Qt.AlignmentFlag.AlignCenter
        return None

    @Slot(int, int)
    def _changed(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, WHEN))


def _new_at_top(before: Ids | None, now: Ids | None) -> int | None:
    """How many verdicts came to those that were there; None where it is another list."""
    if before is None or now is None or not len(before) or len(now) < len(before):
        return None
    new = len(now) - len(before)
    return new if np.array_equal(now[new:], before) else None


def _rows_of(file: ProjectFile, ids: list[int]) -> list[HistoryRow]:
    with file.read() as session:
        return history_rows(session, ids)


def _font(row: HistoryRow, column: int) -> QFont:
    font = theme.font(bold=column == KIND, tabular=column == WHEN)
    font.setStrikeOut(column == PAIR and not row.in_force)
    return font


def _text(row: HistoryRow, column: int) -> str:
    if column == KIND:
        return theme.VERDICT_STYLE[row.kind].glyph
    if column == PAIR:
        return pair_text(row.left_label, row.right_label)
    when = _local(row.decided_at)
    today = when.date() == QDateTime.currentDateTime().date()
    return when.toString("HH:mm") if today else when.date().toString(Qt.DateFormat.ISODate)


def _explanation(row: HistoryRow) -> str:
    who = f" by {row.author}" if row.author else ""
    lines = [
        pair_text(row.left_label, row.right_label),
        f"{theme.VERDICT_STYLE[row.kind].label}{who}, {_day(row.decided_at)}",
    ]
    if row.together > 1:
        lines.append(f"With {row.together - 1:,} others in one step")
    if row.undone_at is not None:
        lines.append(f"Taken back {_day(row.undone_at)}")
    elif not row.in_force:
        lines.append("Replaced by a later verdict")
    if row.note:
        lines.append(row.note)
    return "\n".join(lines)


def _local(time: str) -> QDateTime:
    return QDateTime.fromString(time, Qt.DateFormat.ISODateWithMs).toLocalTime()


def _day(time: str) -> str:
    return QLocale().toString(_local(time), QLocale.FormatType.ShortFormat)
