"""Plots in the look of the program: hairline axes, no frame, nothing that the mouse could move."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from app import theme
from app.views.paint_together import PaintTogether
from app.views.pens import plot_pen


class WholeNumbers(pg.AxisItem):
    """An axis of epochs: there are no ticks between them."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        spacings = super().tickSpacing(low, high, size)
        return [(spacing, offset) for spacing, offset in spacings if spacing >= 1] or [(1.0, 0.0)]


class SpacedLabels(pg.AxisItem):
    """A lower axis whose ticks are given: a label that would touch the one before is left out."""

    def generateDrawSpecs(self, painter: QPainter) -> tuple[Any, ...] | None:
        specs = super().generateDrawSpecs(painter)
        if specs is None:  # there is no room at all
            return None
        axis, ticks, texts = specs
        spaced: list[tuple[QRectF, Any, str]] = []
        for text in texts:
            if not spaced or text[0].left() >= spaced[-1][0].right() + theme.SMALL:
                spaced.append(text)
        return axis, ticks, spaced


class Plot(pg.PlotWidget):
    """Gives pens for the device that it is drawn on; ``ratio_changed``: for another one, so draw anew."""

    ratio_changed = Signal()

    _drawn_at: float | None = None

    @property
    def ratio(self) -> float:
        """The device's pixels for each of the window's."""
        return self._drawn_at or self.devicePixelRatioF()

    def pen(self, color: QColor, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """A line that is ``width`` of the window's pixels wide."""
        return plot_pen(color, width, self.ratio, style)

    @contextmanager
    def drawn_at(self, ratio: float) -> Iterator[None]:
        """Draw for a device with another ratio for a while."""
        self._drawn_at = ratio
        self.ratio_changed.emit()
        try:
            yield
        finally:
            self._drawn_at = None
            self.ratio_changed.emit()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self.ratio_changed.emit()
        return bool(super().event(event))


def plain_plot(name: str, bottom: pg.AxisItem | None = None) -> Plot:
    """An empty plot that grows with its layout."""
    axes = {} if bottom is None else {"bottom": bottom}
    plot = Plot(background=None, axisItems=axes, enableMenu=False)
    PaintTogether(plot)
    plot.setObjectName(name)
    plot.setAccessibleName(name)
    plot.setMouseEnabled(x=False, y=False)
    plot.hideButtons()
    plot.setMinimumHeight(120)
    plot.setFrameShape(plot.Shape.NoFrame)
    plot.getPlotItem().showGrid(x=False, y=True, alpha=0.12)
    return plot


def style_axes(plot: Plot, left_width: int = 44) -> None:
    """Take the colours and fonts of the theme in force."""
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        line = plot.pen(theme.border_color())
        line.setCapStyle(Qt.PenCapStyle.FlatCap)  # or ticks that have no length are dots
        axis.setPen(line)
        axis.setTextPen(theme.secondary_color())
        axis.setTickFont(theme.font("small"))
        axis.setStyle(tickLength=0)
        axis.setCacheMode(axis.CacheMode.DeviceCoordinateCache)  # its texts cost more than a curve
    plot.getAxis("left").setWidth(left_width)
