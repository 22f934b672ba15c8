"""What the plots of a run's figures say under the mouse, and that each says what it is."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.training.bars import GroupBars, ReliabilityPlot, TitledPlot
from app.views.training.weights_plot import TypeBars, WeightsPlot
from core.alignment.calibration import Bin, Reliability
from core.review.deciding import BINS, TypeWeights, Weights
from core.training.quality import Group


def show(plot: TitledPlot, qtbot: QtBot) -> None:
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.show()
    qtbot.waitExposed(plot)


def read(plot: TitledPlot, x: float, y: float) -> str:
    """What stands beside the title with the mouse at a place of the plot."""
    box = plot.plot.getPlotItem().getViewBox()
    plot.plot.scene().sigMouseMoved.emit(box.mapViewToScene(QPointF(x, y)))
    return QTextDocumentFragment.fromHtml(plot._note.text()).toPlainText().replace("\u25a0 ", "")


def test_bars_are_read_by_group_and_the_note_comes_back(qtbot: QtBot) -> None:
    plot = GroupBars("degreePlot", "By relations", "What it means")
    plot.show_groups([Group("1–2", 1200, 0.5), Group("3–5", 8, 0.875)])
    plot.set_note("a note")
    show(plot, qtbot)
    width = plot.plot.width()
    assert read(plot, 1.2, 0.3) == "3–5: 0.875 of 8 right"
    assert read(plot, 0.1, 0.9) == "1–2: 0.500 of 1,200 right"
    assert read(plot, 2.4, 0.5) == "a note"  # beside the bars
    read(plot, 0, 0.5)
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert plot._note.text() == "a note"
    assert plot.plot.width() == width and plot.plot.toolTip() == "What it means"


def test_reliability_is_read_by_the_nearest_probability(qtbot: QtBot) -> None:
    plot = ReliabilityPlot()
    show(plot, qtbot)
    plot.show_reliability(None)
    assert "no probabilities" in read(plot, 0.5, 0.5)
    bins = (Bin(0.0, 0.5, 30, 0.3, 0.4), Bin(0.5, 1.0, 10, 0.8, 0.9))
    plot.show_reliability(Reliability(0.1, 40, bins))
    assert read(plot, 0.7, 0.1) == "probability 0.80: 0.900 of 10 right"
    assert plot.plot.toolTip().startswith("Of the first candidates")


def test_weights_are_read_by_bin_and_by_type(qtbot: QtBot) -> None:
    share = np.zeros(BINS)
    share[0], share[-1] = 0.75, 0.25
    country = TypeWeights("left", "Country", 7, {"structure": 0.6, "visual": 0.4})
    found = Weights(1, 7, {"structure": 0.3}, {"structure": 0.1}, {"structure": share}, {}, [country], {}, [])
    weights, types = WeightsPlot(), TypeBars()
    for plot in (weights, types):
        plot.show_weights(found)
        show(plot, qtbot)
    assert read(weights, 0.001, 0.1).split() == ["0.000", "to", f"{1 / BINS:.3f}:", "Structure", "0.750"]
    assert read(weights, 0.999, 0.1).endswith("0.250") and read(weights, 0.5, 0.1).endswith("no entity")
    assert read(types, 0.5, 0.2).split() == ["Country:", "Structure", "0.600", "Visual", "0.400"]
    assert read(types, 0.5, 2.0) == ""
    assert weights.plot.toolTip() and types.plot.toolTip() not in ("", weights.plot.toolTip())
