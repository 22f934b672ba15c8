"""An ablation from the window."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from core.ablation.events import AblationFinished
from core.config import RunConfig
from core.store.project_file import ProjectFile
from tests.app.fake_run import in_this_process
from tests.app.train_page import METRICS, cells, child, tab


@pytest.fixture
def fake_ablation(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Gives the window a finished table without training; what it was asked for is in the list."""
    from core.ablation.cells import Cell
    from core.ablation.events import AblationStarted, CellDone, CellStarted
    from core.ablation.variants import TABLES

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

    assert TABLES
    monkeypatch.setattr("core.ablation.run.ablate", ablate)
    monkeypatch.setattr("core.ablation.results.write_results", lambda *_: [])
    monkeypatch.setattr("core.training.devices.leave_a_core", lambda: None)
    monkeypatch.setattr("core.ablation.child.in_child", in_this_process)
    return asked


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
    assert start.isEnabled()
