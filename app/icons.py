"""Icons from one set, drawn in the colours of the theme in force."""

from __future__ import annotations

from collections.abc import Callable

import qtawesome
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPalette,
    QPixmap,
    QPixmapCache,
)

from app import theme


def icon(name: str, color: str | None = None) -> QIcon:
    """The qtawesome icon ``name``; without ``color`` it follows the palette, also when the theme changes."""
    return QIcon(_ThemedEngine(name, _text)) if color is None else qtawesome.icon(name, color=color)


def primary_icon(name: str) -> QIcon:
    """The icon for a main button, which is filled with the accent."""
    return QIcon(_ThemedEngine(name, theme.on_accent_color))


def application_icon() -> QIcon:
    """The program's own icon."""
    return QIcon(str(theme.RESOURCES / "icons" / "mimea.svg"))


class _ThemedEngine(QIconEngine):
    """Asks for its colour each time it paints, so nothing needs to be told when the theme changes."""

    def __init__(self, name: str, color: Callable[[], QColor]) -> None:
        super().__init__()
        self._name = name
        self._color = color

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        qtawesome.icon(self._name, color=self._ink(mode)).paint(painter, rect)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        # A glyph takes half a millisecond to draw, and a window has twenty of them.
        key = f"{self._name} {self._ink(mode)} {size.width()}x{size.height()}"
        pixmap = QPixmap(size)
        if not QPixmapCache.find(key, pixmap):
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
            painter.end()
            QPixmapCache.insert(key, pixmap)
        return pixmap

    def _ink(self, mode: QIcon.Mode) -> str:
        color = theme.disabled_color() if mode is QIcon.Mode.Disabled else self._color()
        return color.name()

    def clone(self) -> QIconEngine:
        return _ThemedEngine(self._name, self._color)


def _text() -> QColor:
    # Of the palette, not of the theme: widgets of tests and dialogs of the system have no theme of ours.
    return QGuiApplication.palette().color(QPalette.ColorRole.ButtonText)
