"""Plots in the look of the program: hairline axes, no frame, nothing that the mouse could move."""

from __future__ import annotations

import pyqtgraph as pg

from app import theme


def plain_plot(name: str) -> pg.PlotWidget:
    """An empty plot that grows with its layout."""
    plot = pg.PlotWidget(background=None)
    plot.setObjectName(name)
    plot.setAccessibleName(name)
    plot.setMenuEnabled(False)
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
    plot.getAxis("left").setWidth(left_width)
