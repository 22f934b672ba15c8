"""Counts of two graphs as mirror images: label in the middle, numbers beside it, bars growing outwards."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app import theme

_ROW = 30
LABEL_WIDTH = 190


@dataclass(frozen=True, slots=True)
class MirrorRow:
    """One count of both graphs; ``detail`` rows are subordinate to the one before."""

    label: str
    left: int
    right: int
    detail: bool = False


class MirrorTable(QWidget):
    """Paints :class:`MirrorRow` after :class:`MirrorRow`; a bar's length is relative to its row only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[MirrorRow] = []
        self.setObjectName("graphCounts")
        self.setAccessibleName("Counts of both graphs")

    def show_rows(self, rows: list[MirrorRow]) -> None:
        """Show ``rows`` instead."""
        self._rows = rows
        self.setFixedHeight(_ROW * len(rows))
        self.setAccessibleDescription(
            "; ".join(f"{r.label}: {r.left:,} left, {r.right:,} right" for r in rows)
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(900, _ROW * len(self._rows))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.width() / 2
        metrics = QFontMetricsF(theme.font(bold=True, tabular=True))
        numbers = (f"{value:,}" for row in self._rows for value in (row.left, row.right))
        width = max((metrics.horizontalAdvance(number) for number in numbers), default=0) + theme.SMALL
        room = middle - LABEL_WIDTH / 2 - width - theme.LARGE
        for index, row in enumerate(self._rows):
            top = index * _ROW
            label = QRectF(middle - LABEL_WIDTH / 2, top, LABEL_WIDTH, _ROW)
            painter.setFont(theme.font("small" if row.detail else "body"))
            painter.setPen(theme.secondary_color())
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, row.label)
            painter.setFont(theme.font("small" if row.detail else "body", bold=not row.detail, tabular=True))
            painter.setPen(theme.text_color())
            largest = max(row.left, row.right)
            for value, sign in ((row.left, -1), (row.right, 1)):
                inner = middle + sign * LABEL_WIDTH / 2
                number = QRectF(min(inner, inner + sign * width), top, width, _ROW)
                painter.drawText(
                    number, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:,}"
                )
                if not largest or not value:
                    continue
                start = inner + sign * (width + theme.LARGE)
                length = max(2.0, room * value / largest)
                height = 6 if row.detail else 10
                bar = QRectF(min(start, start + sign * length), top + (_ROW - height) / 2, length, height)
                painter.fillRect(bar, theme.border_color())
