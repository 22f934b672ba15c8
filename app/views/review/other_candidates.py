"""The pairs that compete with the one shown: a click, Return or its number shows one."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.models.other_model import OTHER_ROLE, SCORE_ROLE, SHOWN_ROLE, OtherModel
from app.views.elided_label import ElidedLabel
from app.views.review.card_picture import draw_picture
from app.views.review.image_store import THUMBNAIL, ImageStore
from core.review.evidence import OtherCandidate

_ROW = 36
_PICTURE = 28


class OtherCandidates(QWidget):
    """A heading and a list that is as high as its rows."""

    pair_chosen = Signal(int, int)

    def __init__(self, images: ImageStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = ElidedLabel()
        self._heading.setProperty("role", "secondary")
        self._model = OtherModel()
        self._list = QListView(frameShape=QFrame.Shape.NoFrame, uniformItemSizes=True, mouseTracking=True)
        self._list.setProperty("plain", True)
        self._list.setModel(self._model)
        self._list.setItemDelegate(_OtherDelegate(images, self._list))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._list.clicked.connect(self._choose)
        self._list.activated.connect(self._choose)
        images.loaded.connect(self._repaint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addWidget(self._heading)
        layout.addWidget(self._list)
        layout.addStretch()

    @property
    def others(self) -> tuple[OtherCandidate, ...]:
        """What is shown."""
        return self._model.others

    def show_others(
        self,
        heading: str,
        others: tuple[OtherCandidate, ...],
        shown: tuple[int, int],
        *,
        hidden: bool = False,
    ) -> None:
        """Show ``others``, the pair that is ``shown`` among them; ``hidden``: without scores, by name."""
        if hidden:
            others = tuple(sorted(others, key=lambda other: (other.label, other.left_id, other.right_id)))
        self._heading.set_whole(heading if others else f"{heading}: none")
        self._list.setAccessibleName(heading)
        self._model.set_others(others, shown, hidden=hidden)
        self._list.setFixedHeight(_ROW * len(others))

    def pick(self, row: int) -> None:
        """Choose the pair in a row, if there is one."""
        self._choose(self._model.index(row, 0))

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            other: OtherCandidate = index.data(OTHER_ROLE)
            self.pair_chosen.emit(other.left_id, other.right_id)

    @Slot(str, int)
    def _repaint(self, _path: str, edge: int) -> None:
        if edge == THUMBNAIL:
            self._list.viewport().update()


class _OtherDelegate(QStyledItemDelegate):
    """Rank, small picture, label, verdict and score in one line."""

    def __init__(self, images: ImageStore, parent: QWidget) -> None:
        super().__init__(parent)
        self._images = images

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        other: OtherCandidate = index.data(OTHER_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        current = index.data(SHOWN_ROLE)
        if current or option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(option.palette.highlight() if current else option.palette.midlight())
            painter.drawRoundedRect(option.rect, theme.RADIUS, theme.RADIUS)
        row = option.rect.adjusted(theme.SMALL, 0, -theme.MEDIUM, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("small", tabular=True))
        painter.setPen(theme.secondary_color())
        number = QRect(row.left(), row.top(), 24, row.height())
        painter.drawText(number, middle | Qt.AlignmentFlag.AlignRight, str(index.row() + 1))
        picture = QRect(number.right() + theme.MEDIUM, row.center().y() - _PICTURE // 2, _PICTURE, _PICTURE)
        model = index.model()
        if isinstance(model, OtherModel) and model.has_pictures:
            self._paint_picture(painter, picture, other)
        else:
            picture.setWidth(0)
        painter.setFont(theme.font(tabular=True))
        painter.setPen(option.palette.text().color())
        score = QRect(row.right() - 40, row.top(), 40, row.height())
        painter.drawText(score, middle | Qt.AlignmentFlag.AlignRight, index.data(SCORE_ROLE))
        verdict = QRect(score.left() - 20, row.top(), 20, row.height())
        label = QRect(picture.right() + theme.MEDIUM, row.top(), 0, row.height())
        label.setRight(verdict.left() - theme.SMALL)
        elided = painter.fontMetrics().elidedText(other.label, Qt.TextElideMode.ElideRight, label.width())
        painter.drawText(label, middle | Qt.AlignmentFlag.AlignLeft, elided)
        if other.verdict:
            style = theme.VERDICT_STYLE[other.verdict]
            painter.setPen(QColor(style.color))
            painter.setFont(theme.font(bold=True))
            painter.drawText(verdict, Qt.AlignmentFlag.AlignCenter, style.glyph)
        painter.restore()

    def _paint_picture(self, painter: QPainter, place: QRect, other: OtherCandidate) -> None:
        picture = self._images.get(other.image, THUMBNAIL) if other.image else None
        if picture is None or picture.image is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.border_color())
            painter.setOpacity(0.5)
            painter.drawRoundedRect(place, theme.SMALL, theme.SMALL)
            painter.setOpacity(1.0)
            return
        draw_picture(painter, place, picture.image)
