"""What devices have free is asked again when the tab that says what fits is shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app import device_finder
from app.device_finder import DeviceFinder
from app.main_window import MainWindow
from app.pages import TRAIN
from core.training.devices import DeviceInfo


@pytest.fixture
def finder(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeviceFinder]:
    free = iter(range(1, 100))
    monkeypatch.setattr(
        device_finder, "find_devices", lambda: [DeviceInfo("cpu", "CPU", next(free) * 10**9, None)]
    )
    made = DeviceFinder()
    yield made
    qtbot.waitUntil(lambda: not made.busy)


def test_it_asks_again_only_after_the_first_answer(finder: DeviceFinder, qtbot: QtBot) -> None:
    finder.renew()
    assert not finder.busy
    for expected in (10**9, 2 * 10**9):
        with qtbot.waitSignal(finder.found) as found:
            if expected == 10**9:
                finder.start()
            else:
                finder.renew()
        assert found.args[0][0].free == expected
        qtbot.waitUntil(lambda: not finder.busy)


def test_the_run_tab_asks_when_it_is_shown(open_window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(open_window.devices_wanted):
        open_window.show_page(TRAIN)
    open_window.pages.train.show_tab("runs")
    with qtbot.waitSignal(open_window.devices_wanted):
        open_window.pages.train.show_tab("run")
