from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.pages import TRAIN
from app.views.curve_data import LOSSES, Columns
from app.views.curve_plot import CurvePlot, loss_lines
from app.views.run_facts import RunFacts, duration
from app.views.runs_table import RunsModel
from app.views.settings_form import SettingsForm
from app.views.train_view import TrainView
from core.config import FeatureConfig, RunConfig
from core.modality import MODALITIES, PAPER_MODALITIES
from core.presets import DEFAULT, PAPER, PRESETS, QUICK
from core.store.runs import RunInfo
from core.training.events import EpochDone, RunStarted
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
    assert not start.isEnabled()
    assert fake_run.configs == [QUICK.config]
    assert "0.50 s an epoch" in text_of(view, "runFacts")
    assert text_of(view, "runMetrics") == "MRR on validation links:  cosine 0.500,  csls 0.500"
    assert text_of(view, "runLeftOut") == "Left out: visual (no images)"
    with qtbot.waitSignal(open_window.training.ended):
        qtbot.keyClick(view, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: not stop.isEnabled())
    qtbot.waitUntil(start.isEnabled)
    assert "Stopped after epoch" in text_of(view, "runFacts")
    assert "sinkhorn 0.750" in text_of(view, "runMetrics")


def test_curves_are_drawn_for_the_run_picked(view: TrainView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: view.findChild(QWidget, "lossPlot") is not None)
    plot = view.findChild(QWidget, "lossPlot")
    assert view.findChild(QWidget, "metricPlot") is not None
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


def test_the_model_of_runs_keeps_to_the_rules(qtbot: QtBot) -> None:
    model = RunsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    metrics = '{"decodings": {"csls": {"mrr": 0.5, "hits@1": 0.4}, "sinkhorn": {"mrr": 0.7, "hits@1": 0.6}}}'
    run = RunInfo(
        3, RunConfig().to_json(), "done", "CPU, 1 thread", "2026-01-01T00:00:00+00:00", None, None, 20,
        metrics, ("structure", "relation"),
    )  # fmt: skip
    model.set_runs([run])
    cells = [model.data(model.index(0, column), Qt.ItemDataRole.DisplayRole) for column in range(9)]
    assert cells[0] == "3"
    assert cells[2:8] == ["finished", "20", "0.700", "0.600", "sinkhorn", "structure, relation"]
    for modalities, words in ((MODALITIES, "all"), (PAPER_MODALITIES, "all but name")):
        model.set_runs([replace(run, modalities=modalities)])
        assert model.data(model.index(0, 7), Qt.ItemDataRole.DisplayRole) == words
    model.set_runs([])
    assert tester.model() is model


def test_the_legend_names_an_optional_modality_where_it_has_a_loss(qtbot: QtBot) -> None:
    data = Columns(LOSSES)
    plot = CurvePlot("plot", "Loss", data, loss_lines())
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
    data = Columns(LOSSES)
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
