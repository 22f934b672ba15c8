"""A table of the paper as dots with their spread, or its figure 3 as a panel for each hyper-parameter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from app import theme
from app.views.training.ablation_table import Found
from app.views.training.bars import TitledPlot, element, legend_text
from app.views.training.plot_export import Table
from app.views.training.plots import SpacedLabels, style_axes
from core.ablation.variants import FULL, Ablation

_COLORS = {"cosine": "#0072B2", "csls": "#D55E00", "sinkhorn": "#009E73"}
_TITLES = {
    "dimension": ("Dimension d", "how many numbers an embedding of a modality has"),
    "pmf_lambda": ("Rate of the fusion λ", "how fast modality weights follow the divergences"),
    "gamma": ("Own graph's negatives γ", "how much negatives of the entity's own graph count in the loss"),
    "tau": ("Temperature τ", "how sharply the loss tells the hardest negatives apart"),
}
_LABEL_WIDTH = 160
_LEGEND = "   ".join(legend_text(color, name) for name, color in _COLORS.items())


def chart(ablation: Ablation, found: Found) -> QWidget | None:
    """What fits the kind of ablation; costs have none."""
    if ablation.kind == "cost":
        return None
    if ablation.kind == "ranking":
        dots = VariantDots()
        dots.show_results([variant.name for variant in ablation.variants], found)
        return dots
    panels: dict[str, dict[float, str]] = {}
    for variant in ablation.variants:
        if variant.name != FULL:
            ((setting, value),) = variant.changes.items()
            panels.setdefault(setting, {})[value] = variant.name
    return Sweeps(panels, found)


class VariantDots(TitledPlot):
    """MRR of each variant by decoding: a dot for the mean, a line for one standard deviation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "ablationPlot",
            "MRR",
            "MRR of each variant: the mean over the random seeds, and one standard deviation to either side",
            parent,
        )
        self._variants: Sequence[str] = ()
        self._found: Found = {}
        self.set_note(_LEGEND)

    def show_results(self, variants: Sequence[str], found: Found) -> None:
        """Draw the variants in their order, the first one above."""
        self._variants, self._found = variants, found
        self.draw()

    def table(self) -> Table:
        rows = [
            (variant, decoding, point.mean, point.std)
            for variant in self._variants
            for decoding in _COLORS
            if (point := self._found.get((variant, decoding, "mrr"))) is not None
        ]
        return ("variant", "decoding", "mean", "std"), rows

    def values_at(self, x: float, y: float) -> str:
        variant = element(self._variants, y)
        return "" if variant is None else _values(variant, self._found, variant)

    def draw(self) -> None:
        style_axes(self.plot, _LABEL_WIDTH)
        self.plot.clear()
        self.plot.getPlotItem().showGrid(x=True, y=False, alpha=0.12)
        for offset, (decoding, color) in zip((-0.2, 0, 0.2), _COLORS.items(), strict=True):
            points = [self._found.get((variant, decoding, "mrr")) for variant in self._variants]
            there = [(row, point) for row, point in enumerate(points) if point is not None]
            if not there:
                continue
            x = np.array([point.mean for _, point in there])
            y = np.array([row + offset for row, _ in there])
            spread = np.array([point.std or 0.0 for _, point in there])
            pen = self.plot.pen(QColor(color))
            self.plot.addItem(pg.ErrorBarItem(x=x, y=y, left=spread, right=spread, pen=pen))
            self.plot.plot(
                x, y, pen=None, symbol="o", symbolSize=7, symbolBrush=QColor(color), symbolPen=None
            )
        self.plot.getAxis("left").setTicks([list(enumerate(self._variants))])
        self.plot.setYRange(-0.6, max(len(self._variants), 3) - 0.4, padding=0)
        self.plot.getViewBox().invertY(True)


class SweepPanel(TitledPlot):
    """MRR against the values of one hyper-parameter, a line for each decoding.

    Panels are too narrow for values beside the title: who holds them shows what ``values_read`` tells.
    """

    values_read = Signal(str)

    def __init__(self, setting: str, parent: QWidget | None = None) -> None:
        title, what = _TITLES[setting]
        meaning = f"MRR against {what}, all else as it was; a line up and down is one standard deviation"
        super().__init__(f"{setting}Sweep", title, meaning, parent, bottom=SpacedLabels("bottom"))
        self._name = title
        self._values: Mapping[float, str] = {}
        self._found: Found = {}

    def show_results(self, values: Mapping[float, str], found: Found) -> None:
        """Draw variants by the value that they give the setting."""
        self._values, self._found = values, found
        self.draw()

    def table(self) -> Table:
        rows: list[Sequence[Any]] = [
            (value, decoding, point.mean, point.std)
            for value, variant in self._values.items()
            for decoding in _COLORS
            if (point := self._found.get((variant, decoding, "mrr"))) is not None
        ]
        return ("value", "decoding", "mean", "std"), rows

    def values_at(self, x: float, y: float) -> str:
        value = element(list(self._values), x)
        return "" if value is None else _values(f"{self._name} {value:g}", self._found, self._values[value])

    def show_values(self, words: str) -> None:
        self.values_read.emit(words)

    def draw(self) -> None:
        super().draw()
        self.plot.clear()
        for decoding, color in _COLORS.items():
            points = [self._found.get((variant, decoding, "mrr")) for variant in self._values.values()]
            there = [i for i, point in enumerate(points) if point is not None]
            means = [point.mean for point in points if point is not None]
            spread = np.array([point.std or 0.0 for point in points if point is not None])
            ink = QColor(color)
            bars = pg.ErrorBarItem(
                x=np.array(there),
                y=np.array(means),
                top=spread,
                bottom=spread,
                beam=0.08,
                pen=self.plot.pen(ink),  # whole pixels: it has rough edges
            )
            self.plot.addItem(bars)
            pen = self.plot.pen(ink, 1.6)
            self.plot.plot(
                there,
                means,
                pen=pen,
                antialias=True,
                symbol="o",
                symbolSize=6,
                symbolBrush=ink,
                symbolPen=None,
            )
        self.plot.setXRange(0, max(len(self._values) - 1, 1), padding=0.14)  # or the first label has no room
        # Values that are tried lie at even distances, whatever their ratio.
        self.plot.getAxis("bottom").setTicks([[(i, f"{value:g}") for i, value in enumerate(self._values)]])


class Sweeps(QWidget):
    """A panel for each hyper-parameter that was varied."""

    def __init__(self, panels: Mapping[str, Mapping[float, str]], found: Found) -> None:
        super().__init__()
        self.legend = QLabel()
        self.legend.setFont(theme.font("small"))
        self.legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._on_values("")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.LARGE)
        grid.addWidget(self.legend, 0, 0, 1, 2)
        for column in range(2):
            grid.setColumnStretch(column, 1)
        for number, (setting, values) in enumerate(panels.items()):
            panel = SweepPanel(setting)
            panel.show_results(values, found)
            panel.values_read.connect(self._on_values)
            grid.addWidget(panel, 1 + number // 2, number % 2)

    @Slot(str)
    def _on_values(self, words: str) -> None:
        self.legend.setText(words or _LEGEND)


def _values(name: str, found: Found, variant: str) -> str:
    """The MRR of a variant by decoding, each in its colour."""
    points = {decoding: found.get((variant, decoding, "mrr")) for decoding in _COLORS}
    parts = (
        legend_text(
            _COLORS[decoding], f"{decoding} {point.mean:.3f}" + (f" ± {point.std:.3f}" if point.std else "")
        )
        for decoding, point in points.items()
        if point is not None
    )
    return f"{name}:   " + "   ".join(parts)
