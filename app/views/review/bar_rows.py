"""Where things stand in the bars of a pair: rows below a head, in each a line of text above a bar."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF

from app import theme

HEAD, LINE = 18, 17  # the heights of the head and of a line of text
SIDE = 40  # the width of a weight, on either side
BAR, THIN_BAR = 8, 4
ROW, _CLOSE_ROW, _LOWEST_ROW = 40, 34, 25


@dataclass(frozen=True, slots=True)
class BarRows:
    """``count`` rows in ``width`` x ``height`` pixels; they move together where that is little."""

    width: int
    height: int
    count: int

    @property
    def row_height(self) -> int:
        """The height of one row."""
        return max(_LOWEST_ROW, min(ROW, (self.height - HEAD) // self.count))

    @property
    def bar_height(self) -> int:
        """The height of a bar."""
        return BAR if self.row_height > _CLOSE_ROW else THIN_BAR

    def head(self) -> QRect:
        """What stands above all rows."""
        return QRect(0, 0, self.width, HEAD)

    def row(self, number: int) -> QRect:
        """A row over the whole width."""
        return QRect(0, HEAD + number * self.row_height, self.width, self.row_height)

    def middle(self, row: QRect) -> QRect:
        """A row without the weights at its sides."""
        return row.adjusted(SIDE + theme.MEDIUM, 0, -SIDE - theme.MEDIUM, 0)

    def track(self, row: QRect) -> QRectF:
        """Where a bar lies: below the line of text."""
        middle = self.middle(row)
        top = middle.top() + LINE + self.row_height // 8
        return QRectF(middle.left(), top, middle.width(), self.bar_height)

    def text(self, row: QRect) -> QRect:
        """Where the line of text stands."""
        return QRect(row.left(), row.top() + self.row_height // 20, row.width(), LINE)
