"""How the weights of each modality are spread over the entities, and what they are by type."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from app import theme
from app.views.training.bars import TitledPlot, element, legend_text
from app.views.training.plot_export import Table
from app.views.training.plots import style_axes
from core.modality import MODALITIES, Modality
from core.review.deciding import BINS, Weights

_LABEL_WIDTH = 170
_LONGEST = 24


class WeightsPlot(TitledPlot):
    """A histogram line for each modality, in its colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "weightsPlot",
            "Weights over the entities",
            "Which share of the entities that have a modality gives it which weight in the joint embedding",
            parent,
            long_note=True,  # as many parts as modalities
        )
        self._found: Weights | None = None
        self.plot.setXRange(0, 1, padding=0.02)
        self.plot.getAxis("left").setTickFont(theme.font("small"))

    def show_weights(self, found: Weights) -> None:
        """Draw the run's."""
        self._found = found
        self.set_note(
            "   ".join(
                f"{legend_text(theme.MODALITY_COLORS[m], m.capitalize())} "
                f"{found.mean[m]:.2f} ± {found.deviation[m]:.2f}"
                for m in found.mean
            )
        )
        self.draw()

    def table(self) -> Table:
        shares = self._found.shares if self._found else {}
        edges = np.linspace(0, 1, BINS + 1)
        rows = [[edges[i], *(column[i] for column in shares.values())] for i in range(BINS)] if shares else []
        return ("from", *shares), rows

    def values_at(self, x: float, y: float) -> str:
        number = int(x * BINS)
        if self._found is None or not 0 <= x < 1:
            return ""
        shares = {modality: column[number] for modality, column in self._found.shares.items()}
        return f"{number / BINS:.3f} to {(number + 1) / BINS:.3f}:   {_shares(shares) or 'no entity'}"

    def draw(self) -> None:
        super().draw()
        self.plot.clear()
        edges = np.linspace(0, 1, BINS + 1)
        for modality, shares in (self._found.shares if self._found else {}).items():
            color = QColor(theme.MODALITY_COLORS[modality])
            fill = QColor(color)
            fill.setAlphaF(0.15)
            self.plot.plot(
                edges, shares, stepMode="center", pen=self.plot.pen(color, 1.8), fillLevel=0, brush=fill
            )


class TypeBars(TitledPlot):
    """The mean weights of each type's entities, as one bar of parts that add up to 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "typesPlot",
            "By entity type",
            "The mean weights of the entities of a type; a modality that an entity lacks has weight 0",
            parent,
        )
        self._found: Weights | None = None
        self.plot.getPlotItem().showGrid(x=False, y=False)
        self.plot.setXRange(0, 1, padding=0.01)

    def show_weights(self, found: Weights) -> None:
        """Draw the run's."""
        self._found = found
        self.set_note("" if found.types else "these graphs don't say of which type their entities are")
        self.draw()

    def table(self) -> Table:
        types = self._found.types if self._found else ()
        rows = [(t.graph, t.name, t.entities, *(t.weights.get(m) for m in MODALITIES)) for t in types]
        return ("graph", "type", "entities", *MODALITIES), rows

    def values_at(self, x: float, y: float) -> str:
        kind = element(self._found.types if self._found else (), y)
        return "" if kind is None else f"{_short(kind.name)}:   {_shares(kind.weights)}"

    def draw(self) -> None:
        style_axes(self.plot, _LABEL_WIDTH)
        self.plot.clear()
        types = self._found.types if self._found else ()
        rows = np.arange(len(types))
        start = np.zeros(len(types))
        for modality in MODALITIES:
            part = np.array([each.weights.get(modality, 0.0) for each in types])
            if part.any():
                self.plot.addItem(
                    pg.BarGraphItem(
                        x0=start,
                        width=part,
                        y=rows,
                        height=0.68,
                        brush=QColor(theme.MODALITY_COLORS[modality]),
                        pen=None,
                    )
                )
                start = start + part
        names = [f"{_short(each.name)}, {each.graph}  {each.entities:,}" for each in types]
        self.plot.getAxis("left").setTicks([list(enumerate(names))])
        self.plot.setYRange(-0.6, max(len(types), 4) - 0.4, padding=0)
        self.plot.getViewBox().invertY(True)


def _shares(values: Mapping[Modality, float]) -> str:
    """A share for each modality that has one, beside its colour."""
    return "   ".join(
        legend_text(theme.MODALITY_COLORS[m], f"{m.capitalize()} {share:.3f}")
        for m, share in values.items()
        if share
    )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
