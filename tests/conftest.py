"""Fixtures and switches shared by all tests."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pytestqt.qtbot import QtBot

from core.environment import prepare
from core.store.project_file import ProjectFile
from tests.support import build_project

_PATIENCE = 30_000  # milliseconds


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--headed", action="store_true", help="show the windows that the tests open")


def pytest_configure(config: pytest.Config) -> None:
    prepare()  # as main.py does
    if not config.getoption("--headed"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # How long anything may take is for the benchmarks: on a busy machine five seconds are soon over.
    settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("busy")
    for wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitActive, QtBot.waitExposed):
        wait.__kwdefaults__["timeout"] = _PATIENCE


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.relative_to(config.rootpath).parts[1] in ("app", "e2e"):
            item.add_marker(pytest.mark.xdist_group("window"))  # one at a time: they watch an event loop
    if "benchmark" in config.option.markexpr:
        return
    skip = pytest.mark.skip(reason="a benchmark: run by `make bench`")
    for item in items:
        if "benchmark" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def _garbage_on_this_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """As app.garbage does for the program: no worker thread may collect a window that a test left."""
    if not {"qtbot", "qapp"} & set(request.fixturenames):
        yield
        return
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[ProjectFile]:
    """The small project of :func:`tests.support.build_project`, with a finished run."""
    opened = build_project(tmp_path / "small.mimea")
    yield opened
    opened.close()
