from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.pages import TRAIN
from app.views.training.curve_data import Columns, Overlay
from app.views.training.curve_plot import CurvePlot
from app.views.training.figures import BY_KEY, FIGURES
from app.views.training.plot_export import ExportButton, save_plot
from app.views.training.run_facts import RunFacts, duration
from app.views.training.settings_form import SettingsForm
from app.views.training.train_view import TrainView
from core.config import FeatureConfig, RunConfig
from core.modality import MODALITIES
from core.presets import DEFAULT, PAPER, PRESETS, QUICK
from core.store.epochs import EpochInfo
from core.training.events import EpochDone, Evaluated, Paused, RunStarted
from tests.app.fake_run import FakeRun, training_error


@pytest.fixture
def form(qtbot: QtBot) -> SettingsForm:
    made = SettingsForm()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def view(open_window: MainWindow, fake_run: FakeRun) -> TrainView:
    open_window.show_page(TRAIN)
    return open_window.pages.train


def button(view: TrainView, name: str) -> QPushButton:
    found = view.findChild(QPushButton, name)
    assert found is not None
    return found


def text_of(view: TrainView, name: str) -> str:
    found = view.findChild(QLabel, name)
    assert found is not None
    return found.text()


def enter(form: SettingsForm, qtbot: QtBot, name: str, text: str) -> None:
    edit = form.findChild(QLineEdit, name)
    assert edit is not None
    edit.clear()
    qtbot.keyClicks(edit, text)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_goes_through_the_form_unchanged(form: SettingsForm, preset) -> None:  # type: ignore[no-untyped-def]
    form.set_config(preset.config)
    assert form.config == preset.config


def test_the_form_starts_with_the_default(form: SettingsForm) -> None:
    assert form.config == DEFAULT.config
    assert PAPER.config.training.epochs == 1000
    assert PAPER.config.training.iterative == "paper"


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("epochsField", "0", "Epochs at most must be between 1 and 100000, found 0"),
        ("epochsField", "many", "Epochs at most must be a whole number, found 'many'"),
        ("dimensionField", "33", "Dimension must be even (its halves are α and β of eq. 6), found 33"),
        ("seedRatioField", "120", "Enter a share between 0 and 100 %"),
        ("randomSeedField", "", "Enter a number"),
        ("tauField", "-1", "Temperature must be between 0.001 and 10, found -1"),
    ],
)
def test_a_mistake_is_told_beneath_its_field_as_it_is_typed(
    form: SettingsForm, qtbot: QtBot, field: str, text: str, message: str
) -> None:
    form.findChild(QPushButton, "moreSettingsButton").click()
    enter(form, qtbot, field, text)
    if not text:
        qtbot.keyClick(form.findChild(QLineEdit, field), Qt.Key.Key_Backspace)
        enter(form, qtbot, field, "1")
        qtbot.keyClick(form.findChild(QLineEdit, field), Qt.Key.Key_Backspace)
    error = form.findChild(QLabel, field.removesuffix("Field") + "Error")
    assert error is not None
    assert error.text() == message
    assert form.config is None


def test_typing_makes_settings_of_ones_own(form: SettingsForm, qtbot: QtBot) -> None:
    enter(form, qtbot, "seedRatioField", "35")
    assert form.config == DEFAULT.config.replace(seed_ratio=0.35)
    form.findChild(QWidget, "modalitiesVisualField").click()
    assert form.config is not None
    assert form.config.model.modalities == tuple(m for m in DEFAULT.config.model.modalities if m != "visual")
    assert form.findChild(QWidget, "presetField").currentText() == "My own"


def test_names_are_offered_but_not_chosen(form: SettingsForm) -> None:
    form.set_config(PAPER.config)
    box = form.findChild(QCheckBox, "modalitiesNameField")
    assert box.isVisible() and not box.isChecked()
    box.click()
    assert form.config is not None
    assert form.config.model.modalities == MODALITIES


def test_features_from_a_file_and_by_sentence_can_be_chosen(form: SettingsForm, qtbot: QtBot) -> None:
    form.findChild(QPushButton, "moreSettingsButton").click()
    for name, choice in (("visualEncoderField", "precomputed"), ("textEncoderField", "sentence")):
        box = form.findChild(QComboBox, name)
        box.setCurrentIndex(box.findData(choice))
        box.activated.emit(box.currentIndex())
    enter(form, qtbot, "visualFeaturesField", "/data/left.h5; /data/right.h5")
    enter(form, qtbot, "textModelField", "/models/bert")
    assert form.config is not None
    assert form.config.features == FeatureConfig(
        visual_encoder="precomputed",
        visual_features="/data/left.h5; /data/right.h5",
        text_encoder="sentence",
        text_model="/models/bert",
    )


def test_every_setting_can_be_reached_and_says_what_it_means(form: SettingsForm) -> None:
    form.findChild(QPushButton, "moreSettingsButton").click()
    for name, symbol in (("tauSetting", "τ"), ("dimensionSetting", "d"), ("fusionSetting", "")):
        field = form.findChild(QWidget, name)
        assert field.isVisible()
        assert field.toolTip()
        assert f"In the paper: {symbol}" in field.toolTip() or not symbol


def test_start_and_stop_by_key_and_what_they_allow(
    open_window: MainWindow, view: TrainView, fake_run: FakeRun, qtbot: QtBot
) -> None:
    fake_run.pause_after = 12
    view.form.set_config(QUICK.config)
    start, stop = button(view, "startTrainingButton"), button(view, "stopTrainingButton")
    assert start.isEnabled()
    assert not stop.isEnabled()
    open_window.activateWindow()
    qtbot.keyClick(view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "Epoch 11 of 100" in text_of(view, "runFacts"))
    assert start.text() == "Add to the queue"
    assert fake_run.configs == [QUICK.config]
    assert "0.50 s an epoch" in text_of(view, "runFacts")
    assert text_of(view, "runMetrics") == "MRR on validation links:  cosine 0.500,  csls 0.500"
    assert text_of(view, "runLeftOut") == "Left out: visual (no images)"
    with qtbot.waitSignal(open_window.training.ended):
        qtbot.keyClick(view, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: not stop.isEnabled())
    qtbot.waitUntil(lambda: start.text() == "Start")
    assert "Stopped after epoch" in text_of(view, "runFacts")
    assert "sinkhorn 0.750" in text_of(view, "runMetrics")


def test_curves_are_drawn_for_the_run_picked(view: TrainView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: view.findChild(QWidget, "curve1Plot") is not None)
    plot = view.findChild(QWidget, "curve1Plot")
    assert view.findChild(QWidget, "curve2Plot") is not None
    qtbot.waitUntil(lambda: len(plot.getPlotItem().listDataItems()[0].getData()[0]) == 20)
    joint = plot.getPlotItem().listDataItems()[0].getData()[1]
    assert joint[0] == 5.0
    assert text_of(view, "runFacts").startswith("Run 1   ·   20 epochs")


def test_a_run_that_cannot_start_says_so_on_the_page(
    open_window: MainWindow, view: TrainView, fake_run: FakeRun, qtbot: QtBot
) -> None:
    fake_run.fail_with = training_error()
    with qtbot.waitSignal(open_window.training.ended):
        button(view, "startTrainingButton").click()
    assert view.message.text == "there are no known links; import some, or accept pairs"
    assert button(view, "startTrainingButton").isEnabled()


def test_the_legend_names_an_optional_modality_where_it_has_a_loss(qtbot: QtBot) -> None:
    data = Columns(BY_KEY["loss"].columns)
    plot = CurvePlot("plot", BY_KEY["loss"], data)
    qtbot.addWidget(plot)
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


def test_the_time_left_comes_from_the_last_epochs() -> None:
    facts = RunFacts()
    facts.take(RunStarted(1, "CPU", ("structure",), {}, (1, 1), 1, 1, 5, 0, 1, 100))
    for epoch in range(1, 41):
        facts.take(EpochDone(1, epoch, 9.0 if epoch <= 20 else 0.9, {"joint": 1.0}))
    assert facts.seconds_left == pytest.approx(54)
    assert facts.progress() == ("Epoch 40 of 100", 40, 100)
    assert duration(54) == "0:54"
    assert duration(3723) == "1:02:03"


def test_the_time_left_forgets_an_epoch_in_which_the_machine_slept() -> None:
    facts = RunFacts()
    facts.take(RunStarted(1, "CPU", ("structure",), {}, (1, 1), 1, 1, 5, 0, 1, 100))
    for epoch in range(1, 11):
        facts.take(EpochDone(1, epoch, 28_800.0 if epoch == 7 else 1.0, {"joint": 1.0}))
    assert facts.seconds_left == pytest.approx(90)


def test_a_pause_is_said() -> None:
    facts = RunFacts()
    facts.take(RunStarted(1, "CPU", ("structure",), {}, (1, 1), 1, 1, 5, 0, 1, 100))
    facts.take(EpochDone(1, 7, 1.0, {"joint": 1.0}, 12, pseudo_precision=0.75, memory=1_500_000_000))
    assert "12 pseudo-seeds (75 % right where known)" in facts.line()
    assert "1.5 GB of memory" in facts.line() and "left" in facts.line()
    facts.take(Paused(1))
    assert facts.progress()[0] == "Paused: epoch 7 of 100"
    assert "left" not in facts.line()


def test_every_figure_says_what_it_means_and_draws_what_an_epoch_told(qtbot: QtBot) -> None:
    info = EpochInfo(
        3, 0.5, {"joint": 2.0, "visual": 1.0}, 0.5, 0.4, 0.8, {"joint": 1.5},
        {"csls": {"mrr": 0.5}, "cosine": {"mrr": 0.3}}, {"visual": 0.2}, {"visual": 0.1},
        12, 0.75, 2_000_000_000,
    )  # fmt: skip
    drawn = {
        "loss": ("joint", 2.0), "ranking": ("hits@10", 0.8), "decodings": ("cosine", 0.3),
        "phi": ("joint", 1.5),
        "weights": ("visual±", 0.1), "pseudo": ("count", 12), "precision": ("precision", 0.75),
        "pace": ("pace", 2.0), "memory": ("memory", 2.0),
    }  # fmt: skip
    assert set(drawn) == {figure.key for figure in FIGURES}
    plot = CurvePlot("plot", FIGURES[0], Columns(FIGURES[0].columns))
    qtbot.addWidget(plot)
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
    plot = CurvePlot("plot", figure, columns)
    qtbot.addWidget(plot)
    plot.show()
    for ending in (".csv", ".png", ".svg"):
        save_plot(plot._plot, plot.table(), tmp_path / f"curve{ending}")
    assert (tmp_path / "curve.csv").read_text().splitlines() == [
        "epoch,mrr,hits@1,hits@10",
        "10,0.1,0.1,0.5",
        "20,0.2,0.1,0.5",
    ]
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (tmp_path / "curve.svg").read_bytes()
    with pytest.raises(OSError):
        save_plot(plot._plot, plot.table(), tmp_path / "nowhere" / "curve.csv")


def test_the_mouse_reads_the_values_of_an_epoch(qtbot: QtBot) -> None:
    figure = BY_KEY["ranking"]
    columns = Columns(figure.columns)
    for epoch in range(10, 110, 10):
        columns.append(epoch, {"mrr": epoch / 1000, "hits@1": 0.01, "hits@10": 0.5})
    plot = CurvePlot("plot", figure, columns)
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.show()
    qtbot.waitExposed(plot)

    def legend() -> str:
        return " ".join(label.text() for label in plot.findChildren(QLabel))

    assert "MRR <b>0.1</b>" in legend() and "epoch" not in legend()  # the last ones
    view = plot._plot.getPlotItem().getViewBox()
    plot._plot.scene().sigMouseMoved.emit(view.mapViewToScene(QPointF(42.0, 0.5)))
    assert "MRR <b>0.04</b>" in legend() and "epoch 40" in legend()
    assert plot._cursor.isVisible() and plot._cursor.value() == pytest.approx(42.0)
    columns.append(110, {"mrr": 0.9})
    plot.redraw()
    assert "MRR <b>0.04</b>" in legend(), "a new epoch took the values from under the mouse"
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert "MRR <b>0.9</b>" in legend() and "epoch" not in legend() and not plot._cursor.isVisible()


@pytest.mark.parametrize(
    ("typed", "kind", "written"),
    [
        ("curve.svg", "Drawing (*.svg)", "curve.svg"),
        ("curve", "Numbers (*.csv)", "curve.csv"),
        ("my.curve", "Picture (*.png)", "my.curve.png"),
    ],
)
def test_the_arrow_of_a_plot_asks_where_to(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, kind: str, written: str
) -> None:
    columns = Columns(BY_KEY["pseudo"].columns)
    columns.append(1, {"count": 3})
    plot = CurvePlot("plot", BY_KEY["pseudo"], columns)
    qtbot.addWidget(plot)
    plot.show()
    arrow = plot.findChild(ExportButton, "plotExport")
    assert arrow is not None and arrow.toolTip()
    asked = "app.views.training.plot_export.QFileDialog.getSaveFileName"
    monkeypatch.setattr(asked, lambda *_: ("", ""))
    with qtbot.assertNotEmitted(arrow.saved):
        arrow.click()  # thought better of
    monkeypatch.setattr(asked, lambda *_: (str(tmp_path / typed), kind))
    with qtbot.waitSignal(arrow.saved) as saved:
        arrow.click()
    assert saved.args == [str(tmp_path / written)]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [written]


def test_a_plot_that_can_not_be_written_says_so(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot = CurvePlot("plot", BY_KEY["pseudo"], Columns(BY_KEY["pseudo"].columns))
    qtbot.addWidget(plot)
    said: list[str] = []
    module = "app.views.training.plot_export"
    monkeypatch.setattr(f"{module}.QMessageBox.warning", lambda *words: said.append(words[-1]))
    monkeypatch.setattr(
        f"{module}.QFileDialog.getSaveFileName", lambda *_: (str(tmp_path / "nowhere" / "a.csv"), "")
    )
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


def test_evaluations_and_epochs_fill_their_own_figures(view: TrainView) -> None:
    curves = view.panel.curves
    curves.clear()
    curves.take(EpochDone(1, 1, 0.5, {"joint": 1.0}))
    curves.take(
        Evaluated(1, 1, "test", {"csls": {"mrr": 0.5, "hits@1": 0.4, "hits@10": 0.6}}, {"visual": 0.2})
    )
    curves.take(EpochDone(1, 2, 0.5, {"joint": 0.9}))
    assert len(curves.columns["loss"]) == 2
    assert len(curves.columns["weights"]) == 1
    assert curves.columns["decodings"].at(1) == (1, {"csls": 0.5})


def test_presets_of_ones_own_are_kept_and_settings_travel_as_json(
    form: SettingsForm, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(form, qtbot, "epochsField", "77")
    mine = form.config
    monkeypatch.setattr("app.views.training.preset_bar.QInputDialog.getText", lambda *_: ("My preset", True))
    path = tmp_path / "settings.json"
    monkeypatch.setattr(
        "app.views.training.preset_bar.QFileDialog.getSaveFileName", lambda *_: (str(path), "")
    )
    monkeypatch.setattr(
        "app.views.training.preset_bar.QFileDialog.getOpenFileName", lambda *_: (str(path), "")
    )
    actions = {action.text(): action for action in form.findChild(QMenu, "presetMenu").actions()}
    actions["Save as preset…"].trigger()
    actions["Export settings…"].trigger()
    assert form.findChild(QComboBox, "presetField").currentText() == "My preset"
    assert RunConfig.from_json(path.read_text()) == mine

    again = SettingsForm()
    qtbot.addWidget(again)
    box = again.findChild(QComboBox, "presetField")
    box.setCurrentIndex(box.findText("My preset"))
    box.activated.emit(box.currentIndex())
    assert again.config == mine
    actions = {action.text(): action for action in again.findChild(QMenu, "presetMenu").actions()}
    assert actions["Delete this preset"].isEnabled()
    actions["Delete this preset"].trigger()
    assert box.findText("My preset") < 0
    again.set_config(DEFAULT.config)
    assert not actions["Delete this preset"].isEnabled()  # of the program's own
    actions["Open settings…"].trigger()
    assert again.config == mine
    path.write_text('{"model": {"dimension": 33}}')
    actions["Open settings…"].trigger()
    assert again.config == mine
    assert "dimension must be even" in again.findChild(QLabel, "presetHint").text()
