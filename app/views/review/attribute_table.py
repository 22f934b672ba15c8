"""The attributes of both entities, each beside the one of the other that says the same."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app import theme
from app.models.attribute_model import LEFT_NAME, MARK, MARK_ROLE, RIGHT_NAME, AttributeModel
from app.views.review.mirrored import height_of, share_width
from app.views.review.plain_text import PlainText
from core.review.attributes import AttributePair, Mark

_ROW = 26
_MARK_WIDTH = 40
_WIDEST = 1200
_NAME_SHARE = 0.2
_FEWEST_ROWS = 5  # in sight, where there are as many
_LINE = 2  # pixels of the one above, which shows the focus
LOWEST = _LINE + _ROW * _FEWEST_ROWS + _ROW // 2
GLYPHS: dict[Mark, str] = {
    "equal": "=", "close": "≈", "different": "≠", "unknown": "?", "only_left": "–", "only_right": "–",
}  # fmt: skip


class AttributeTable(QTableView):
    """As high as its rows up to a bound; what both sides say comes first, so the rest can be scrolled to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("attributeTable")
        self.setAccessibleName("Attributes side by side")
        self._most = 0
        self._model = AttributeModel()
        self.setModel(self._model)
        names = (LEFT_NAME, RIGHT_NAME)  # they step back behind the values
        self.setItemDelegate(PlainText(names, self))
        self.setItemDelegateForColumn(MARK, _MarkDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("bare", True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(_WIDEST)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)  # leads the eye from a name to its value
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(24)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_ROW)

    def show_attributes(self, pairs: tuple[AttributePair, ...]) -> None:
        """Show the aligned attributes of a pair."""
        self._model.set_pairs(pairs)
        self._fit()
        self.scrollToTop()

    def set_height(self, most: int) -> None:
        """Take no more than ``most`` pixels."""
        self._most = most
        self._fit()

    def _fit(self) -> None:
        most = max(_FEWEST_ROWS, self._most // _ROW)
        self.setFixedHeight(_LINE + height_of(self._model.rowCount(), most, _ROW))

    def sizeHint(self) -> QSize:
        return QSize(600, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        share_width(self, _NAME_SHARE, _MARK_WIDTH)


class _MarkDelegate(QStyledItemDelegate):
    """The mark in the middle: a sign for everyone, and strength for what speaks for or against."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        mark: Mark = index.data(MARK_ROLE)
        painter.save()
        strong = mark in ("equal", "close", "different")
        painter.setFont(theme.font(bold=strong))
        painter.setPen(mark_color(mark))
        painter.drawText(option.rect, Qt.AlignmentFlag.AlignCenter, GLYPHS[mark])
        painter.restore()


def mark_color(mark: Mark) -> QColor:
    """Green and red as for verdicts: what speaks for the pair and what against it."""
    kinds = {"equal": "accepted", "close": "unsure", "different": "rejected"}
    return QColor(theme.VERDICT_STYLE[kinds[mark]].color) if mark in kinds else theme.secondary_color()
