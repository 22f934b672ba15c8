"""The narrow column of page buttons at the left edge of the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QVBoxLayout, QWidget

from app import theme

PAGES = (
    ("graphs", "Graphs", "mdi6.graph-outline"),
    ("train", "Train", "mdi6.chart-line"),
    ("review", "Review", "mdi6.check-all"),
    ("export", "Export", "mdi6.tray-arrow-up"),
)
_BUTTON = QSize(76, 64)


class RailButton(QAbstractButton):
    """An icon over its label; the chosen one has a bar at its edge and stands on a tint."""

    def __init__(self, name: str, action: QAction) -> None:
        super().__init__()
        self.setObjectName(f"{name}PageButton")
        self.setText(action.text().replace("&", ""))
        self.setIcon(action.icon())
        self.setCheckable(True)
        self._action = action
        self._renew_tip()
        action.changed.connect(self._renew_tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @Slot()
    def _renew_tip(self) -> None:
        self.setToolTip(self._action.toolTip())  # it names the key, which may have been changed

    def sizeHint(self) -> QSize:
        return _BUTTON

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        area = self.rect().adjusted(6, 3, -6, -3)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked():
            painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
            painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)
            painter.setBrush(theme.accent_color())
            painter.drawRoundedRect(QRect(0, area.top() + 10, 3, area.height() - 20), 1.5, 1.5)
        elif self.underMouse() or self.isDown():
            painter.setBrush(palette.color(QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)
        self.icon().paint(painter, QRect((self.width() - 24) // 2, area.top() + 7, 24, 24))
        painter.setFont(theme.font("small", bold=self.isChecked()))
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        label = QRect(area.left(), area.top() + 33, area.width(), area.height() - 35)
        painter.drawText(label, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, self.text())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.accent_color(), 2))
            painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)


class Rail(QWidget):
    """One button for each of :data:`PAGES`, by its action; emits the index of the one that was chosen."""

    chosen = Signal(int)

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.MEDIUM, 0, theme.MEDIUM)
        layout.setSpacing(2)
        for number, ((name, _, _), action) in enumerate(zip(PAGES, actions, strict=True)):
            button = RailButton(name, action)
            self._group.addButton(button, number)
            layout.addWidget(button)
        layout.addStretch()
        self.setFixedWidth(_BUTTON.width() + 1)
        self._group.idClicked.connect(self.chosen)

    def choose(self, index: int) -> None:
        """Mark the page ``index`` as the current one, without a signal."""
        self._group.button(index).setChecked(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme.border_color())
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())
