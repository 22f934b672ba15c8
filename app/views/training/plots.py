"""Plots in the look of the program: hairline axes, no frame, nothing that the mouse could move."""

from __future__ import annotations

import pyqtgraph as pg

from app import theme


class WholeNumbers(pg.AxisItem):
    """An axis of epochs: there are no ticks between them."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        spacings = super().tickSpacing(low, high, size)
        return [(spacing, offset) for spacing, offset in spacings if spacing >= 1] or [(1.0, 0.0)]


def plain_plot(name: str, bottom: pg.AxisItem | None = None) -> pg.PlotWidget:
    """An empty plot that grows with its layout."""
    axes = {} if bottom is None else {"bottom": bottom}
    plot = pg.PlotWidget(background=None, axisItems=axes, enableMenu=False)
    plot.setObjectName(name)
    plot.setAccessibleName(name)
    plot.setMouseEnabled(x=False, y=False)
    plot.hideButtons()
    plot.setMinimumHeight(120)
    plot.setFrameShape(plot.Shape.NoFrame)
    plot.getPlotItem().showGrid(x=False, y=True, alpha=0.12)
    return plot


def style_axes(plot: pg.PlotWidget, left_width: int = 44) -> None:
    """Take the colours and fonts of the theme in force."""
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(theme.border_color())
        axis.setTextPen(theme.secondary_color())
        axis.setTickFont(theme.font("small"))
        axis.setStyle(tickLength=0)
        axis.setCacheMode(axis.CacheMode.DeviceCoordinateCache)  # its texts cost more than a curve
    plot.getAxis("left").setWidth(left_width)
