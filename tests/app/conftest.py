"""Fixtures of the window's tests: settings and folders of their own, nothing left running."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, text

from app import theme
from app.main_window import MainWindow
from app.pages import TRAIN
from app.project import Project
from app.settings import Settings
from app.tasks import Tasks
from app.training_worker import Training
from core.config import RunConfig
from core.modality import PAPER_MODALITIES
from core.store.epochs import EpochInfo, add_epochs
from core.store.project_file import ProjectFile
from core.store.runs import start_run
from core.store.schema import Candidate, RunSeed
from core.training.events import Event
from tests.app.fake_run import FakeRun
from tests.app.train_page import METRICS, WAIT, settle


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the person's settings, documents and demo project out of the tests."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    jobs = [each for each in threading.enumerate() if each.name == "job"]
    for job in jobs:
        job.join(5)  # it may have told its result and be about to end
    assert not any(job.is_alive() for job in jobs), "a test left a job running"


@pytest.fixture
def fake_run(monkeypatch: pytest.MonkeyPatch) -> FakeRun:
    """Training without torch."""
    return FakeRun(monkeypatch)


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> MainWindow:
    """The whole window, shown, with all of its pages."""
    theme.apply_theme(qapp, "light")
    made = MainWindow(Settings())
    qtbot.addWidget(made)
    made.pages.build()
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def open_window(window: MainWindow, project: ProjectFile, qtbot: QtBot) -> MainWindow:
    """The window on the small project, with its counts shown."""
    with qtbot.waitSignals([window.opener.ready]):
        window.open_project(project.path)
    qtbot.waitUntil(lambda: not window.tasks.busy)
    return window


@pytest.fixture
def opened(qtbot: QtBot, project: ProjectFile) -> Iterator[Project]:
    made = Project(Tasks())
    with qtbot.waitSignal(made.opened):
        made.open(project.path)
    yield made
    made.close()


@pytest.fixture
def training(opened: Project) -> Training:
    return Training(opened)


@pytest.fixture
def events(training: Training) -> list[Event]:
    found: list[Event] = []
    training.event_arrived.connect(found.append)
    return found


@pytest.fixture
def two_runs(project: ProjectFile) -> ProjectFile:
    """Run 2 is run 1 with other settings and the right answer of entity 7 on the first place."""
    with project.write() as session:
        config = RunConfig().replace(support_weight=0, dimension=64)
        second = start_run(session, config.to_json(), "CPU, 1 thread", PAPER_MODALITIES)
        for table, columns in (
            (RunSeed, "left_id, right_id, role"),
            (Candidate, "left_id, right_id, rank, score"),
        ):
            query = text(f"SELECT {columns} FROM {table.__tablename__} WHERE run_id = 1")
            rows = session.execute(query).mappings()
            session.execute(insert(table), [{**row, "run_id": second} for row in rows])
        session.execute(
            text("UPDATE candidate SET rank = 3 - rank WHERE run_id = 2 AND rank <= 2 AND left_id = 7")
        )
        session.execute(
            text("UPDATE run SET status = 'done', best_epoch = 10, finished_at = started_at WHERE id = 2")
        )
        stored = json.dumps({"decodings": {"csls": METRICS}, "reverse": {"csls": METRICS}})
        session.execute(text("UPDATE run SET metrics_json = :stored WHERE id = 2"), {"stored": stored})
        add_epochs(session, second, [EpochInfo(e, 0.2, {"joint": 3.0 / e}) for e in range(1, 11)])
    return project


@pytest.fixture
def shown(window: MainWindow, two_runs: ProjectFile, qtbot: QtBot) -> MainWindow:
    with qtbot.waitSignals([window.opener.ready], timeout=WAIT):
        window.open_project(two_runs.path)
    window.show_page(TRAIN)
    settle(window, qtbot)
    return window
