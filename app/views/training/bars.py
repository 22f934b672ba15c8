"""Shares as bars, and how far probabilities can be trusted, in the look of the other plots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app import theme
from app.views.training.plot_export import ExportButton, Table
from app.views.training.plots import plain_plot, style_axes
from core.alignment.calibration import Reliability
from core.training.quality import Group

_ROOM = 0.1  # beyond 0 and 1: for points of up to 22 pixels, and for half of the number at the axis
_ROOMY = 0.8  # a higher bar has no room above it in a low window


class TitledPlot(QWidget):
    """A plot under its title, with a line on what it means on hover, and a button that saves it.

    The note beside the title makes room for the values under the mouse, as :meth:`values_at` words them.
    """

    def __init__(
        self,
        name: str,
        title: str,
        meaning: str,
        parent: QWidget | None = None,
        *,
        long_note: bool = False,
        bottom: pg.AxisItem | None = None,
    ) -> None:
        super().__init__(parent)
        self.plot = plain_plot(name, bottom)
        self._title = QLabel(title)
        self._title.setFont(theme.font(bold=True))
        self._note = QLabel()
        self._note.setProperty("role", "secondary")
        self._note.setFont(theme.font("small"))
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # no plot moves
        self._lasting = ""
        for part in (self._title, self._note, self.plot):
            part.setToolTip(meaning)
        header = QHBoxLayout(spacing=theme.MEDIUM)
        header.addWidget(self._title)
        if long_note:
            header.addStretch()
        else:
            header.addWidget(self._note, 1)
        header.addWidget(ExportButton(name, self.plot, self.table))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addLayout(header)
        if long_note:
            layout.addWidget(self._note)
        layout.addWidget(self.plot, 1)
        style_axes(self.plot)
        self.plot.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self.plot.ratio_changed.connect(self._on_ratio_changed)

    def set_note(self, text: str) -> None:
        """Say something beside the title."""
        self._lasting = text
        self._note.setText(text)

    def values_at(self, x: float, y: float) -> str:
        """The values that are drawn there, in words; a subclass says which."""
        return ""

    def table(self) -> Table:
        """The numbers that are drawn; a subclass says which."""
        return (), ()

    def draw(self) -> None:
        """Draw anew, in the colours of the theme in force."""
        style_axes(self.plot)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.draw()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.show_values("")

    @Slot()
    def _on_ratio_changed(self) -> None:
        self.draw()  # a subclass's

    @Slot(object)
    def _on_mouse_moved(self, position: QPointF) -> None:
        box = self.plot.getPlotItem().getViewBox()
        words = ""
        if box.sceneBoundingRect().contains(position):
            place = box.mapSceneToView(position)
            words = self.values_at(place.x(), place.y())
        self.show_values(words)

    def show_values(self, words: str) -> None:
        """Say what is under the mouse; empty: nothing is."""
        self._note.setText(words or self._lasting)

    def keep_unit(self) -> None:
        """Show the values from 0 to 1, all of them."""
        self.plot.setYRange(0, 1, padding=_ROOM)
        self.plot.getAxis("left").setTicks([[(share / 4, f"{share / 4:g}") for share in range(5)]])


class GroupBars(TitledPlot):
    """The share that is right in groups of links; how many each has stands beneath."""

    def __init__(self, name: str, title: str, meaning: str, parent: QWidget | None = None) -> None:
        super().__init__(name, title, meaning, parent)
        self._groups: Sequence[Group] = ()
        self.keep_unit()

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Draw ``groups``."""
        self._groups = groups
        self.draw()

    def table(self) -> Table:
        return ("group", "links", "right"), [(g.name, g.links, g.right) for g in self._groups]

    def values_at(self, x: float, y: float) -> str:
        group = element(self._groups, x)
        return "" if group is None else f"{group.name}: {group.right:.3f} of {group.links:,} right"

    def draw(self) -> None:
        super().draw()
        self.plot.clear()
        self.plot.addItem(
            pg.BarGraphItem(
                x=np.arange(len(self._groups)),
                height=[group.right for group in self._groups],
                width=0.62,
                brush=theme.accent_color(),
                pen=None,
            )
        )
        for number, group in enumerate(self._groups):
            label = pg.TextItem(f"{group.right:.2f}", color=theme.text_color(), anchor=(0.5, 1))
            label.setFont(theme.font("small", tabular=True))
            label.setPos(number, group.right)
            if group.right > _ROOMY:  # inside, in the colour that stands on the bar
                label.setColor(theme.on_accent_color())
                label.setAnchor((0.5, 0))
            self.plot.addItem(label)
        ticks = [(i, f"{group.name}\n{group.links:,}") for i, group in enumerate(self._groups)]
        self.plot.getAxis("bottom").setTicks([ticks])
        self.plot.getAxis("bottom").setHeight(38)
        self.plot.setXRange(-0.6, max(len(self._groups), 3) - 0.4, padding=0)


class ReliabilityPlot(TitledPlot):
    """The share that is right against the probability that was said; on the diagonal both agree."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "reliabilityPlot",
            "Reliability",
            "Of the first candidates with about this probability, the share that is right: on the dashed "
            "line probabilities can be taken at their word. The size of a point is how many there are.",
            parent,
        )
        self._found: Reliability | None = None
        self.keep_unit()
        self.plot.setXRange(0, 1, padding=_ROOM / 2)  # it is wider than high
        self.plot.getAxis("bottom").setTicks([[(share / 4, f"{share / 4:g}") for share in range(5)]])

    def show_reliability(self, found: Reliability | None) -> None:
        """Draw it, or say that there is none."""
        self._found = found
        self.set_note(
            "no probabilities without held-out seeds"
            if found is None
            else f"calibration error {found.ece:.3f} on {found.pairs:,} links"
        )
        self.draw()

    def table(self) -> Table:
        bins = self._found.bins if self._found else ()
        names = ("low", "high", "count", "mean", "right")
        return names, [[getattr(part, name) for name in names] for part in bins]

    def values_at(self, x: float, y: float) -> str:
        if self._found is None or not self._found.bins:
            return ""
        part = min(self._found.bins, key=lambda each: abs(each.mean - x))
        return f"probability {part.mean:.2f}: {part.right:.3f} of {part.count:,} right"

    def draw(self) -> None:
        super().draw()
        self.plot.clear()
        diagonal = self.plot.pen(theme.secondary_color(), style=Qt.PenStyle.DashLine)
        self.plot.plot([0, 1], [0, 1], pen=diagonal)
        if self._found is None:
            return
        bins = self._found.bins
        means, shares = [part.mean for part in bins], [part.right for part in bins]
        sizes = 6 + 16 * np.sqrt(np.array([part.count for part in bins]) / self._found.pairs)
        ink = theme.accent_color()
        self.plot.plot(means, shares, pen=self.plot.pen(ink, 1.6), antialias=True)
        self.plot.plot(means, shares, pen=None, symbol="o", symbolSize=sizes, symbolBrush=ink, symbolPen=None)


_Drawn = TypeVar("_Drawn")


def element(drawn: Sequence[_Drawn], place: float) -> _Drawn | None:
    """What is drawn at the whole number nearest to ``place``; None beside them all."""
    number = round(place)
    return drawn[number] if 0 <= number < len(drawn) else None


def legend_text(color: str, label: str) -> str:
    """A coloured mark and a word, for labels."""
    return f'<span style="color:{color}">■</span> {label}'
