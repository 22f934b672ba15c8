from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from app.application import NO_DISPLAY, show_fitting
from app.error_reporter import ErrorReporter
from tests.support import REPOSITORY, build_project

_START = """
import sys
from pathlib import Path
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
import app.application as application

loaded = []

class Closer(QObject):
    def look(self):
        window = next(w for w in QApplication.topLevelWidgets() if w.objectName() == "mainWindow")
        if not loaded:
            loaded.append([m for m in ("torch", "pyqtgraph", "networkx") if m in sys.modules])
        if window.pages.complete and window.project.is_open == bool(sys.argv[1:]) and not window.tasks.busy:
            print(loaded[0], window.page, window.isVisible())
            QApplication.closeAllWindows()
        else:
            QTimer.singleShot(20, self.look)

application.DeviceFinder.start = lambda self: None  # this test doesn't wait for torch
create = application.create_application
def created():
    made = create()
    made.closer = Closer()
    QTimer.singleShot(0, made.closer.look)
    return made
application.create_application = created
sys.exit(application.main(Path(sys.argv[1]) if sys.argv[1:] else None))
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return kept | {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "c"),
        "XDG_STATE_HOME": str(tmp_path),
    }


def start(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _START, *arguments],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_window_is_up_before_anything_heavy_is_imported(environment: dict[str, str]) -> None:
    done = start(environment | {"QT_QPA_PLATFORM": "offscreen"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("]")[0] == "["
    assert done.stdout.endswith("0 True\n")


def test_a_project_on_the_command_line_opens_on_its_candidates(
    environment: dict[str, str], tmp_path: Path
) -> None:
    build_project(tmp_path / "small.mimea").close()
    done = start(environment | {"QT_QPA_PLATFORM": "offscreen"}, str(tmp_path / "small.mimea"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("2 True\n")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_a_display_that_is_not_there_is_told_in_one_line(environment: dict[str, str]) -> None:
    environment.pop("QT_QPA_PLATFORM")
    done = start(environment | {"DISPLAY": ":4711"})
    assert done.returncode == 1
    assert done.stderr.startswith(f"mimea-explorer: {NO_DISPLAY}")
    assert done.stderr.count("\n") == 1


def test_a_window_that_the_screen_has_no_room_for_fills_it(qtbot) -> None:  # type: ignore[no-untyped-def]
    for more in (-100, 100):
        window = QWidget()
        qtbot.addWidget(window)
        window.resize(window.screen().availableSize() + QSize(0, more))
        show_fitting(window)
        assert window.isVisible() and window.isMaximized() == (more > 0)


def test_an_unexpected_error_is_told_with_its_traceback(qtbot) -> None:  # type: ignore[no-untyped-def]
    reporter = ErrorReporter()
    with qtbot.waitSignal(reporter.caught) as caught:
        try:
            raise ValueError("lost")
        except ValueError as error:
            reporter.report(type(error), error, error.__traceback__)
    assert caught.args[0] == "Something went wrong: lost. Your decisions are saved."
    assert "ValueError: lost" in caught.args[1]
