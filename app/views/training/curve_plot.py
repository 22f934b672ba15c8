"""One plot over epochs, with a legend that also reads the values under the mouse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import theme
from app.views.training.curve_data import CurveData
from app.views.training.figures import Figure, Line, Style, band
from app.views.training.plot_export import ExportButton, Table
from app.views.training.plots import WholeNumbers, plain_plot, style_axes

_PENS: dict[Style, Qt.PenStyle] = {
    "solid": Qt.PenStyle.SolidLine,
    "dash": Qt.PenStyle.DashLine,
    "dot": Qt.PenStyle.DotLine,
    "dash-dot": Qt.PenStyle.DashDotLine,
}
_MARKS: dict[Style, str] = {"solid": "━━", "dash": "╍╍", "dot": "┅┅", "dash-dot": "╍┅"}
_THICK, _THIN = 1.6, 1.0  # pixels
# Points from which curves are thin: Qt takes 15 times as long for a thick noisy line as for one of a pixel.
_LONG = 500
_DRAWN = 400  # stretches of a curve, each by its least and its highest value; all epochs are always in view


class CurvePlot(QWidget):
    """Draws the lines of a :class:`Figure` from ``data``, once it was given both; they can be exchanged."""

    def __init__(self, name: str, title: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data: CurveData
        self._figure: Figure
        self._plot = plain_plot(name, WholeNumbers("bottom"))
        self._curves: dict[str, pg.PlotDataItem] = {}
        self._drawn: dict[str, tuple[int, int]] = {}  # of a line: epochs of a stretch, stretches drawn
        self._bands: dict[str, tuple[pg.PlotDataItem, pg.PlotDataItem]] = {}
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.hide()
        self._plot.addItem(self._cursor, ignoreBounds=True)
        self._legend: dict[str, QLabel] = {}
        self._epoch = QLabel()
        self._epoch.setProperty("role", "secondary")
        self._title = title
        self._title.setFont(theme.font(bold=True))
        self._labels = QHBoxLayout(spacing=theme.MEDIUM)
        self._labels.addStretch()
        header = QHBoxLayout(spacing=theme.MEDIUM)
        header.addWidget(self._title)
        header.addWidget(self._epoch)
        header.addStretch()
        header.addWidget(ExportButton(name, self._plot, self.table))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addLayout(header)
        layout.addLayout(self._labels)  # a row of its own: there may be six, each with a value
        layout.addWidget(self._plot, 1)
        self._plot.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self._plot.ratio_changed.connect(self._on_ratio_changed)

    def show_figure(self, figure: Figure, data: CurveData) -> None:
        """Draw a figure, in place of the one before."""
        self._figure, self._data = figure, data
        for item in (*self._curves.values(), *(part for parts in self._bands.values() for part in parts)):
            self._plot.removeItem(item)
        for fill in [item for item in self._plot.items() if isinstance(item, pg.FillBetweenItem)]:
            self._plot.removeItem(fill)
        for label in self._legend.values():
            self._labels.removeWidget(label)
            label.deleteLater()
        self._bands = {line.name: self._band(line) for line in figure.lines} if figure.banded else {}
        self._curves = {line.name: self._curve() for line in figure.lines}
        self._drawn = {}
        self._legend = {line.name: QLabel() for line in figure.lines}
        for label in self._legend.values():
            label.setFont(theme.font("small", tabular=True))
            label.setToolTip(figure.meaning)
            self._labels.addWidget(label)
        self._title.setToolTip(figure.meaning)
        self._plot.setToolTip(figure.meaning)
        axis = self._plot.getAxis("left")
        if figure.unit:
            self._plot.setYRange(0, 1, padding=0.04)
            axis.setTicks([[(share / 4, f"{share / 4:g}") for share in range(5)]])
        else:
            axis.setTicks(None)
            self._plot.enableAutoRange(y=True)
        self.apply_theme()
        self.redraw()

    def follow(self, other: CurvePlot) -> None:
        """Show the same epochs as ``other``: its own may begin later, and would cut off the other's."""
        self._plot.enableAutoRange(x=False)
        other._plot.sigXRangeChanged.connect(self._show_epochs)
        self._show_epochs(None, other._plot.viewRange()[0])

    @Slot(object, object)
    def _show_epochs(self, _box: object, epochs: Sequence[float]) -> None:
        self._plot.setXRange(*epochs, padding=0)

    @Slot()
    def _on_ratio_changed(self) -> None:
        if self._curves:  # there is a figure
            self.apply_theme()

    def apply_theme(self) -> None:
        """Take the colours of the theme in force."""
        style_axes(self._plot)
        for line in self._figure.lines:
            self._dress(line)
        self._cursor.setPen(self._plot.pen(theme.secondary_color(), style=Qt.PenStyle.DashLine))
        self._read_values(None)

    def forget(self) -> None:
        """Others come: what is drawn is not what they begin with."""
        self._drawn = {}

    def redraw(self) -> None:
        """Draw what the buffers hold now; they may have grown, but for :meth:`forget`."""
        for line in self._figure.lines:
            epochs, values = self._data.line(line.name)
            step = max(1, len(values) // _DRAWN)
            stretches = step, len(values) // step  # what is left over is not drawn until it is one
            if self._drawn.get(line.name) == stretches:
                continue
            self._drawn[line.name] = stretches
            curve = self._curves[line.name]
            if curve.opts["pen"].widthF() != _width(values) * self._plot.ratio:
                self._dress(line)
            curve.setDownsampling(ds=step, auto=False, method="peak")
            curve.setData(epochs, values)
            curve.setSymbol("o" if len(values) == 1 else None)  # no line, and yet a value
            if line.name in self._bands:
                _, spread = self._data.line(band(line.name))
                if len(spread) == len(values):
                    for curve, side in zip(self._bands[line.name], (-1, 1), strict=True):
                        edge = np.clip(values + side * spread, 0, 1)
                        curve.setData(epochs[::step], edge[::step])
        if not self._cursor.isVisible():
            self._read_values(None)

    def table(self) -> Table:
        """What is drawn, as rows: the epoch and a column for each line."""
        lines = {name: dict(zip(*self._data.line(name), strict=True)) for name in self._figure.columns}
        epochs = sorted({epoch for line in lines.values() for epoch in line})
        rows = [[int(epoch), *(line.get(epoch) for line in lines.values())] for epoch in epochs]
        return ("epoch", *lines), rows

    def leaveEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().leaveEvent(event)
        self._cursor.hide()
        self._read_values(None)

    def _dress(self, line: Line) -> None:
        """Give a line its width and the colour of the theme in force."""
        curve, width = self._curves[line.name], _width(self._data.line(line.name)[1])
        color = QColor(line.color) if line.color else theme.text_color()
        # On a fine screen a long one is thick to Qt, too: it has rough edges there, which take less time.
        curve.opts["antialias"] = width == _THICK or self._plot.ratio == 1
        curve.setPen(self._plot.pen(color, width, _PENS[line.style]))
        curve.setSymbolBrush(color)

    def _curve(self) -> pg.PlotDataItem:
        return self._plot.plot(
            pen=pg.mkPen(width=_THICK),
            antialias=True,
            skipFiniteCheck=True,
            symbol=None,
            symbolSize=6,
            symbolPen=None,
        )

    def _band(self, line: Line) -> tuple[pg.PlotDataItem, pg.PlotDataItem]:
        low, high = self._plot.plot(pen=None), self._plot.plot(pen=None)
        color = QColor(line.color) if line.color else theme.text_color()
        color.setAlphaF(0.12)
        self._plot.addItem(pg.FillBetweenItem(low, high, brush=color))
        return low, high

    @Slot(object)
    def _on_mouse_moved(self, position: QPointF) -> None:
        box = self._plot.getPlotItem().getViewBox()
        if self._data.at(np.inf) and box.sceneBoundingRect().contains(position):
            epoch = box.mapSceneToView(position).x()
            self._cursor.setPos(epoch)
            self._cursor.show()
            self._read_values(epoch)

    def _read_values(self, epoch: float | None) -> None:
        """Write the values at ``epoch`` into the legend, or the last ones."""
        found = self._data.at(epoch if epoch is not None else np.inf)
        at, values = found or (0, {})
        self._epoch.setText(f"epoch {at}" if found and epoch is not None else "")
        for line in self._figure.lines:
            color = line.color or theme.text_color().name()
            value = f" <b>{_short(values[line.name])}</b>" if line.name in values else ""
            mark = f'<span style="color:{color}">{_MARKS[line.style]}</span>'
            self._legend[line.name].setText(f"{mark} {line.label}{value}")
            self._legend[line.name].setVisible(bool(value) or not (found or line.optional))


def _width(values: Sequence[float]) -> float:
    return _THIN if len(values) > _LONG else _THICK


def _short(value: float) -> str:
    """A value of a legend: all lines' stand in one row."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{round(value, 3) or value:.3g}"
