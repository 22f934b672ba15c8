"""One entity's picture, as large as its place allows, or the reason why there is none."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import theme
from app.icons import icon
from app.views.review.image_store import LARGE, ImageStore
from core.store.entities import EntityCard, ImageRef


class ImagePane(QWidget):
    """Shows one picture of an entity; with several, a click or the space bar shows the next."""

    def __init__(self, store: ImageStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(136, 120)
        self._store = store
        self._images: tuple[ImageRef, ...] = ()
        self._number = 0
        self._pixmap: QPixmap | None = None
        self._fitted: QPixmap | None = None
        self._problem = ""
        self._label = ""
        store.loaded.connect(self._loaded)

    @property
    def problem(self) -> str:
        """Why no picture is shown; empty while one is shown or on its way."""
        return self._problem

    @property
    def has_picture(self) -> bool:
        """Whether a picture is shown."""
        return self._pixmap is not None

    def show_entity(self, card: EntityCard | None) -> None:
        """Show the first picture of ``card``."""
        images = card.images if card else ()
        self._label = card.label if card else ""
        if images == self._images and self._pixmap is not None:
            return
        self._images, self._number = images, 0
        several = len(images) > 1
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if several else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if several else Qt.CursorShape.ArrowCursor)
        self._refresh()

    def sizeHint(self) -> QSize:
        return QSize(320, 240)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._next()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and len(self._images) > 1:
            self._next()
        else:
            super().keyPressEvent(event)

    def _next(self) -> None:
        if len(self._images) > 1:
            self._number = (self._number + 1) % len(self._images)
            self._refresh()

    @Slot(str, int)
    def _loaded(self, path: str, edge: int) -> None:
        if edge == LARGE and self._images and self._images[self._number].path == path:
            self._refresh()

    def _refresh(self) -> None:
        self._pixmap = self._fitted = None
        self._problem = ""
        path = ""
        if not self._images:
            self._problem = "no image" if self._label else ""
        else:
            reference = self._images[self._number]
            path = reference.path
            picture = self._store.get(reference, LARGE)
            if picture is not None and picture.image is not None:
                self._pixmap = QPixmap.fromImage(picture.image)
            elif picture is not None:
                self._problem = picture.problem
        self.setToolTip(path)
        self.setAccessibleName(
            f"Image of {self._label}" if not self._problem else f"{self._label}: {self._problem}"
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().base())
        painter.drawRoundedRect(self.rect(), theme.RADIUS, theme.RADIUS)
        if self._pixmap is not None:
            self._paint_picture(painter)
        elif self._problem:
            self._paint_problem(painter)
        if len(self._images) > 1:
            self._paint_number(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.accent_color(), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.RADIUS, theme.RADIUS)

    def _paint_picture(self, painter: QPainter) -> None:
        assert self._pixmap is not None
        ratio = self.devicePixelRatioF()
        room = (self.size() - QSize(2 * theme.MEDIUM, 2 * theme.MEDIUM)) * ratio
        # A small picture is enlarged four times at most: more shows nothing but its pixels.
        room = room.boundedTo(self._pixmap.size() * 4 * ratio)
        if self._fitted is None or self._fitted.size() != self._pixmap.size().scaled(
            room, Qt.AspectRatioMode.KeepAspectRatio
        ):
            self._fitted = self._pixmap.scaled(
                room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            self._fitted.setDevicePixelRatio(ratio)
        size = self._fitted.deviceIndependentSize().toSize()
        place = QRect(QPoint(0, 0), size)
        place.moveCenter(self.rect().center())
        painter.drawPixmap(place.topLeft(), self._fitted)
        # A hairline, or a white picture would have no edge.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.border_color())
        painter.drawRect(place)

    def _paint_problem(self, painter: QPainter) -> None:
        edge = 40
        middle = self.rect().center()
        picture = icon("mdi6.image-off-outline", theme.secondary_color().name()).pixmap(edge, edge)
        painter.drawPixmap(QRect(middle.x() - edge // 2, middle.y() - edge, edge, edge), picture)
        painter.setPen(theme.secondary_color())
        painter.setFont(theme.font())
        place = QRect(0, middle.y() + theme.SMALL, self.width(), 24)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._problem)

    def _paint_number(self, painter: QPainter) -> None:
        text = f"{self._number + 1} of {len(self._images)}"
        painter.setFont(theme.font("small"))
        width = painter.fontMetrics().horizontalAdvance(text) + 2 * theme.MEDIUM
        place = QRect(self.width() - width - theme.MEDIUM, self.height() - 20 - theme.MEDIUM, width, 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().base())
        painter.drawRoundedRect(place, 10, 10)
        painter.setPen(self.palette().text().color())
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
