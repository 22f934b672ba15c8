from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.pages import TRAIN
from app.project import Project
from app.settings import Settings
from app.training_worker import Training
from app.views.training.run_facts import RunFacts, duration, size
from app.views.training.run_panel import RunPanel
from app.views.training.setting_fields import NumberField, SettingField
from app.views.training.settings_form import SettingsForm
from app.views.training.train_view import TrainView
from core.config import FeatureConfig, RunConfig
from core.errors import ProjectError
from core.modality import MODALITIES
from core.presets import DEFAULT, PAPER, PRESETS, QUICK
from core.store.graphs import project_info
from core.training.devices import DeviceInfo
from core.training.estimate import estimate
from core.training.events import EpochDone, Evaluated, Paused, RunStarted
from tests.app.fake_run import FakeRun, training_error
from tests.window import activate


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
    symbols = {
        "dimension": "d", "heads": "K", "pmf_lambda": "λ", "transport_epsilon": "ε", "loss_weights": "φ",
        "learning_rate": "lr", "tau": "τ", "gamma": "γ", "iterative_every": "R", "iterative_probation": "M",
    }  # fmt: skip
    config = RunConfig()
    settings = [s for part in (config.features, config.model, config.training) for s in fields(part)]
    assert len(settings) > 40 and symbols.keys() < {setting.name for setting in settings}
    told = {field.key: field for field in form.findChildren(SettingField)}
    for setting in settings:
        field, low, high = told[setting.name], setting.metadata["low"], setting.metadata["high"]
        assert field.isVisible(), setting.name
        assert field.toolTip().startswith(setting.metadata["help"]) and len(setting.metadata["help"]) > 12
        symbol = symbols.get(setting.name)
        assert ("In the paper:" in field.toolTip()) == bool(symbol), setting.name
        assert not symbol or f"In the paper: {symbol}" in field.toolTip().split("\n")
        assert isinstance(field, NumberField) == (low is not None), setting.name
        assert low is None or f"Between {low:g} and {high:,.10g}" in field.toolTip()


def test_a_device_with_little_memory_is_named_with_what_fits(
    open_window: MainWindow, view: TrainView, qtbot: QtBot
) -> None:
    processor = DeviceInfo("cpu", "CPU, 8 threads", 64 * 10**9, 64 * 10**9)
    form, words = view.form, view.findChild(QLabel, "trainNeed")
    form.set_config(RunConfig())
    with open_window.project.file.read() as session:
        info = project_info(session)
    fits = int(estimate(info, RunConfig().replace(dimension=128)).peak)
    for free, advice in (
        (fits, "It would fit with dimension 128."),
        (10**8, "Close other programs, or leave modalities out."),
    ):
        view.show_devices([processor, DeviceInfo("cuda", "Small GPU", free, 2 * 10**9)])
        assert text_of(view, "trainDevice") == f"Trains on: Small GPU, {size(free)} free"
        assert f"and only {size(free)} are free. {advice}" in words.text()
        assert words.property("role") == "error"
    box = form.findChild(QComboBox, "deviceField")
    assert [box.itemText(i) for i in range(box.count())] == ["Automatic", "CPU", "GPU: Small GPU"]
    form.set_config(RunConfig().replace(device="cpu"))
    assert text_of(view, "trainDevice") == "Trains on: CPU, 8 threads, 64.0 GB free"
    assert words.text().startswith("Needs about") and words.property("role") == "secondary"


def test_start_and_stop_by_key_and_what_they_allow(
    open_window: MainWindow, view: TrainView, fake_run: FakeRun, qtbot: QtBot
) -> None:
    fake_run.pause_after = 12
    view.form.set_config(QUICK.config)
    start, stop = button(view, "startTrainingButton"), button(view, "stopTrainingButton")
    assert start.isEnabled()
    assert not stop.isEnabled()
    activate(qtbot, open_window)
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


def test_a_run_that_ended_leads_to_what_it_changed(
    open_window: MainWindow, view: TrainView, fake_run: FakeRun, qtbot: QtBot
) -> None:
    fake_run.pause_after = 2
    way = button(view, "whatChangedButton")
    assert "(Alt+5)" in way.toolTip()
    with qtbot.waitSignal(open_window.training.ended):
        button(view, "startTrainingButton").click()
        qtbot.waitUntil(lambda: "Epoch 1 of" in text_of(view, "runFacts"))
        assert way.isHidden()
        open_window.training.stop()
    qtbot.waitUntil(way.isVisible)
    qtbot.mouseClick(way, Qt.MouseButton.LeftButton)
    assert view.tabs.current == "changes"


def test_curves_are_drawn_for_the_run_picked(view: TrainView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: view.findChild(QWidget, "curve2Plot") is not None)
    plot = view.findChild(QWidget, "curve1Plot")
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
    monkeypatch.setattr("app.views.training.preset_bar.ask_for_target", lambda *_: path)
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


def test_a_saved_preset_is_not_replaced_without_a_question(
    form: SettingsForm, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "app.views.training.preset_bar"
    monkeypatch.setattr(f"{module}.QInputDialog.getText", lambda *_: ("My preset", True))
    answers = iter([QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes])
    monkeypatch.setattr(f"{module}.QMessageBox.question", lambda *_: next(answers))
    save = {action.text(): action for action in form.findChild(QMenu, "presetMenu").actions()}[
        "Save as preset…"
    ]
    enter(form, qtbot, "epochsField", "77")
    save.trigger()
    first = Settings().presets["My preset"]
    enter(form, qtbot, "epochsField", "88")
    save.trigger()
    assert Settings().presets["My preset"] == first
    save.trigger()
    assert Settings().presets["My preset"] != first


def test_a_history_that_can_not_be_read_leaves_the_live_curves(
    opened: Project, training: Training, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = RunPanel(opened, training)
    qtbot.addWidget(panel)
    qtbot.waitUntil(lambda: not opened.tasks.busy)

    def broken(*_: object) -> None:
        raise ProjectError("the disk is gone")

    monkeypatch.setattr("app.views.training.run_panel.run_epochs", broken)
    started = RunStarted(2, "CPU", ("structure",), {}, (40, 40), 9, 9, 12, 2, 26, 20, resumed_after=5)
    with qtbot.waitSignal(opened.tasks.failed):
        panel._on_event(started)
        panel._on_event(EpochDone(2, 6, 0.5, {"joint": 1.0}))
    assert len(panel.curves.columns["loss"]) == 1
