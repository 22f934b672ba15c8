"""The tabs of the Train page: what runs were, what can be done with them, and where a click leads."""

from __future__ import annotations

import json
import sys
import threading
import types
from functools import partial
from typing import Any

import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTabBar,
    QTabWidget,
    QToolButton,
)
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from app.main_window import MainWindow
from app.models.rows_model import Column, RowsModel
from app.pages import REVIEW, TRAIN
from app.views.message_bar import MessageBar
from app.views.training.curves import Curves
from app.views.training.rows_table import RowsTable
from app.views.training.run_words import differing, run_title
from app.views.training.setting_fields import SettingField
from core.config import RunConfig
from core.modality import MODALITIES
from core.store.epochs import run_epochs
from core.store.project_file import ProjectFile
from core.store.run_comparison import compare_runs
from core.store.runs import RunInfo, start_run
from tests.app.fake_run import FakeRun, in_this_process
from tests.app.train_page import METRICS, WAIT, cells, child, settle, stored, tab
from tests.window import activate

_TABS = ("run", "runs", "evaluation", "weights", "changes", "ablation")


def test_tabs_are_chosen_by_key_and_say_what_they_are(shown: MainWindow, qtbot: QtBot) -> None:
    train = shown.pages.train
    activate(qtbot, shown)
    for number, name in enumerate(_TABS, start=1):
        qtbot.keyClick(train.tabs, getattr(Qt.Key, f"Key_{number}"), Qt.KeyboardModifier.AltModifier)
        assert train.tabs.current == name
        button = child(train, QPushButton, f"{name}TabButton")
        assert button.isChecked() and f"(Alt+{number})" in button.toolTip()
    settle(shown, qtbot)


def test_the_list_says_what_differs_and_how_good_each_was(shown: MainWindow, qtbot: QtBot) -> None:
    page = tab(shown, "runs", qtbot)
    assert cells(page.table, 0) == ["2", "1"]
    assert cells(page.table, 3) == ["0.700", "–"]
    assert cells(page.table, 10) == ["dimension 64", "dimension 300"]
    assert [run.id for run in page.table.chosen_rows] == [2]  # the newest, until another is chosen


def test_two_runs_side_by_side(shown: MainWindow, qtbot: QtBot) -> None:
    page = tab(shown, "runs", qtbot)
    page.table.selectAll()
    settle(shown, qtbot)
    names, rows = page.compare._plot.table()
    assert names == ("epoch", "run 1", "run 2")
    assert rows[0] == [1, 5.0, 3.0] and rows[-1] == [20, 0.25, None]
    assert cells(page.compare.metrics, 2) == ["csls"]
    summary = child(page, QLabel, "compareSummary").text()
    assert "Of 27 test links 1 rank better and 0 worse" in summary
    assert cells(page.compare.changes.ranks, 2) == ["2"] and cells(page.compare.changes.ranks, 3) == ["1"]
    assert cells(page.compare.changes.firsts, 2)[0].startswith("✓")
    child(page, QTabWidget, "compareTabs").setCurrentIndex(2)
    page.compare.changes.ranks.activated.emit(page.compare.changes.ranks.model().index(0, 0))
    assert shown.page == REVIEW
    settle(shown, qtbot)
    qtbot.waitUntil(lambda: shown.pages.review._pair == (7, 47), timeout=WAIT)


def test_a_tag_and_a_note(shown: MainWindow, qtbot: QtBot) -> None:
    page = tab(shown, "runs", qtbot)
    child(page, QPushButton, "describeRunButton").click()
    dialog = child(page, QDialog, "describeRunDialog")
    child(dialog, QLineEdit, "runTagField").setText("baseline")
    child(dialog, QPlainTextEdit, "runNoteField").setPlainText("the first one")
    dialog.accept()
    qtbot.waitUntil(lambda: page.findChild(QDialog, "describeRunDialog") is None)
    settle(shown, qtbot)
    assert (stored(shown.project.file)[2].tag, stored(shown.project.file)[2].note) == (
        "baseline",
        "the first one",
    )
    assert cells(page.table, 1) == ["baseline", ""]


def test_deleting_says_first_what_depends_on_it(shown: MainWindow, qtbot: QtBot) -> None:
    page = tab(shown, "runs", qtbot)
    child(page, QPushButton, "deleteRunButton").click()
    settle(shown, qtbot)
    assert "Delete run 2? 10 epochs, 200 candidates" in page.message.text
    assert set(stored(shown.project.file)) == {1, 2}  # nothing yet
    child(page.message, QPushButton, "messageAction").click()
    settle(shown, qtbot)
    assert set(stored(shown.project.file)) == {1}
    qtbot.waitUntil(lambda: cells(page.table, 0) == ["1"], timeout=WAIT)


def test_a_run_again_and_its_settings_in_the_form(shown: MainWindow, fake_run: FakeRun, qtbot: QtBot) -> None:
    page = tab(shown, "runs", qtbot)
    config = RunConfig.from_json(stored(shown.project.file)[2].config_json)
    with qtbot.waitSignal(shown.training.ended, timeout=WAIT):
        child(page, QPushButton, "againRunButton").click()
        qtbot.waitUntil(lambda: shown.training.active, timeout=WAIT)
        shown.training.stop()
    assert fake_run.configs == [config]
    settle(shown, qtbot)
    child(page, QPushButton, "settingsRunButton").click()
    assert shown.pages.train.form.config == config
    assert shown.pages.train.tabs.current == "run"


def test_evaluation_counts_and_leads_to_the_pair(shown: MainWindow, qtbot: QtBot) -> None:
    page = tab(shown, "evaluation", qtbot)
    assert page.choice.currentText().startswith("Run 2")
    assert cells(page.table, 0) == ["csls"]
    assert cells(page.table, 1) == ["0.700"] and cells(page.table, 5) == ["0.700"]
    lefts = {
        row.left_id
        for row in (page.confusions.rows.row_at(i) for i in range(page.confusions.model().rowCount()))
    }
    assert lefts == {14, 28, 35}  # 7 is right in this run
    qtbot.waitUntil(lambda: len(page.plots) == 4)
    _, degree, _, picture = page.plots
    assert sum(links for _, links, _ in degree.table()[1]) == 27
    assert [name for name, _, _ in picture.table()[1]] == ["both"]
    page.choice.setCurrentIndex(1)
    page.choice.activated.emit(1)
    settle(shown, qtbot)
    assert page.confusions.model().rowCount() == 4
    page.confusions.activated.emit(page.confusions.model().index(0, 0))
    assert shown.page == REVIEW
    qtbot.waitUntil(lambda: shown.pages.review._pair == (7, 56), timeout=WAIT)


@pytest.mark.parametrize(
    ("name", "table_name", "button_name", "right"),
    [
        ("evaluation", "confusionsTable", "reviewConfusionButton", "proposed_id"),
        ("runs", "rankChanges", "reviewComparedButton", "right_id"),
        ("changes", "changesAnotherBestCandidate", "reviewChangeButton", "right_id"),
    ],
)
def test_a_click_on_a_row_and_one_on_the_button_lead_to_its_pair(
    shown: MainWindow, qtbot: QtBot, name: str, table_name: str, button_name: str, right: str
) -> None:
    page = tab(shown, name, qtbot)
    if name == "runs":
        page.table.selectAll()
        child(page, QTabWidget, "compareTabs").setCurrentIndex(2)
        settle(shown, qtbot)
    table, button = child(page, RowsTable, table_name), child(page, QPushButton, button_name)
    row = table.rows.row_at(0)
    assert not button.isEnabled() and "(Ctrl+J)" in button.toolTip()
    qtbot.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.model().index(0, 0)).center()
    )
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert shown.page == REVIEW
    qtbot.waitUntil(lambda: shown.pages.review._pair == (row.left_id, getattr(row, right)), timeout=WAIT)


def test_two_of_three_runs_are_compared_and_their_pairs_opened(
    shown: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shown.project.file.write() as session:  # run 3 is run 2 without the last candidate of two entities
        third = start_run(session, RunConfig().to_json(), "CPU", ("structure",))
        session.execute(text("UPDATE run SET status = 'done', best_epoch = 10 WHERE id = 3"))
        for table, columns in (("run_seed", "role"), ("candidate", "rank, score, mutual")):
            some = " AND NOT (left_id IN (1, 2) AND rank = 5)" if table == "candidate" else ""
            session.execute(
                text(
                    f"INSERT INTO {table} (run_id, left_id, right_id, {columns})"
                    f" SELECT {third}, left_id, right_id, {columns} FROM {table} WHERE run_id = 2{some}"
                )
            )
    shown.project.runs_changed.emit(third)
    page = tab(shown, "runs", qtbot)
    qtbot.waitUntil(lambda: page.table.rows.rowCount() == 3, timeout=WAIT)
    page.table.selectAll()
    settle(shown, qtbot)
    changes = page.compare.changes
    assert [changes.before.currentText(), changes.after.currentText()] == ["run 1", "run 3"]
    assert (changes.ranks.rows.rowCount(), changes.pairs.rows.rowCount()) == (1, 2)
    most = partial(compare_runs, most=1)
    monkeypatch.setattr("app.views.training.compare_changes.compare_runs", most)
    changes.before.setCurrentIndex(2)
    changes.before.activated.emit(2)
    assert child(page, QLabel, "compareSummary").text() == "Choose two different runs."
    changes.after.setCurrentIndex(1)
    changes.after.activated.emit(1)
    settle(shown, qtbot)  # from run 3 to run 2
    assert changes.ranks.rows.rowCount() == 0
    assert cells(changes.pairs, 3) == ["gained"]
    assert changes._titles[changes.pairs].text() == "Candidates gained and lost: first 1 of 2"
    pair = changes.pairs.rows.row_at(0)
    changes.pairs.activated.emit(changes.pairs.model().index(0, 0))
    qtbot.waitUntil(lambda: shown.pages.review._pair == (pair.left_id, pair.right_id), timeout=WAIT)


def test_one_pair_is_chosen_among_the_tables_of_a_page(shown: MainWindow, qtbot: QtBot) -> None:
    page = tab(shown, "runs", qtbot)
    page.table.selectAll()
    settle(shown, qtbot)
    button = child(page, QPushButton, "reviewComparedButton")
    page.compare.changes.ranks.selectRow(0)
    page.compare.changes.firsts.selectRow(0)
    assert page.compare.changes.ranks.chosen_rows == [] and button.isEnabled()
    page.compare.changes.firsts.show_rows([])
    assert not button.isEnabled()


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Evaluates without torch; what it was asked to rank among is in the list."""
    asked: list[str] = []

    def evaluate(_project: ProjectFile, _run: int, candidates: str) -> dict[str, Any]:
        asked.append(candidates)
        there = {"cosine": METRICS}
        alone = {"without_support": there, "reverse_without_support": {"cosine": {"mrr": 0.1}}}
        return {"decodings": there, "reverse": there, **alone, "assignment": {"hungarian": {"hits@1": 0.2}}}

    module = types.ModuleType("core.training.evaluate")
    module.evaluate = evaluate  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "core.training.evaluate", module)
    monkeypatch.setattr("core.training.devices.leave_a_core", lambda: None)
    monkeypatch.setattr("core.training.quality.in_child", in_this_process)
    return asked


def test_what_a_refresh_left_out_is_measured_on_demand(
    window: MainWindow, two_runs: ProjectFile, measured: list[str], qtbot: QtBot
) -> None:
    part = json.dumps({"decodings": {"csls": METRICS}, "reverse": {}, "assignment": {}})
    with two_runs.write() as session:
        session.execute(text("UPDATE run SET metrics_json = :part WHERE id = 2"), {"part": part})
    with qtbot.waitSignals([window.opener.ready], timeout=WAIT):
        window.open_project(two_runs.path)
    window.show_page(TRAIN)
    page = tab(window, "evaluation", qtbot)
    measure = child(page, QPushButton, "measureRunButton")
    assert measure.isVisible() and cells(page.table, 5) == ["–"]
    (two_runs.sidecar / "runs" / "2").mkdir(parents=True)
    with qtbot.waitSignal(window.side_work.ended, timeout=WAIT):
        measure.click()
    settle(window, qtbot)
    assert measured == ["test"] and measure.isHidden()
    assert cells(page.table, 0) == ["cosine", "cosine, without neighbours", "one to one (hungarian)"]
    assert cells(page.table, 5) == ["0.700", "0.100", "–"] and cells(page.table, 6)[2] == "0.200"


def test_among_all_entities_is_measured_on_demand(
    shown: MainWindow, measured: list[str], qtbot: QtBot
) -> None:
    page = tab(shown, "evaluation", qtbot)
    among, measure = child(page, QComboBox, "amongField"), child(page, QPushButton, "measureRunButton")
    assert measure.isHidden()
    among.setCurrentIndex(1)
    among.activated.emit(1)
    assert not measure.isHidden() and cells(page.table, 0) == []
    (shown.project.file.sidecar / "runs" / "2").mkdir(parents=True)
    with qtbot.waitSignal(shown.side_work.ended, timeout=WAIT):
        measure.click()
        assert measure.text() == "Measuring …"
    settle(shown, qtbot)
    assert measured == ["all"] and cells(page.table, 0)[0] == "cosine"
    assert measure.text() == "Measure again"


def test_weights_and_who_decided(shown: MainWindow, qtbot: QtBot) -> None:
    page = tab(shown, "weights", qtbot)
    page.choice.setCurrentIndex(1)  # run 1 has weights
    page.choice.activated.emit(1)
    settle(shown, qtbot)
    box = child(page, QComboBox, "decidedByField")
    assert [box.itemText(i) for i in range(box.count())] == [
        "Structure (0)", "Relation (0)", "Attribute (1)", "Visual (0)",
    ]  # fmt: skip
    box.setCurrentIndex(2)
    box.activated.emit(2)
    assert cells(page.decided, 0) == ["France 13"]
    qtbot.waitUntil(lambda: len(page.plots) == 2 and len(page.plots[1].table()[1]) > 0)
    weights, types = page.plots
    assert weights.table()[0] == ("from", "structure", "relation", "attribute", "visual")
    assert {row[1] for row in types.table()[1]} == {"has capital", "has capital city"}
    page.decided.activated.emit(page.decided.model().index(0, 0))
    qtbot.waitUntil(lambda: shown.pages.review._pair == (13, 53), timeout=WAIT)


@pytest.mark.parametrize("name", _TABS)
def test_every_figure_and_field_says_what_it_is_on_hover(shown: MainWindow, qtbot: QtBot, name: str) -> None:
    page = tab(shown, name, qtbot)
    if name == "runs":
        page.table.selectAll()  # so that all is drawn
        settle(shown, qtbot)
    if name == "run":
        child(page, QPushButton, "moreSettingsButton").click()
        curves = page.findChild(Curves)
        qtbot.waitUntil(lambda: len(curves._plots) == curves._room)
    silent = [
        f"column {column.title} of {table.objectName()}"
        for table in page.findChildren(RowsTable)
        for column in table.rows._columns
        if column.title and not column.meaning
    ]
    for kind in (pg.PlotWidget, SettingField, QComboBox, QSpinBox, QPushButton, QToolButton):
        for part in page.findChildren(kind):
            around = [part.parentWidget(), part.parentWidget().parentWidget()]
            if any(isinstance(each, MessageBar | QTabBar) for each in around):
                continue  # their buttons are about what they say, or the arrows of Qt's own
            if not any(each.toolTip() for each in ((part,) if kind is pg.PlotWidget else (part, *around))):
                silent.append(f"{type(part).__name__} {part.objectName()}")
    assert not silent


def test_without_runs_the_tabs_say_so(window: MainWindow, project: ProjectFile, qtbot: QtBot) -> None:
    with project.write() as session:
        for table in ("candidate", "modality_weight", "run_seed", "epoch", "run"):
            session.execute(text(f"DELETE FROM {table}"))
    with qtbot.waitSignals([window.opener.ready], timeout=WAIT):
        window.open_project(project.path)
    window.show_page(TRAIN)
    for name in ("runs", "evaluation", "weights"):
        page = tab(window, name, qtbot)
        assert page._stack.currentIndex() == 0, name


def test_a_small_table_gives_its_words_the_space_until_somebody_chooses(qtbot: QtBot) -> None:
    columns = [Column("Name", str, 100), Column("Kind", str, 100), Column("Length", str, 50, number=True)]
    table = RowsTable("table", "Words", columns)
    qtbot.addWidget(table)
    table.resize(300, 200)
    table.show()
    table.show_rows(["one", "three"])
    widths = [table.columnWidth(i) for i in range(3)]
    table.resize(700, 200)
    wide = [table.columnWidth(i) for i in range(3)]
    assert wide[0] == wide[1] >= widths[0] + 190 and wide[2] < 60
    table.setColumnWidth(0, 120)
    table.resize(900, 200)
    assert table.columnWidth(0) == 120 and table.columnWidth(1) == wide[1]


def test_small_tables_keep_to_the_rules(qtbot: QtBot) -> None:
    model = RowsModel(
        [Column("Name", str), Column("Length", lambda row: str(len(row)), number=True)], hint=str
    )
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_rows(["one", "three"])
    assert model.index(1, 1).data() == "5"
    assert model.index(1, 1).data(Qt.ItemDataRole.ToolTipRole) == "three"
    assert model.index(1, 1).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    model.set_rows([])
    assert tester.model() is model


def test_a_run_in_words() -> None:
    def run(number: int, config: RunConfig) -> RunInfo:
        metrics = json.dumps({"decodings": {"csls": METRICS, "sinkhorn": {**METRICS, "mrr": 0.8}}})
        return RunInfo(
            number,
            config.to_json(),
            "done",
            "CPU",
            "2026-01-01T00:00:00+00:00",
            None,
            None,
            3,
            metrics,
            (),
            "tag",
        )

    one, other = run(1, RunConfig()), run(2, RunConfig().replace(modalities=MODALITIES, seed_ratio=0.3))
    assert run_title(one) == "Run 1  ·  tag  ·  MRR 0.800  ·  finished"
    assert differing([one]) == {1: ""}
    assert differing([one, other])[2] == "links as seeds, % 30, modalities S+R+A+V+N"


def test_what_was_read_for_another_choice_of_runs_is_dropped(
    shown: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tab(shown, "runs", qtbot)
    go_on = threading.Event()
    monkeypatch.setattr(
        "app.views.training.compare_panel.run_epochs",
        lambda *given: go_on.wait(20) and run_epochs(*given),
    )
    page.table.selectAll()
    page.table.clearSelection()
    go_on.set()
    settle(shown, qtbot)
    assert page.compare._epochs == {}


def test_a_message_about_one_run_goes_with_it(shown: MainWindow, qtbot: QtBot) -> None:
    page = tab(shown, "evaluation", qtbot)
    page.message.show_error("it can't be measured")
    page.choice.setCurrentIndex(1)
    page.choice.activated.emit(1)
    settle(shown, qtbot)
    assert page.message.text == ""
