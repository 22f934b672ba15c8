"""An ablation from the window."""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPicture
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.views.training.ablation_plot import SweepPanel, Sweeps, VariantDots, chart
from core.ablation.events import AblationFinished
from core.ablation.statistics import Summary
from core.ablation.variants import FIGURES, TABLES
from core.config import RunConfig
from core.store.project_file import ProjectFile
from tests.app.fake_run import in_this_process
from tests.app.train_page import METRICS, cells, child, tab


@pytest.fixture
def fake_ablation(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Gives the window a finished table without training; what it was asked for is in the list."""
    from core.ablation.cells import Cell
    from core.ablation.events import AblationStarted, CellDone, CellStarted

    asked: list[Any] = []

    def ablate(project: ProjectFile, build: Any, config: RunConfig, seeds: int, stop: Any) -> Iterator[Any]:
        ablation = build(config)
        asked.append((ablation.name, config, seeds))
        yield AblationStarted(ablation.title, "CPU", 1, 0, {})
        yield CellStarted(1, 1, "MIMEA", 0, None)
        values = dict.fromkeys(("cosine", "csls", "sinkhorn"), METRICS)
        done = [
            Cell(f"{v.name}{s}", v.name, s, "CPU", "2026-01-01T00:00:00+00:00", 1.0, values)
            for v in ablation.variants
            for s in range(seeds)
        ]
        yield CellDone(done[0])
        yield AblationFinished(types.SimpleNamespace(ablation=ablation), "CPU", tuple(done), ())  # type: ignore[arg-type]

    monkeypatch.setattr("core.ablation.run.ablate", ablate)
    monkeypatch.setattr("core.ablation.results.write_results", lambda *_: [])
    monkeypatch.setattr("core.training.devices.leave_a_core", lambda: None)
    monkeypatch.setattr("core.ablation.child.in_child", in_this_process)
    return asked


def _found(variants: Sequence[str]) -> dict[tuple[str, str, str], Summary]:
    """A mean of its own for each variant and decoding, with a spread."""
    return {
        (variant, decoding, "mrr"): Summary(
            {}, round(0.1 + row / 50 + column / 1000, 4), 0.01 + row / 1000, None
        )
        for row, variant in enumerate(variants)
        for column, decoding in enumerate(("cosine", "csls", "sinkhorn"))
    }


@pytest.mark.parametrize("number", [4, 5, 6, 7])
def test_a_table_is_drawn_as_dots_with_their_spread(number: int, qtbot: QtBot) -> None:
    ablation = TABLES[number](RunConfig())
    names = [variant.name for variant in ablation.variants]
    found = _found(names)
    plot = chart(ablation, found)
    assert isinstance(plot, VariantDots)
    qtbot.addWidget(plot)
    lines = plot.plot.getPlotItem().listDataItems()
    spreads = [item for item in plot.plot.getPlotItem().items if isinstance(item, pg.ErrorBarItem)]
    for line, spread, decoding in zip(lines, spreads, ("cosine", "csls", "sinkhorn"), strict=True):
        x, y = line.getData()
        assert list(x) == [found[name, decoding, "mrr"].mean for name in names]
        assert [round(place) for place in y] == list(range(len(names)))  # from top to bottom
        assert list(spread.opts["left"]) == [found[name, decoding, "mrr"].std for name in names]
    assert len(plot.table()[1]) == 3 * len(names)
    words = plot.values_at(0.2, 1.1)
    assert words.startswith(f"{names[1]}:") and "0.120 ± 0.011" in words and "0.122 ± 0.011" in words
    assert plot.plot.toolTip()


def test_figure_3_is_drawn_with_the_spread_of_each_value(qtbot: QtBot) -> None:
    ablation = FIGURES[3](RunConfig())
    found = _found([variant.name for variant in ablation.variants])
    sweeps = chart(ablation, found)
    assert sweeps is not None
    qtbot.addWidget(sweeps)
    panels = {panel.plot.objectName(): panel for panel in sweeps.findChildren(SweepPanel)}
    assert panels.keys() == {"dimensionSweep", "pmf_lambdaSweep", "gammaSweep", "tauSweep"}
    assert len({panel.plot.toolTip() for panel in panels.values()}) == 4
    panel = panels["gammaSweep"]
    points = [found[f"gamma = {value:g}", "csls", "mrr"] for value in (0.2, 0.4, 0.6, 0.8, 1.0)]
    _, means = panel.plot.getPlotItem().listDataItems()[1].getData()
    spreads = [item for item in panel.plot.getPlotItem().items if isinstance(item, pg.ErrorBarItem)]
    assert list(means) == [point.mean for point in points]
    assert list(spreads[1].opts["top"]) == list(spreads[1].opts["bottom"]) == [p.std for p in points]
    assert panel.table()[1][1] == (0.2, "csls", points[0].mean, points[0].std)
    assert panel.values_at(7, 0.5) == ""
    place = panel.plot.getPlotItem().getViewBox().mapViewToScene(QPointF(3.9, points[4].mean))
    panel.plot.scene().sigMouseMoved.emit(place)
    assert isinstance(sweeps, Sweeps) and sweeps.legend.text().startswith("Own graph's negatives γ 1:")
    assert f"csls {points[4].mean:.3f} ± {points[4].std:.3f}" in sweeps.legend.text()


def test_labels_of_a_narrow_panel_do_not_touch(qtbot: QtBot) -> None:
    panel = SweepPanel("pmf_lambda")
    qtbot.addWidget(panel)
    panel.show_results({value: f"{value}" for value in (0.01, 0.05, 0.1, 0.5, 1.0)}, {})
    panel.show()
    shown = []
    for width in (400, 180):
        panel.resize(width, 200)
        panel.grab()
        drawing = QPicture()
        painter = QPainter(drawing)
        _, _, texts = panel.plot.getAxis("bottom").generateDrawSpecs(painter)
        painter.end()
        assert all(a[0].right() < b[0].left() for a, b in pairwise(texts))
        shown.append([text for _, _, text in texts])
    assert shown == [["0.01", "0.05", "0.1", "0.5", "1"], ["0.01", "0.1", "0.5", "1"]]


def test_costs_have_no_chart() -> None:
    assert chart(TABLES[8](RunConfig()), {}) is None


@pytest.mark.slow
def test_an_ablation_from_the_window(shown: MainWindow, fake_ablation: list[Any], qtbot: QtBot) -> None:
    page = tab(shown, "ablation", qtbot)
    start = child(page, QPushButton, "startAblationButton")
    assert start.isEnabled()
    box = child(page, QComboBox, "ablationField")
    box.setCurrentIndex(box.findData("table7"))
    with qtbot.waitSignal(shown.side_work.ended, timeout=60_000):
        start.click()
        assert not start.isEnabled()
        assert child(page, QPushButton, "stopAblationButton").isEnabled()
    ((name, config, seeds),) = fake_ablation
    assert (name, seeds, config.training.support_weight) == ("table7", 3, 0)
    assert "Pivot: structure" in cells(page.table, 0)
    assert cells(page.table, 2)[0] == "0.700 ± 0.000"
    assert [page.table.isColumnHidden(column) for column in (2, 6)] == [False, True]  # no cost was measured
    assert not page.table.horizontalScrollBar().isVisible()
    for width in (1280, 2560):  # the chart grows with the window
        shown.resize(width, 800)
        qtbot.waitUntil(lambda width=width: page._chart.width() > 0.35 * width)
    assert start.isEnabled()
