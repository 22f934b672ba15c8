"""The narrow column of page buttons at the left edge of the window."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QVBoxLayout, QWidget

from app import theme
from app.icons import icon

PAGES = (
    ("graphs", "Graphs", "mdi6.graph-outline"),
    ("train", "Train", "mdi6.chart-line"),
    ("review", "Review", "mdi6.check-all"),
    ("export", "Export", "mdi6.tray-arrow-up"),
)
_BUTTON = QSize(76, 64)


class RailButton(QAbstractButton):
    """An icon over its label; the chosen one has a bar at its edge and stands on a tint."""

    def __init__(self, name: str, label: str, icon_name: str, shortcut: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}PageButton")
        self.setText(label)
        self.setIcon(icon(icon_name))
        self.setCheckable(True)
        self.setToolTip(
            f"{label} ({QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)})"
        )
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

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
    """One button for each of :data:`PAGES`; emits the index of the one that was chosen."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.MEDIUM, 0, theme.MEDIUM)
        layout.setSpacing(2)
        for number, (name, label, icon_name) in enumerate(PAGES):
            button = RailButton(name, label, icon_name, f"Ctrl+{number + 1}")
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
