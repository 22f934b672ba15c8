"""One entity's picture, as large as its place allows or enlarged, or the reason why there is none."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from app import theme
from app.icons import icon
from app.labels import isolated, plain_tip
from app.views.review.image_store import FULL, LARGE, ImageStore
from core.store.entities import EntityCard, ImageRef

_STEP = 1.25  # a notch of the wheel
_MOST = 12.0  # times the size that fits
_NOTCH = 120  # eighths of a degree


class ImagePane(QWidget):
    """Shows one picture of an entity; with several, a click or the space bar shows the next.

    The wheel enlarges it around the pointer; what is enlarged can be dragged.
    """

    def __init__(self, store: ImageStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(136, 120)
        self._store = store
        self._images: tuple[ImageRef, ...] = ()
        self._number = 0
        self._pixmap: QPixmap | None = None
        self._fitted: QPixmap | None = None
        self._base_size = QSize(1, 1)
        self._problem = ""
        self._label = ""
        self._zoom = 1.0
        self._centre = QPointF(0.5, 0.5)  # of the pane, as a place on the picture from (0, 0) to (1, 1)
        self._pressed: QPointF | None = None
        self._dragged = False
        store.loaded.connect(self._loaded)

    @property
    def problem(self) -> str:
        """Why no picture is shown; empty while one is shown or on its way."""
        return self._problem

    @property
    def has_picture(self) -> bool:
        """Whether a picture is shown."""
        return self._pixmap is not None

    @property
    def zoom(self) -> float:
        """How many times larger than what fits."""
        return self._zoom

    @property
    def number(self) -> int:
        """Which of the pictures is shown, from 0."""
        return self._number

    def show_entity(self, card: EntityCard | None) -> None:
        """Show the first picture of ``card``."""
        images = card.images if card else ()
        self._label = card.label if card else ""
        if images == self._images and self._pixmap is not None:
            return
        self._images, self._number = images, 0
        self._fit()
        several = len(images) > 1
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if several else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if several else Qt.CursorShape.ArrowCursor)
        self._refresh()

    def sizeHint(self) -> QSize:
        return QSize(320, 240)

    @Slot()
    def next_picture(self) -> None:
        """Show the entity's next picture, if it has several."""
        if len(self._images) > 1:
            self._number = (self._number + 1) % len(self._images)
            self._fit()
            self._refresh()

    def zoom_by(self, notches: float, at: QPointF | None = None) -> None:
        """Enlarge, or with a negative number reduce, around a place on the pane: its middle if None."""
        if self._pixmap is None:
            return
        middle = QRectF(self.rect()).center()
        fixed = self._on_picture(at or middle)
        self._zoom = max(1.0, min(_MOST, self._zoom * _STEP**notches))
        if self._zoom == 1.0:
            self._fit()
        else:
            shift = self._on_picture(at or middle) - fixed
            self._move_centre(self._centre - shift)
            self._store.get(self._images[self._number], FULL)
        self._take_picture()
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / _NOTCH
        if self._pixmap is None or (self._zoom == 1.0 and notches < 0):
            event.ignore()  # the page scrolls
            return
        self.zoom_by(notches, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        moved = event.position() - self._pressed
        if self._dragged or moved.manhattanLength() >= QApplication.startDragDistance():
            self._dragged = True
            size = self._whole_size()
            self._move_centre(self._centre - QPointF(moved.x() / size.width(), moved.y() / size.height()))
            self._pressed = event.position()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        clicked = self._pressed is not None and not self._dragged
        self._pressed = None
        if clicked:
            self.next_picture()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and len(self._images) > 1:
            self.next_picture()
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        self._zoom, self._centre = 1.0, QPointF(0.5, 0.5)

    def _move_centre(self, wanted: QPointF) -> None:
        """No further than to where an edge of the picture comes into sight."""
        whole, room = self._whole_size(), QSizeF(self.size())
        half_x = min(0.5, room.width() / whole.width() / 2)
        half_y = min(0.5, room.height() / whole.height() / 2)
        self._centre = QPointF(
            max(half_x, min(1 - half_x, wanted.x())), max(half_y, min(1 - half_y, wanted.y()))
        )

    def _whole_size(self) -> QSizeF:
        """Of the enlarged picture; never empty."""
        return QSizeF(self._fitted_size()).expandedTo(QSizeF(1, 1)) * self._zoom

    def _on_picture(self, at: QPointF) -> QPointF:
        """The place on the picture, from (0, 0) to (1, 1), that is seen at a place on the pane."""
        whole, offset = self._whole_size(), at - QRectF(self.rect()).center()
        return self._centre + QPointF(offset.x() / whole.width(), offset.y() / whole.height())

    @Slot(str, int)
    def _loaded(self, path: str, edge: int) -> None:
        if not self._images or self._images[self._number].path != path:
            return
        if edge == LARGE:
            self._refresh()
        elif edge == FULL and self._zoom > 1.0:
            self._take_picture()
            self.update()

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
                self._base_size = picture.image.size()
                self._take_picture()
            elif picture is not None:
                self._problem = picture.problem
        self.setToolTip(plain_tip(path))
        label = isolated(self._label)
        self.setAccessibleName(f"Image of {label}" if not self._problem else f"{label}: {self._problem}")
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

    def _take_picture(self) -> None:
        """The large picture, or while it is enlarged the whole one once that is there."""
        reference = self._images[self._number]
        full = self._store.held(reference, FULL) if self._zoom > 1.0 else None
        picture = full if full is not None and full.image is not None else self._store.held(reference, LARGE)
        if picture is not None and picture.image is not None:
            self._pixmap, self._fitted = QPixmap.fromImage(picture.image), None

    def _fitted_size(self) -> QSize:
        """Of the picture as it fits into the pane."""
        room = self.size() - QSize(2 * theme.MEDIUM, 2 * theme.MEDIUM)
        # A small picture is enlarged four times at most: more shows nothing but its pixels.
        return self._base_size.scaled(room.boundedTo(self._base_size * 4), Qt.AspectRatioMode.KeepAspectRatio)

    def _paint_picture(self, painter: QPainter) -> None:
        assert self._pixmap is not None
        size = self._whole_size()
        place = QRectF(QPointF(0, 0), size)
        corner = QPointF(self._centre.x() * size.width(), self._centre.y() * size.height())
        place.moveTopLeft(QRectF(self.rect()).center() - corner)
        if self._zoom > 1.0:
            painter.setClipRect(self.rect().adjusted(1, 1, -1, -1))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(place, self._pixmap, QRectF(self._pixmap.rect()))
            painter.setClipping(False)
            return
        whole = place.toRect()
        ratio = self.devicePixelRatioF()
        if self._fitted is None or self._fitted.size() != whole.size() * ratio:
            self._fitted = self._pixmap.scaled(
                whole.size() * ratio,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            self._fitted.setDevicePixelRatio(ratio)
        painter.drawPixmap(whole.topLeft(), self._fitted)
        # A hairline, or a white picture would have no edge.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.border_color())
        painter.drawRect(whole)

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
