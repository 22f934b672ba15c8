"""Finds the counterpart of an entity in the whole other graph, where no candidate is right."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.keyed_action import KeyedAction
from app.labels import isolated
from app.models.hit_model import HIT_ROLE, HitModel
from app.views.elided_label import ElidedLabel
from app.views.review.card_picture import draw_picture
from app.views.review.image_store import THUMBNAIL, ImageStore
from core.review.elsewhere import Hit

_ROW, _PICTURE = 48, 36
_DEBOUNCE = 200  # milliseconds of quiet before typing becomes a query


class ElsewhereDialog(QDialog):
    """What is looked for is asked for by ``text_wanted`` and ``image_wanted``; it reads nothing itself."""

    text_wanted = Signal(str)
    image_wanted = Signal()
    chosen = Signal(object)  # Hit

    def __init__(
        self,
        label: str,
        graph: str,
        images: ImageStore,
        look_by: KeyedAction,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("elsewhereDialog")
        self.setWindowTitle(f"Find the counterpart of {isolated(label)}")
        self.resize(560, 560)
        self._by = QComboBox(objectName="elsewhereBy", toolTip=look_by.toolTip())
        self._by.setAccessibleName("Look for")
        self._by.addItem("By words", "text")
        self._by.addItem("By image", "image")
        self._field = _Field(label, clearButtonEnabled=True, objectName="elsewhereField")
        self._field.setPlaceholderText(f"Labels, URIs and values of {graph}")
        self._field.setAccessibleName(f"Search {graph}")
        self._model = HitModel()
        self._list = QListView(objectName="elsewhereList", uniformItemSizes=True)
        self._list.setAccessibleName(f"Entities of {graph}")
        self._list.setModel(self._model)
        self._list.setItemDelegate(_HitDelegate(images, self._list))
        self._told = ElidedLabel()
        self._told.setObjectName("elsewhereTold")
        self._told.setProperty("role", "secondary")
        self._accept = QPushButton(
            "Accept", objectName="elsewhereAccept", toolTip="The two are the same (Return)"
        )
        self._accept.setProperty("primary", True)
        self._accept.setDefault(True)
        cancel = QPushButton("Cancel", toolTip="Decide nothing (Esc)")
        self._timer = QTimer(self, singleShot=True, interval=_DEBOUNCE)
        self._timer.timeout.connect(self._ask)
        self._field.textChanged.connect(self._timer.start)
        self._field.stepped.connect(self._step)
        self._by.currentIndexChanged.connect(self._ask)
        # Not the action itself, which outlives the dialog and so what is connected with it.
        other_way = QShortcut(self)
        other_way.setKeys(look_by.shortcuts())
        other_way.activated.connect(self._look_the_other_way)
        self._list.doubleClicked.connect(self._take)
        self._list.selectionModel().currentChanged.connect(self._show_state)
        self._accept.clicked.connect(self._take)
        cancel.clicked.connect(self.reject)
        images.loaded.connect(self._repaint)
        top = QHBoxLayout(spacing=theme.MEDIUM)
        top.addWidget(self._field, stretch=1)
        top.addWidget(self._by)
        buttons = QHBoxLayout(spacing=theme.MEDIUM)
        buttons.addWidget(self._told, stretch=1)
        buttons.addWidget(self._accept)
        buttons.addWidget(cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        layout.setSpacing(theme.MEDIUM)
        layout.addLayout(top)
        layout.addWidget(self._list, stretch=1)
        layout.addLayout(buttons)
        self._field.selectAll()
        self._show_state()

    @Slot()
    def search(self) -> None:
        """Look for what is in the field."""
        self._ask()

    def show_hits(self, hits: list[Hit]) -> None:
        """Show what was found."""
        self._model.set_hits(hits)
        if hits:
            self._list.setCurrentIndex(self._model.index(0, 0))
        self._show_state()
        if not hits:
            self._told.set_whole("Nothing was found.")

    def show_problem(self, problem: str) -> None:
        """Say why nothing can be found."""
        self._model.set_hits([])
        self._show_state()
        self._told.set_whole(f"{problem[:1].upper()}{problem[1:]}.")

    @Slot()
    def _ask(self) -> None:
        by_words = self._by.currentData() == "text"
        self._field.setEnabled(by_words)
        if by_words:
            self.text_wanted.emit(self._field.text())
        else:
            self.image_wanted.emit()

    @Slot()
    def _look_the_other_way(self) -> None:
        self._by.setCurrentIndex(1 - self._by.currentIndex())
        (self._field if self._field.isEnabled() else self._list).setFocus()

    @Slot(int)
    def _step(self, rows: int) -> None:
        row = min(max(self._list.currentIndex().row() + rows, 0), self._model.rowCount() - 1)
        self._list.setCurrentIndex(self._model.index(row, 0))

    @Slot()
    def _show_state(self) -> None:
        hit: Hit | None = self._list.currentIndex().data(HIT_ROLE)
        self._accept.setEnabled(hit is not None)
        taken = hit is not None and hit.counterpart
        self._told.set_whole(
            f"Already the counterpart of {isolated(hit.counterpart)}." if hit and taken else ""
        )

    @Slot()
    def _take(self) -> None:
        hit = self._list.currentIndex().data(HIT_ROLE)
        if hit is not None:
            self.chosen.emit(hit)
            self.accept()

    @Slot()
    def _repaint(self) -> None:
        self._list.viewport().update()


class _Field(QLineEdit):
    """The arrows move in the list below while the keyboard is on the field."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        if event.key() in steps:
            self.stepped.emit(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)


class _HitDelegate(QStyledItemDelegate):
    """A small picture, the label, and below it by what the entity was found."""

    def __init__(self, images: ImageStore, parent: QWidget) -> None:
        super().__init__(parent)
        self._images = images

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        hit: Hit = index.data(HIT_ROLE)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QApplication.palette().highlight())
        row = option.rect.adjusted(theme.MEDIUM, 0, -theme.MEDIUM, 0)
        place = QRect(row.left(), row.center().y() - _PICTURE // 2, _PICTURE, _PICTURE)
        self._paint_picture(painter, place, hit)
        left = place.right() + theme.MEDIUM
        upper = QRect(left, row.top() + theme.SMALL, row.right() - left, _ROW // 2 - theme.SMALL)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        elide = Qt.TextElideMode.ElideRight
        painter.setFont(theme.font())
        painter.setPen(QApplication.palette().text().color())
        painter.drawText(
            upper, middle, painter.fontMetrics().elidedText(hit.card.label, elide, upper.width())
        )
        painter.setFont(theme.font("small"))
        painter.setPen(theme.secondary_color())
        lower = upper.translated(0, upper.height())
        told = hit.why or hit.card.uri
        painter.drawText(lower, middle, painter.fontMetrics().elidedText(told, elide, lower.width()))
        painter.restore()

    def _paint_picture(self, painter: QPainter, place: QRect, hit: Hit) -> None:
        usable = [image for image in hit.card.images if image.status == "ok"]
        picture = self._images.get(usable[0], THUMBNAIL) if usable else None
        if picture is None or picture.image is None:
            painter.fillRect(place, theme.border_color())
            return
        draw_picture(painter, place, picture.image)
