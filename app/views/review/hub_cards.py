"""The claimants of a hub as cards: picture, name, kind and score of each."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app import theme
from app.models.claimant_model import CLAIMANT_ROLE, SCORE_ROLE, ClaimantModel
from app.views.review.card_picture import draw_picture
from app.views.review.image_store import CARD, ImageStore
from core.review.hubs import Claimant

_WIDTH, _PICTURE, _LINE = 200, 104, 19
_FRAME = 2  # pixels around a card, for the border of the current one


class HubCards(QListView):
    """The arrows move; what is to be done with the current one is the board's."""

    current_changed = Signal()

    def __init__(self, images: ImageStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("hubCards")
        self.setAccessibleName("Entities that claim it")
        self._model = ClaimantModel()
        self.setModel(self._model)
        self.setItemDelegate(_CardDelegate(images, self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSpacing(theme.SMALL)
        self.setViewportMargins(-theme.SMALL - _FRAME, 0, 0, 0)  # flush with what stands above
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("plain", True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        images.loaded.connect(self._on_loaded)

    @property
    def current(self) -> Claimant | None:
        """The one that the keyboard is on."""
        index = self.currentIndex()
        claimant: Claimant | None = index.data(CLAIMANT_ROLE) if index.isValid() else None
        return claimant

    def show_claimants(self, claimants: tuple[Claimant, ...], *, hidden: bool) -> None:
        """Show those of another hub, the first one current."""
        self._model.set_claimants(claimants, hidden=hidden)
        if claimants:
            self.setCurrentIndex(self._model.index(0))

    def keyboardSearch(self, search: str) -> None:
        """Letters are verdicts here."""

    @Slot(str, int)
    def _on_loaded(self, _path: str, edge: int) -> None:
        if edge == CARD:
            self.viewport().update()


class _CardDelegate(QStyledItemDelegate):
    def __init__(self, images: ImageStore, parent: QWidget) -> None:
        super().__init__(parent)
        self._images = images

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(_WIDTH, _picture_room(index) + 3 * _LINE + 3 * theme.MEDIUM)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        claimant: Claimant = index.data(CLAIMANT_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = option.rect.adjusted(_FRAME, _FRAME, -_FRAME, -_FRAME)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(QPen(theme.accent_color(), 2) if selected else QPen(theme.border_color()))
        painter.setBrush(option.palette.highlight().color() if selected else theme.base_color())
        painter.drawRoundedRect(card, theme.RADIUS, theme.RADIUS)
        room = card.adjusted(theme.MEDIUM, theme.MEDIUM, -theme.MEDIUM, -theme.MEDIUM)
        picture = QRect(room.left(), room.top(), room.width(), _picture_room(index) - theme.MEDIUM)
        if picture.height() > 0:
            self._paint_picture(painter, picture, claimant)
        what = ", ".join(claimant.kind.types) or claimant.card.description or claimant.kind.relation
        top = room.top() + _picture_room(index)
        for text, font, color in (
            (claimant.card.label, theme.font(bold=True), option.palette.text().color()),
            (what, theme.font("small"), theme.secondary_color()),
            (index.data(SCORE_ROLE), theme.font("small", tabular=True), option.palette.text().color()),
        ):
            painter.setFont(font)
            painter.setPen(color)
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            place = QRect(room.left(), top, room.width(), _LINE)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
            top += _LINE
        if claimant.accepted:
            style = theme.VERDICT_STYLE["accepted"]
            painter.setFont(theme.font(bold=True))
            painter.setPen(QColor(style.color))
            place = QRect(room.left(), top - _LINE, room.width(), _LINE)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, style.glyph)
        painter.restore()

    def _paint_picture(self, painter: QPainter, place: QRect, claimant: Claimant) -> None:
        """The picture, or in words why there is none."""
        images = claimant.card.images
        picture = self._images.get(images[0], CARD) if images else None
        if picture is None or picture.image is None:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.secondary_color())
            problem = "no image" if not images else picture.problem if picture is not None else ""
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, problem)
            return
        draw_picture(painter, place, picture.image)


def _picture_room(index: QModelIndex | QPersistentModelIndex) -> int:
    """The height of the pictures with the gap below; none where nobody has one, so that more cards fit."""
    model = index.model()
    return _PICTURE + theme.MEDIUM if isinstance(model, ClaimantModel) and model.has_pictures else 0
