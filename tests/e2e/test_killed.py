"""SIGKILL at the worst moment: what was shown as saved is there, and the project file is sound."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from sqlalchemy import text

from app.pages import TRAIN
from core.config import RunConfig
from core.review.journal import Decision, current_verdicts, decide
from core.store.project_file import ProjectFile
from core.store.run_files import checkpoint_path, close_interrupted_runs
from core.store.runs import list_runs
from core.training.events import RunStarted
from core.training.run import train
from tests.core.training.result import run_result
from tests.support import REPOSITORY, build_project

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

_DECIDE_FOREVER = """
import sys
from pathlib import Path
from core.review.journal import Decision, decide
from core.store.project_file import ProjectFile
project = ProjectFile.open(Path(sys.argv[1]))
while True:
    for i in range(1, 41):
        decide(project, [Decision(i, 40 + i, "accepted", 0.5, 1)])
        print(i, flush=True)
        decide(project, [Decision(i, 40 + i, "rejected", 0.5, 1)])
        print(-i, flush=True)
"""

_IN_A_WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from app.application import create_application
from app.main_window import MainWindow
from app.settings import Settings
{part}
application = create_application()
QSettings.setDefaultFormat(QSettings.Format.IniFormat)
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[2])
window = MainWindow(Settings())
window.show()
window.activateWindow()
part = Part(window)
window.open_project(Path(sys.argv[1]))
application.exec()
"""

# Judges by key whenever the window is ready; says a number when it shows a verdict as saved.
_JUDGE = """
class Part(QObject):
    def __init__(self, window):
        super().__init__()
        self.window, self.saved = window, 0
        window.project.verdicts_changed.connect(self.on_saved)
        self.timer = QTimer(self, interval=20)
        self.timer.timeout.connect(self.press)
        self.timer.start()

    @Slot()
    def press(self):
        target = QApplication.focusWidget()
        if target is not None and not self.window.tasks.busy:
            QTest.keyClick(target, Qt.Key.Key_A)

    @Slot(object, str)
    def on_saved(self, step, what):
        self.saved += 1
        print(self.saved, flush=True)
"""

# Trains with the settings it was given; says each epoch that the window hears of.
_TRAIN = """
from core.config import RunConfig
from core.training.events import EpochDone

class Part(QObject):
    def __init__(self, window):
        super().__init__()
        self.window = window
        window.opener.ready.connect(self.on_ready)
        window.training.event_arrived.connect(self.on_event)

    @Slot()
    def on_ready(self):
        self.window.training.start(RunConfig.from_json(sys.argv[3]))

    @Slot(object)
    def on_event(self, event):
        if isinstance(event, EpochDone):
            print(event.epoch, flush=True)
"""


def integrity(project: ProjectFile) -> str:
    with project.read() as session:
        return str(session.scalar(text("PRAGMA integrity_check")))


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-u", *arguments],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize("said", [1, 2, 7, 30])
def test_killed_between_two_verdicts(tmp_path: Path, said: int) -> None:
    path = tmp_path / "p.mimea"
    build_project(path, images=False).close()
    with start("-c", _DECIDE_FOREVER, str(path)) as process:
        assert process.stdout is not None
        lines = [int(process.stdout.readline()) for _ in range(said)]
        process.send_signal(signal.SIGKILL)
        lines += [int(line) for line in process.stdout.read().split()]
    project = ProjectFile.open(path)
    assert integrity(project) == "ok"
    with project.read() as session:
        journal = session.execute(text("SELECT left_id, kind FROM verdict ORDER BY id")).all()
    saved = [left if kind == "accepted" else -left for left, kind in journal]
    project.close()
    # One more may be on disk than was said: it was saved and the process died before it could say so.
    assert saved[: len(lines)] == lines
    assert len(saved) <= len(lines) + 1


def test_the_window_killed_between_two_verdicts(tmp_path: Path) -> None:
    path = tmp_path / "p.mimea"
    build_project(path).close()
    code = _IN_A_WINDOW.format(part=_JUDGE)
    with start("-c", code, str(path), str(tmp_path / "settings")) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(5)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    assert [int(line) for line in lines] == list(range(1, len(lines) + 1))
    project = ProjectFile.open(path)
    assert integrity(project) == "ok"
    with project.read() as session:
        saved = [(d.left_id, d.right_id, d.kind) for d in current_verdicts(session)]
    project.close()
    assert len(lines) <= len(saved) <= len(lines) + 1
    assert all(kind == "accepted" for *_, kind in saved)


def test_a_run_killed_with_its_window_goes_on_in_the_next(open_window, qtbot, tmp_path: Path) -> None:
    """And is in the end the run that was never interrupted."""
    path = tmp_path / "p.mimea"
    build_project(path, images=False, run=False).close()
    config = RunConfig().replace(
        dimension=16,
        seed_ratio=0.5,
        epochs=60,
        evaluate_every=20,
        checkpoint_every=5,
        schedule="cosine",
        iterative="paper",
        iterative_start=10,
        device="cpu",
    )
    code = _IN_A_WINDOW.format(part=_TRAIN)
    with start("-c", code, str(path), str(tmp_path / "settings"), config.to_json()) as process:
        assert process.stdout is not None
        said = 0
        while said < 6:
            said = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        process.stdout.read()  # it ends when the process that trains is gone too
    project = ProjectFile.open(path)
    assert integrity(project) == "ok"
    with project.read() as session:
        assert [run.status for run in list_runs(session)] == ["running"]
    project.close()

    window = open_window(path)
    qtbot.waitUntil(lambda: "Run 1 was interrupted" in window.message.text, timeout=30_000)
    with (
        qtbot.waitSignal(window.training.ended, timeout=120_000),
        qtbot.waitSignal(
            window.training.event_arrived,
            timeout=120_000,
            check_params_cb=lambda event: isinstance(event, RunStarted) and event.resumed_after > 0,
        ),
    ):
        window.findChild(QPushButton, "messageAction").click()
    assert window.page == TRAIN
    project = ProjectFile.open(path)
    list(train(project, config))
    resumed, whole = run_result(project, 1), run_result(project, 2)
    assert resumed == whole
    assert resumed["run"][0] == "done" and len(resumed["epochs"]) == 60 and resumed["candidates"]
    assert not checkpoint_path(project.sidecar, 1).exists()
    project.close()


def test_killed_in_mid_training(tmp_path: Path) -> None:
    path = tmp_path / "p.mimea"
    project = build_project(path, images=False, run=False)
    decide(project, [Decision(1, 41, "accepted", 0.9)])
    project.close()
    settings = [
        "--epochs",
        "100000",
        "--seed-ratio",
        "0.5",
        "--set",
        "dimension=16",
        "--set",
        "evaluate_every=1",
    ]
    with start("main.py", "train", str(path), *settings, "--device", "cpu") as process:
        project = ProjectFile.open(path)
        epochs = 0
        while epochs < 3 and process.poll() is None:
            with project.read() as session:
                epochs = session.scalar(text("SELECT count(*) FROM epoch")) or 0
        assert process.poll() is None, process.stdout and process.stdout.read()
        process.send_signal(signal.SIGKILL)
    project.close()

    project = ProjectFile.open(path)
    assert integrity(project) == "ok"
    assert close_interrupted_runs(project) == 1
    with project.read() as session:
        assert [(d.left_id, d.right_id, d.kind) for d in current_verdicts(session)] == [(1, 41, "accepted")]
        (run,) = list_runs(session)
    assert run.status == "stopped"
    assert run.error == "interrupted"
    project.close()
