"""A person who presses anything: 2,000 seeded actions without a crash, a warning, a stall or a leak."""

from __future__ import annotations

import gc
import os
import random
import statistics
import time
from collections.abc import Callable
from heapq import nlargest
from importlib import import_module
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDialog, QLineEdit, QWidget

from app import theme
from app.keyed_action import KeyedAction
from app.main_window import MainWindow
from app.pages import REVIEW
from app.settings import Settings
from core.review.journal import current_verdicts, verdict_counts
from tests.support import build_project

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.timeout(3_000),
    pytest.mark.qt_log_ignore("This plugin does not support"),  # offscreen has no window manager
]

ACTIONS, WARM_UP = 2_000, 300
STALL = 0.100  # seconds of its own time that the GUI thread may take before it answers again
GROWTH = 50 * 2**20
SLOWEST = 8  # turns that are told of
# What leaves the window, asks the system for a file, trains, measures, or dresses every widget anew.
LEFT_OUT = {
    *("quitAction", "newProjectAction", "openProjectAction", "openTeamAction", "demoAction"),
    *("addLinksAction", "backupAction", "exportRunAction", "ablationFilesAction"),
    *("openLeftUriAction", "openRightUriAction", "startTrainingAction", "startAblationAction"),
    *("startRunAction", "resumeRunAction", "againRunAction", "measureRunAction"),
    *("systemThemeAction", "lightThemeAction", "darkThemeAction", "contrastThemeAction"),
}
KEYS = (
    *[Qt.Key.Key_A] * 6,
    *[Qt.Key.Key_R] * 4,
    *[Qt.Key.Key_Down] * 6,
    *(Qt.Key.Key_U, Qt.Key.Key_N, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_Home),
    *(Qt.Key.Key_End, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape, Qt.Key.Key_Return),
    *(Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_9, Qt.Key.Key_Delete, Qt.Key.Key_Space),
)
WORDS = ("kenya", "republic of", "7", "ü", "日本", "مصر", "🏁", "%_'\"", "no such thing")


class Person:
    """Acts at random, and notes how long each turn of the event loop kept the GUI thread."""

    def __init__(self, window: MainWindow, seed: int) -> None:
        self.window = window
        self.rng = random.Random(seed)
        self.own: list[float] = []  # processor time of the GUI thread
        self.wall: list[float] = []
        self.slowest: list[tuple[float, str]] = []
        self.resized: list[float] = []  # the same, where all of the window is laid out and painted anew
        actions = window.findChildren(KeyedAction)
        self.actions = [each for each in actions if each.objectName() not in LEFT_OUT]
        self.choices: list[tuple[int, Callable[[], str]]] = [
            (50, self.key),
            (20, self.action),
            (6, self.write),
            (4, self.choose),
            (4, self.size),
            (4, self.button),
        ]

    def act(self) -> None:
        weights, works = zip(*self.choices, strict=True)
        work = self.rng.choices(works, weights)[0]
        what = [work.__name__]
        self.turn(lambda: what.append(work()), what)
        for _ in range(self.rng.randint(1, 4)):
            self.turn(QApplication.processEvents, what)
        if self.rng.random() < 0.05:
            while self.window.tasks.busy:
                self.turn(self.wait, [*what, "settling"])
        if self.window.isMinimized() or not self.window.isActiveWindow():
            self.window.activateWindow()

    @staticmethod
    def wait() -> None:
        """A turn of the loop that sleeps until something comes, as the program's own does."""
        loop = QEventLoop()
        QTimer.singleShot(100, loop.quit)
        loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def turn(self, work: Callable[[], object], what: list[str]) -> None:
        own, wall = time.thread_time(), time.perf_counter()
        work()
        own = time.thread_time() - own
        if what[0] == "size":
            self.resized.append(own)
            return
        self.own.append(own)
        self.wall.append(time.perf_counter() - wall)
        page = self.window.pages.currentWidget().objectName()
        self.slowest = nlargest(
            SLOWEST, [*self.slowest, (self.own[-1], f"{' '.join(map(str, what))} on {page}")]
        )

    def target(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def key(self) -> str:
        if self.window.page != REVIEW and self.rng.random() < 0.3:
            self.window.show_page(REVIEW)
        key = self.rng.choice(KEYS)
        QTest.keyClick(self.target(), key)
        return key.name

    def action(self) -> str:
        action = self.rng.choice(self.actions)
        if action.isEnabled():
            action.trigger()
        return action.objectName()

    def write(self) -> str:
        fields = [each for each in self.window.findChildren(QLineEdit) if each.isVisible()]
        if not fields:
            return "nowhere"
        field = self.rng.choice(fields)
        word = self.rng.choice(WORDS)
        field.setFocus()
        field.setText(word)
        QTest.keyClick(field, self.rng.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape)))
        return f"{word!r} in {field.objectName()}"

    def choose(self) -> str:
        boxes = [
            each for each in self.window.pages.currentWidget().findChildren(QComboBox) if each.isVisible()
        ]
        if not boxes:
            return "nothing"
        box = self.rng.choice(boxes)
        model = box.model()
        enabled = Qt.ItemFlag.ItemIsEnabled  # a line between two choices is none
        rows = [row for row in range(box.count()) if model.flags(model.index(row, 0)) & enabled]
        if rows:
            box.setCurrentIndex(self.rng.choice(rows))
        return box.objectName()

    def size(self) -> str:
        self.window.resize(self.rng.randint(1000, 1600), self.rng.randint(640, 1000))
        return f"{self.window.width()}x{self.window.height()}"

    def button(self) -> str:
        page = self.window.pages.review
        shown = [
            each
            for each in page.findChildren(QAbstractButton)
            if each.isVisible() and each.isEnabled() and self.window.page == REVIEW
        ]
        if not shown:
            return "none"
        chosen = self.rng.choice(shown)
        chosen.click()
        return chosen.objectName() or chosen.text()


def close_dialogs() -> None:
    """Whatever asks something gets Escape, so that nothing waits for an answer."""
    for widget in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
        if isinstance(widget, QDialog):
            widget.reject()
        elif widget is not None:
            widget.close()


def memory() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def spread(seconds: list[float]) -> str:
    ordered = [1e3 * each for each in sorted(seconds)]
    p99 = ordered[int(len(ordered) * 0.99)]
    return f"p50 {statistics.median(ordered):.1f} ms, p99 {p99:.1f} ms, longest {ordered[-1]:.1f} ms"


@pytest.mark.parametrize("seed", [1])
def test_two_thousand_actions(qtbot, qapp: QApplication, tmp_path: Path, seed: int) -> None:
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    QApplication.setOrganizationName("mimea-soak")
    theme.apply_theme(qapp, "light")
    import_module("torch")  # some hundred megabytes, once, as soon as an answer takes it
    project = build_project(tmp_path / "p.mimea", size=200)
    window = MainWindow(Settings())
    window.resize(1280, 800)
    window.show()
    window.pages.build()
    window.activateWindow()
    with qtbot.waitSignal(window.opener.ready, timeout=60_000):
        window.open_project(project.path)
    closing = QTimer(interval=40)
    closing.timeout.connect(close_dialogs)
    closing.start()
    person = Person(window, seed)
    before = 0
    for number in range(ACTIONS + WARM_UP):
        person.act()
        if number % 100 == 0:
            gc.collect()  # the program does on a timer
        if number == WARM_UP:
            before = memory()
            person.own.clear()
            person.wall.clear()
            person.slowest.clear()
    closing.stop()
    close_dialogs()
    qtbot.waitUntil(lambda: not window.tasks.busy, timeout=60_000)
    gc.collect()
    growth = memory() - before
    print(f"\n{ACTIONS} actions, seed {seed}: GUI thread's own time per turn {spread(person.own)}")
    print(f"on the clock of a shared machine {spread(person.wall)}")
    print("slowest: " + ", ".join(f"{1e3 * seconds:.0f} ms {what}" for seconds, what in person.slowest))
    print(f"while the window is resized {spread(person.resized)}")
    print(f"memory grew by {growth / 2**20:.1f} MB")
    with project.read() as session:
        assert verdict_counts(session).total == len(list(current_verdicts(session)))
    assert window.isVisible() and window.project.is_open
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)
    project.close()
    assert growth < GROWTH
    assert person.slowest[0][0] < STALL, person.slowest[0][1]
