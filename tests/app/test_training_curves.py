"""The curves of a run: what they draw, what the mouse reads off them, and how they become files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app import theme
from app.views.training.curve_data import Columns, Overlay
from app.views.training.curve_plot import CurvePlot
from app.views.training.curves import Curves
from app.views.training.figures import BY_KEY, FIGURES, Figure
from app.views.training.plot_export import ExportButton, save_plot
from core.store.epochs import EpochInfo


def plot_of(qtbot: QtBot, figure: Figure, columns: Columns) -> CurvePlot:
    plot = CurvePlot("plot", QLabel(figure.title))
    qtbot.addWidget(plot)
    plot.show_figure(figure, columns)
    return plot


def test_the_legend_names_an_optional_modality_where_it_has_a_loss(qtbot: QtBot) -> None:
    data = Columns(BY_KEY["loss"].columns)
    plot = plot_of(qtbot, BY_KEY["loss"], data)
    plot.show()

    def legend() -> list[str]:
        texts = (label.text() for label in plot.findChildren(QLabel) if label.isVisible())
        return [name for text in texts for name in ("Visual", "Name") if name in text]

    assert legend() == ["Visual"]  # before there is anything to tell
    data.append(1, {"joint": 1.0, "visual": 1.0})
    plot.redraw()
    assert legend() == ["Visual"]
    data.append(2, {"joint": 1.0, "name": 1.0})
    plot.redraw()
    assert legend() == ["Name"]


def test_all_plots_of_a_run_show_the_same_epochs(qtbot: QtBot) -> None:
    curves = Curves()
    qtbot.addWidget(curves)
    curves.resize(1800, 600)
    curves.show()
    qtbot.waitUntil(lambda: len(curves._plots) == 4)
    curves.show_history(EpochInfo(epoch, 0.1, {"joint": 1 / epoch}) for epoch in range(1, 101))
    first, *others = (plot._plot for plot in curves._plots)
    qtbot.waitUntil(lambda: first.viewRange()[0][1] > 100)
    low, high = first.viewRange()[0]
    assert -10 < low < 1 and high < 110
    assert all(other.viewRange()[0] == [low, high] for other in others)


def test_buffers_grow_and_skip_what_is_missing() -> None:
    data = Columns(BY_KEY["loss"].columns)
    for epoch in range(1, 201):
        data.append(epoch, {"joint": 1 / epoch} | ({"visual": 2.0} if epoch % 2 else {}))
    assert len(data) == 200
    epochs, values = data.line("visual")
    assert list(epochs[:3]) == [1, 3, 5]
    assert set(values) == {2.0}
    assert data.at(99.6) == (100, {"joint": 0.01})
    assert data.at(float("inf")) == (200, {"joint": 0.005})


def test_every_figure_says_what_it_means_and_draws_what_an_epoch_told(qtbot: QtBot) -> None:
    info = EpochInfo(
        3, 0.5, {"joint": 2.0, "visual": 1.0}, 0.5, 0.4, 0.8, {"joint": 1.5},
        {"csls": {"mrr": 0.5}, "cosine": {"mrr": 0.3, "hits@1": 0.2, "hits@10": 0.6}},
        {"visual": 0.2}, {"visual": 0.1},
        12, 0.75, 2_000_000_000,
    )  # fmt: skip
    drawn = {
        "loss": ("joint", 2.0), "ranking": ("hits@10", 0.8), "decodings": ("cosine", 0.3),
        "decodings hits@1": ("cosine", 0.2), "decodings hits@10": ("cosine", 0.6),
        "phi": ("joint", 1.5),
        "weights": ("visual±", 0.1), "pseudo": ("count", 12), "precision": ("precision", 0.75),
        "pace": ("pace", 2.0), "memory": ("memory", 2.0),
    }  # fmt: skip
    assert set(drawn) == {figure.key for figure in FIGURES}
    plot = plot_of(qtbot, FIGURES[0], Columns(FIGURES[0].columns))
    for figure in FIGURES:
        assert figure.meaning and "\n" not in figure.meaning
        columns = Columns(figure.columns)
        columns.append(info.epoch, figure.values(info))
        plot.show_figure(figure, columns)
        name, value = drawn[figure.key]
        names, rows = plot.table()
        assert rows[0][list(names).index(name)] == value


def test_a_plot_is_saved_as_its_ending_says(qtbot: QtBot, tmp_path: Path) -> None:
    figure = BY_KEY["ranking"]
    columns = Columns(figure.columns)
    for epoch in (10, 20):
        columns.append(epoch, {"mrr": epoch / 100, "hits@1": 0.1, "hits@10": 0.5})
    plot = plot_of(qtbot, figure, columns)
    plot.show()
    for ending in (".csv", ".png", ".svg"):
        save_plot(plot._plot, plot.table(), tmp_path / f"curve{ending}")
    assert (tmp_path / "curve.csv").read_text().splitlines() == [
        "epoch,mrr,hits@1,hits@10",
        "10,0.1,0.1,0.5",
        "20,0.2,0.1,0.5",
    ]
    picture = QImage(str(tmp_path / "curve.png"))
    assert picture.size() == 2 * plot._plot.size()
    width, height = picture.width(), picture.height()
    corner = [(x, y) for x in range(width // 2, width) for y in range(height - 36, height)]
    inks = {picture.pixelColor(x, y).name() for x, y in corner}  # the last epoch stands there
    assert theme.secondary_color().name() in inks
    assert b"<svg" in (tmp_path / "curve.svg").read_bytes()
    with pytest.raises(OSError):
        save_plot(plot._plot, plot.table(), tmp_path / "nowhere" / "curve.csv")


def test_the_mouse_reads_the_values_of_an_epoch(qtbot: QtBot) -> None:
    figure = BY_KEY["ranking"]
    columns = Columns(figure.columns)
    for epoch in range(10, 110, 10):
        columns.append(epoch, {"mrr": epoch / 1000, "hits@1": 0.01, "hits@10": 0.5})
    plot = plot_of(qtbot, figure, columns)
    plot.resize(600, 300)
    plot.show()
    qtbot.waitExposed(plot)

    def legend() -> str:
        return " ".join(label.text() for label in plot.findChildren(QLabel))

    assert "MRR <b>0.1</b>" in legend() and "epoch" not in legend()  # the last ones
    plot.grab()  # draws: only then the axes fit what they show
    view = plot._plot.getPlotItem().getViewBox()
    plot._plot.scene().sigMouseMoved.emit(view.mapViewToScene(QPointF(42.0, 0.5)))
    assert "MRR <b>0.04</b>" in legend() and "epoch 40" in legend()
    assert plot._cursor.isVisible() and plot._cursor.value() == pytest.approx(42.0)
    columns.append(110, {"mrr": 0.9})
    plot.redraw()
    assert "MRR <b>0.04</b>" in legend(), "a new epoch took the values from under the mouse"
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert "MRR <b>0.9</b>" in legend() and "epoch" not in legend() and not plot._cursor.isVisible()


@pytest.mark.parametrize("name", ["curve.png", "curve.svg", "curve.csv", "my.curve.png"])
def test_the_arrow_of_a_plot_asks_where_to(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    columns = Columns(BY_KEY["pseudo"].columns)
    columns.append(1, {"count": 3})
    plot = plot_of(qtbot, BY_KEY["pseudo"], columns)
    plot.show()
    arrow = plot.findChild(ExportButton, "plotExport")
    assert arrow is not None and arrow.toolTip()
    asked = "app.views.training.plot_export.ask_for_target"
    monkeypatch.setattr(asked, lambda *_: None)
    with qtbot.assertNotEmitted(arrow.saved):
        arrow.click()  # thought better of
    monkeypatch.setattr(asked, lambda *_: tmp_path / name)
    with qtbot.waitSignal(arrow.saved) as saved:
        arrow.click()
    assert saved.args == [str(tmp_path / name)]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [name]


def test_a_plot_that_can_not_be_written_says_so(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot = plot_of(qtbot, BY_KEY["pseudo"], Columns(BY_KEY["pseudo"].columns))
    said: list[str] = []
    module = "app.views.training.plot_export"
    monkeypatch.setattr(f"{module}.QMessageBox.warning", lambda *words: said.append(words[-1]))
    monkeypatch.setattr(f"{module}.ask_for_target", lambda *_: tmp_path / "nowhere" / "a.csv")
    arrow = plot.findChild(ExportButton, "plotExport")
    with qtbot.assertNotEmitted(arrow.saved):
        arrow.click()
    assert "can't be written: No such file or directory" in said[0]


def test_an_overlay_reads_each_run_where_it_has_a_value() -> None:
    one, other = Columns(["mrr"]), Columns(["mrr"])
    one.append(10, {"mrr": 0.1})
    one.append(20, {"mrr": 0.2})
    other.append(5, {"mrr": 0.5})
    overlay = Overlay({"run 1": one, "run 2": other}, "mrr")
    assert overlay.at(19) == (20, {"run 1": 0.2, "run 2": 0.5})
    assert overlay.at(float("inf")) == (20, {"run 1": 0.2, "run 2": 0.5})
    assert Overlay({}, "mrr").at(1) is None


def test_a_lone_value_is_a_point_and_epochs_are_whole(qtbot: QtBot) -> None:
    columns = Columns(BY_KEY["ranking"].columns)
    columns.append(3, {"mrr": 0.5, "hits@1": 0.4, "hits@10": 0.6})
    plot = plot_of(qtbot, BY_KEY["ranking"], columns)
    assert plot._curves["mrr"].opts["symbol"] == "o"
    columns.append(4, {"mrr": 0.6})
    plot.redraw()
    assert plot._curves["mrr"].opts["symbol"] is None and plot._curves["hits@1"].opts["symbol"] == "o"
    axis = plot._plot.getAxis("bottom")
    ticks = [tick for _, level in axis.tickValues(1.0, 3.0, 900) for tick in level]
    assert ticks and all(tick == int(tick) for tick in ticks)


def test_long_curves_are_thin(qtbot: QtBot) -> None:
    """A thick line of thousands of noisy values takes Qt a good part of a second."""
    columns = Columns(BY_KEY["loss"].columns)
    plot = plot_of(qtbot, BY_KEY["loss"], columns)
    widths = []
    for epoch in range(1, 1001):
        columns.append(epoch, {"joint": 1 / epoch})
        if epoch in (400, 1000):
            plot.redraw()
            plot.apply_theme()
            widths.append(plot._curves["joint"].opts["pen"].widthF())
    assert widths == [1.6, 1.0]
    columns.clear()
    plot.redraw()
    assert plot._curves["joint"].opts["pen"].widthF() == 1.6


def test_another_run_of_as_many_epochs_is_drawn(qtbot: QtBot) -> None:
    curves = Curves()
    qtbot.addWidget(curves)
    curves.show()
    qtbot.waitUntil(lambda: len(curves._plots) == curves._room)
    for middle in (0.5, 0.7):
        curves.show_history(
            EpochInfo(number, 0.0, {"joint": loss}) for number, loss in enumerate((1.0, middle, 0.1), 1)
        )
        assert curves._plots[0]._curves["joint"].getData()[1].tolist() == [1.0, middle, 0.1]
