"""Pens for what pyqtgraph draws."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen


def plot_pen(color: QColor, width: float, ratio: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A line of ``width`` pixels that is as wide on a device with ``ratio`` of its own for each.

    A plot stretches what it draws, so its pens are cosmetic: Qt counts their width in pixels of the device.
    """
    pen = QPen(color, width * ratio, style)
    pen.setCosmetic(True)
    return pen
