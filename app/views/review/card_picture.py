"""Draws small pictures in the rows and cards of lists."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap


def draw_picture(painter: QPainter, place: QRect, image: QImage) -> None:
    """``image`` as large as ``place`` allows and in its middle, in the pixels of the screen."""
    ratio = painter.device().devicePixelRatio()
    pixmap = QPixmap.fromImage(image).scaled(
        place.size() * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    pixmap.setDevicePixelRatio(ratio)
    target = QRect(place.topLeft(), pixmap.deviceIndependentSize().toSize())
    target.moveCenter(place.center())
    painter.drawPixmap(target.topLeft(), pixmap)
