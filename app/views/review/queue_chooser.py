"""Chooses the queue; each says how many pairs it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app import theme
from app.models.queue_titles import BLIND_TIP, BLIND_TITLE, GROUP_ENDS, QUEUE_TIPS, QUEUE_TITLES
from core.store.queues import QueueName

COUNT_ROLE = Qt.ItemDataRole.UserRole + 1
_ROW, _WIDTH = 26, 300


class QueueChooser(QComboBox):
    """The name of a queue is the data of its item."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("verdictFilter")
        self.setAccessibleName("Queue")
        self.setMaxVisibleItems(len(QUEUE_TITLES) + len(GROUP_ENDS))
        self.setItemDelegate(_QueueDelegate(self))
        self.view().setMinimumWidth(_WIDTH)
        self.view().setMouseTracking(True)
        self.setMinimumContentsLength(12)
        for name, title in QUEUE_TITLES.items():
            self.addItem(title, name)
            place = self.count() - 1
            self.setItemData(place, QUEUE_TIPS.get(name), Qt.ItemDataRole.ToolTipRole)
            if name in GROUP_ENDS:
                self.insertSeparator(self.count())

    @property
    def queue(self) -> QueueName:
        """The queue that is chosen."""
        name: QueueName = self.currentData()
        return name

    def choose(self, name: QueueName) -> None:
        """Choose a queue."""
        self.setCurrentIndex(self.findData(name))

    def _tell(self, place: int) -> None:
        told = f"{self.itemText(place)}, {self.itemData(place, COUNT_ROLE) or 0:,}"
        self.setItemData(place, told, Qt.ItemDataRole.AccessibleTextRole)

    def set_blind(self, blind: bool) -> None:
        """Call the first queue by the order of somebody who judges blind; the second would be the same."""
        if blind and self.queue == "undecided":
            self.choose("teach")
        names: tuple[QueueName, ...] = "teach", "undecided"
        for name in names:
            title, tip = (BLIND_TITLE, BLIND_TIP) if blind else (QUEUE_TITLES[name], QUEUE_TIPS[name])
            place = self.findData(name)
            self.setItemText(place, title)
            self.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)
            self._tell(place)
        self.view().setRowHidden(place, blind)
        cast(QStandardItemModel, self.model()).item(place).setEnabled(not blind)

    def show_counts(self, counts: Mapping[QueueName, int]) -> None:
        """Say how many pairs each queue holds."""
        for name, count in counts.items():
            place = self.findData(name)
            self.setItemData(place, count, COUNT_ROLE)
            self._tell(place)


class _QueueDelegate(QStyledItemDelegate):
    """The title at the left, the count at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(_WIDTH, _ROW if index.data() else 2 * theme.SMALL + 1)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        row: QRect = option.rect
        if not index.data():
            painter.setPen(theme.border_color())
            painter.drawLine(
                row.left() + theme.MEDIUM, row.center().y(), row.right() - theme.MEDIUM, row.center().y()
            )
            painter.restore()
            return
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(row, option.palette.highlight())
        inside = row.adjusted(theme.MEDIUM, 0, -theme.MEDIUM, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        palette = QApplication.palette()
        painter.setPen(palette.highlightedText().color() if chosen else palette.text().color())
        painter.drawText(inside, middle | Qt.AlignmentFlag.AlignLeft, index.data())
        count = index.data(COUNT_ROLE)
        if count is not None:
            if not chosen:
                painter.setPen(theme.secondary_color())
            painter.setFont(theme.font(tabular=True))
            painter.drawText(inside, middle | Qt.AlignmentFlag.AlignRight, f"{count:,}")
        painter.restore()
