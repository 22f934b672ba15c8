"""One plot over epochs, with a legend that also reads the values under the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Slot
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import theme
from app.views.curve_data import Columns
from core.modality import JOINT, MODALITIES, PAPER_MODALITIES


@dataclass(frozen=True, slots=True)
class Line:
    """How a column is drawn; without a colour in that of text, told apart by its dashes."""

    name: str
    label: str
    color: str | None = None
    style: Qt.PenStyle = Qt.PenStyle.SolidLine
    optional: bool = False  # not in the legend before there is a value of it

    def pen(self) -> QPen:
        """The pen of the theme in force."""
        color = QColor(self.color) if self.color else theme.text_color()
        return pg.mkPen(color, width=1.6, style=self.style)


def loss_lines() -> list[Line]:
    """One line a modality in its colour, the joint loss in the colour of text."""
    joint = Line(JOINT, "Joint")
    return [
        joint,
        *(
            Line(
                name,
                name.capitalize(),
                theme.MODALITY_COLORS[name],
                optional=name not in PAPER_MODALITIES,
            )
            for name in MODALITIES
        ),
    ]


def metric_lines() -> list[Line]:
    """Metrics belong to no modality, so dashes tell them apart."""
    return [
        Line("mrr", "MRR"),
        Line("hits@1", "Hits@1", style=Qt.PenStyle.DashLine),
        Line("hits@10", "Hits@10", style=Qt.PenStyle.DotLine),
    ]


class CurvePlot(QWidget):
    """Draws the ``lines`` of ``data``."""

    def __init__(
        self, name: str, title: str, data: Columns, lines: Sequence[Line], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._data = data
        self._lines = lines
        self._title = QLabel(title)
        self._title.setFont(theme.font(bold=True))
        self._plot = pg.PlotWidget(self, background=None)
        self._plot.setObjectName(name)
        self._plot.setMenuEnabled(False)
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.hideButtons()
        self._plot.setMinimumHeight(120)
        self._plot.setFrameShape(self._plot.Shape.NoFrame)
        self._plot.getPlotItem().showGrid(x=False, y=True, alpha=0.12)
        self._curves = {
            line.name: self._plot.plot(antialias=True, skipFiniteCheck=True, clipToView=True)
            for line in lines
        }
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.hide()
        self._plot.addItem(self._cursor, ignoreBounds=True)
        self._legend = {line.name: QLabel() for line in lines}
        self._epoch = QLabel()
        self._epoch.setProperty("role", "secondary")
        header = QHBoxLayout(spacing=theme.LARGE)
        header.addWidget(self._title)
        header.addWidget(self._epoch)
        header.addStretch()
        for label in self._legend.values():
            label.setFont(theme.font("small", tabular=True))
            header.addWidget(label)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addLayout(header)
        layout.addWidget(self._plot, 1)
        self._plot.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self.apply_theme()

    def set_title(self, title: str) -> None:
        """Change the words above the plot."""
        self._title.setText(title)

    def follow(self, other: CurvePlot) -> None:
        """Share the epochs' axis with ``other``."""
        self._plot.setXLink(other._plot)

    def keep_unit_range(self) -> None:
        """Show values between 0 and 1, all of it."""
        self._plot.setYRange(0, 1, padding=0.04)
        self._plot.getAxis("left").setTicks([[(share / 4, f"{share / 4:g}") for share in range(5)]])

    def apply_theme(self) -> None:
        """Take the colours of the theme in force."""
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(theme.border_color())
            axis.setTextPen(theme.secondary_color())
            axis.setTickFont(theme.font("small"))
            axis.setStyle(tickLength=0)
        self._plot.getAxis("left").setWidth(44)
        for line in self._lines:
            self._curves[line.name].setPen(line.pen())
        self._cursor.setPen(pg.mkPen(theme.secondary_color(), width=1, style=Qt.PenStyle.DashLine))
        self._read_values(None)

    def redraw(self) -> None:
        """Draw what the buffers hold now."""
        for line in self._lines:
            self._curves[line.name].setData(*self._data.line(line.name))
        if not self._cursor.isVisible():
            self._read_values(None)

    def leaveEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().leaveEvent(event)
        self._cursor.hide()
        self._read_values(None)

    @Slot(object)
    def _on_mouse_moved(self, position: QPointF) -> None:
        box = self._plot.getPlotItem().getViewBox()
        if len(self._data) and box.sceneBoundingRect().contains(position):
            epoch = box.mapSceneToView(position).x()
            self._cursor.setPos(epoch)
            self._cursor.show()
            self._read_values(epoch)

    def _read_values(self, epoch: float | None) -> None:
        """Write the values at ``epoch`` into the legend, or the last ones."""
        found = self._data.at(epoch if epoch is not None else float("inf"))
        at, values = found or (0, {})
        self._epoch.setText(f"epoch {at}" if found and epoch is not None else "")
        for line in self._lines:
            mark = {Qt.PenStyle.SolidLine: "━━", Qt.PenStyle.DashLine: "╍╍"}.get(line.style, "┅┅")
            color = line.color or theme.text_color().name()
            value = f" <b>{values[line.name]:.3f}</b>" if line.name in values else ""
            self._legend[line.name].setText(f'<span style="color:{color}">{mark}</span> {line.label}{value}')
            self._legend[line.name].setVisible(bool(value) or not (found or line.optional))
