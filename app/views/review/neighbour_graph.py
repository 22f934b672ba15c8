"""An entity among its neighbours; those that are matched to one of the other side carry the same number.

A disc is a known match, a ring one that the run proposes.
"""

from __future__ import annotations

from functools import cache
from math import atan2

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app import theme
from app.labels import isolated, plain_tip
from app.views.paint_together import PaintTogether
from app.views.pens import plot_pen
from core.review.neighbourhood import EgoGraph, Neighbour

# Eight muted colours that differ from each other for the colour-blind too; the number tells the rest apart.
# All have 3:1 at least against their ground, for the rings.
AGREEMENT_COLORS = (
    "#332288", "#3A8FB7", "#117733", "#B07F00", "#882255", "#309888", "#77771A", "#AA4499",
)  # fmt: skip
AGREEMENT_COLORS_ON_DARK = (
    "#8E7FE6", "#88CCEE", "#3FA55F", "#DDCC77", "#D0628F", "#44AA99", "#999933", "#CC79C0",
)  # fmt: skip
_CENTRE, _LINKED, _PLAIN = 18, 17, 9
_RING = 13  # pixels from the centre of a node that has the keyboard
_STEPS = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
_LINE = 18  # pixels from one label to the next
_LABEL_ROOM = 150
_THREE_DIGITS = 0.75  # of the usual size
_MOST_RELATIONS = 12  # in a tooltip
_WIDTHS = (1, 2, 4)  # of an edge that stands for one relation, two, or more


def agreement_color(number: int) -> QColor:
    """The colour of the neighbours numbered ``number``, from 1."""
    dark = theme.base_color().lightness() < 128
    colors = AGREEMENT_COLORS_ON_DARK if dark else AGREEMENT_COLORS
    return QColor(colors[(number - 1) % len(colors)])


def text_on(color: QColor) -> QColor:
    """Black or white, whichever reads better on ``color``."""
    red, green, blue, _ = color.getRgbF()
    luminance = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
    return QColor("#FFFFFF" if luminance < 0.18 else "#1B1F24")


# pyqtgraph keeps the picture of a node as long as it is given the very same pen and brush.
_NO_PEN = QPen(Qt.PenStyle.NoPen)


@cache
def _pen(color: str, ratio: float) -> QPen:
    return plot_pen(QColor(color), 2, ratio)


@cache
def _brush(color: str) -> QBrush:
    return QBrush(QColor(color))


def _fill(node: Neighbour) -> QColor:
    if not node.number:
        return theme.secondary_color()
    return theme.base_color() if node.proposed else agreement_color(node.number)


class NeighbourGraph(pg.GraphicsView):
    """Drawn where the core placed it; does not move, so that the wheel scrolls the page.

    The arrows go round from neighbour to neighbour, Return is a click.
    """

    neighbour_activated = Signal(object)  # the Neighbour that was clicked

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(240)
        self._graph = EgoGraph(0, ())
        self._current: Neighbour | None = None  # that the keyboard is on
        self._box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
        self.setCentralItem(self._box)
        # One curve per width of line: a pen per edge would be drawn in a Python loop.
        self._edges = [pg.PlotCurveItem(connect="pairs", antialias=True) for _ in _WIDTHS]
        self._nodes = pg.ScatterPlotItem(hoverable=True, tip=_tip, pen=None)
        self._nodes.sigClicked.connect(self._clicked)
        for item in (*self._edges, self._nodes):
            self._box.addItem(item, ignoreBounds=True)
        PaintTogether(self)
        self.show_graph(self._graph)

    @property
    def graph(self) -> EgoGraph:
        """What is shown."""
        return self._graph

    @staticmethod
    def most_nodes(height: int) -> int:
        """How many neighbours have room for their labels, which stand in two columns."""
        return 2 * max(1, (height - 2 * _LINE) // _LINE)

    def show_graph(self, graph: EgoGraph) -> None:
        """Show ``graph``."""
        self._graph = graph
        self._current = None
        # Nowhere to go: Tab passes by.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if graph.nodes else Qt.FocusPolicy.NoFocus)
        self._draw()
        names = ", ".join(f"{n.number} {isolated(n.label)}" for n in graph.nodes if n.number)
        self.setAccessibleDescription(f"{graph.total} neighbours; matched: {names or 'none'}")

    def sizeHint(self) -> QSize:
        return QSize(400, self.minimumHeight())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._go_round(_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current is not None:
            self.neighbour_activated.emit(self._current)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._current is None:
            self._go_round(1)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        QToolTip.hideText()
        self.viewport().update()

    def changeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().changeEvent(event)
        if event.type() == event.Type.PaletteChange and hasattr(self, "_nodes"):
            self.resetCachedContent()  # the ground, in the colour that it had
            self._draw()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._draw()
        return bool(super().event(event))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_box"):
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setFont(theme.font("small"))
        if self._graph.total == 0:
            painter.setPen(theme.secondary_color())
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, "no neighbours")
        else:
            self._paint_labels(painter)
        if self.hasFocus() and self._current is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.accent_color(), 2))
            painter.drawEllipse(self._to_view(self._current.x, self._current.y), _RING, _RING)
        painter.end()

    def _go_round(self, step: int) -> None:
        """Put the keyboard on the next neighbour, the inner ring first, and say which it is."""
        ring = sorted(self._graph.nodes, key=lambda node: (node.hop, atan2(node.y, node.x)))
        if not ring:
            return
        start = ring.index(self._current) if self._current is not None else -1
        self._current = ring[(start + step) % len(ring)]
        tip = _tip(x=0, y=0, data=self._current)
        self.setAccessibleDescription(tip)
        place = self._to_view(self._current.x, self._current.y).toPoint()
        QToolTip.showText(self.viewport().mapToGlobal(place), tip, self)
        self.viewport().update()

    def _draw(self) -> None:
        nodes, ratio = self._graph.nodes, self.devicePixelRatioF()
        classes: list[list[float]] = [[] for _ in _WIDTHS]
        heights: list[list[float]] = [[] for _ in _WIDTHS]
        inner = {node.entity_id: (node.x, node.y) for node in nodes}
        for node in nodes:
            width = min(len(node.relations), len(_WIDTHS)) - 1
            x, y = (0.0, 0.0) if node.through is None else inner[node.through]
            classes[width] += [x, node.x]
            heights[width] += [y, node.y]
        for curve, xs, ys, width in zip(self._edges, classes, heights, _WIDTHS, strict=True):
            curve.setData(np.array(xs), np.array(ys), pen=plot_pen(theme.border_color(), width, ratio))
        spots = [
            {
                "pos": (node.x, node.y),
                "size": _LINKED if node.number else _PLAIN,
                "brush": _brush(_fill(node).name()),
                "pen": _pen(agreement_color(node.number).name(), ratio) if node.number else _NO_PEN,
                "data": node,
            }
            for node in nodes
        ]
        if nodes:
            centre = _brush(theme.accent_color().name())
            spots.append({"pos": (0, 0), "size": _CENTRE, "brush": centre, "pen": _NO_PEN})
        self._nodes.setData(spots)
        self._fit()
        self.viewport().update()

    def _fit(self) -> None:
        """Leave room for labels on either side: the nodes take what is left of the width."""
        half = max(1.0, self.viewport().width() / 2)
        # Not much wider than high: beyond that a longer line says nothing more.
        radius = min(half - min(_LABEL_ROOM, 0.64 * half), 0.75 * self.viewport().height())
        x = half / max(1.0, radius)
        y = 1.0 + 24.0 / max(1.0, self.viewport().height())
        self._box.setRange(xRange=(-x, x), yRange=(-y, y), padding=0.0, disableAutoRange=True)

    def _paint_labels(self, painter: QPainter) -> None:
        small, smaller = painter.font(), painter.font()
        smaller.setPointSizeF(small.pointSizeF() * _THREE_DIGITS)
        metrics = QFontMetrics(small)
        width = self.viewport().width()
        outermost = max((node.hop for node in self._graph.nodes), default=1)
        for node in self._graph.nodes:
            place = self._to_view(node.x, node.y)
            if node.number:
                on_disc = text_on(agreement_color(node.number))
                painter.setPen(self.palette().text().color() if node.proposed else on_disc)
                # Three digits in the usual size would lie over the ring.
                painter.setFont(small if node.number < 100 else smaller)
                square = QRectF(place.x() - 12, place.y() - 12, 24, 24)
                painter.drawText(square, Qt.AlignmentFlag.AlignCenter, str(node.number))
                painter.setFont(small)
            if node.hop < outermost:
                continue  # there is no room between the rings: the name is in the tooltip
            painter.setPen(self.palette().text().color() if node.number else theme.secondary_color())
            gap = (_LINKED if node.number else _PLAIN) / 2 + theme.SMALL
            to_left = node.x < 0
            room = (place.x() if to_left else width - place.x()) - gap
            text = metrics.elidedText(node.label, Qt.TextElideMode.ElideRight, int(room))
            box = QRectF(0 if to_left else place.x() + gap, place.y() - 10, room, 20)
            align = Qt.AlignmentFlag.AlignRight if to_left else Qt.AlignmentFlag.AlignLeft
            painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, text)

    def _to_view(self, x: float, y: float) -> QPointF:
        return QPointF(self.viewportTransform().map(self._box.mapViewToScene(QPointF(x, y))))

    @Slot(object, object, object)
    def _clicked(self, _item: object, spots: list[pg.SpotItem], _event: object) -> None:
        if len(spots) and isinstance(spots[0].data(), Neighbour):
            self.neighbour_activated.emit(spots[0].data())


def _tip(*, x: float, y: float, data: object) -> str:
    if not isinstance(data, Neighbour):
        return ""
    relations = list(data.relations[:_MOST_RELATIONS])
    if len(data.relations) > _MOST_RELATIONS:
        relations.append(f"and {len(data.relations) - _MOST_RELATIONS} more")
    return plain_tip("\n".join((data.label, *relations)))
