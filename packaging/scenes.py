"""What the pictures of the help show beyond the pages: tabs, panels, boards and dialogs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEventLoop, QModelIndex, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTableView,
    QTabWidget,
    QWidget,
)

from app.keyed_action import KeyedAction
from app.main_window import MainWindow
from app.pages import REVIEW, TRAIN
from app.views.review.queue_chooser import QueueChooser
from app.views.settings_dialog import SettingsDialog
from app.views.training.ablation_table import AblationTable
from core.training.events import EpochDone

Pair = tuple[int, int]

TABS = ("runs", "evaluation", "weights", "changes", "ablation")
_PANELS = ("history", "session")  # of the review page, closed at first
_DIALOGS = ("recheck", "findElsewhere", "keys", "help", "openTeam")  # that show something by themselves
_LIMIT, _LOOK = 60_000, 50  # milliseconds
_LONG = 1_800_000  # for an ablation, the first time
_EPOCHS = 30  # of each variant
_GONE = 60  # epochs of a run that is worth a picture
_CALM = 14  # looks in a row, for layouts and late tasks


class RestlessWindowError(Exception):
    """The window still does something after the time that it has."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is in the pictures: a pair that tells much, and a candidate of an entity that has a counterpart."""

    telling: Pair
    second: Pair


def settle(window: MainWindow, done: Callable[[], bool] = lambda: True, limit: int = _LIMIT) -> None:
    """Run the event loop until ``done``, and nothing has been read, written or laid out for a while.

    Raises:
        RestlessWindowError: that took longer than ``limit`` milliseconds.
    """
    loop, calm, looks = QEventLoop(), 0, 0

    def look() -> None:
        nonlocal calm, looks
        looks += 1
        calm = calm + 1 if done() and not window.tasks.busy else 0
        if calm >= _CALM or looks * _LOOK >= limit:
            loop.quit()

    timer = QTimer(interval=_LOOK)
    timer.timeout.connect(look)
    timer.start()
    loop.exec()
    timer.stop()
    if calm < _CALM:
        raise RestlessWindowError(f"after {limit // 1000} s: {window.tasks.busy=}, {done()=}")


def scenes(
    window: MainWindow, cast: Cast, graphs: list[Path], wanted: Callable[[str], bool]
) -> Iterator[tuple[str, QWidget]]:
    """The name of each picture and what is to be grabbed for it; ``graphs`` are two to be imported.

    What takes long is left out where ``wanted`` says that no picture is to be taken of it.
    """
    yield from _tabs(window, wanted)
    yield from _review(window, cast)
    yield from _dialogs(window, cast)
    window.new_project(graphs)
    yield from _grabbed(window, "import")


def _tabs(window: MainWindow, wanted: Callable[[str], bool]) -> Iterator[tuple[str, QWidget]]:
    window.show_page(TRAIN)
    for name in TABS:
        window.pages.train.show_tab(name)
        settle(window)
        if name == "runs":
            _find(window, QTableView, "runsTable").selectAll()
            settle(window)
        if name == "ablation" and wanted("train-ablation"):
            _measure_ablation(window)
        yield f"train-{name}", window
    window.pages.train.show_tab("run")
    if wanted("train-run"):
        yield from _going(window)


def _measure_ablation(window: MainWindow) -> None:
    """Figure 3 with few epochs; what the first theme measured is known to the others."""
    table = _find(window, AblationTable, "ablationTable")
    if table.model().rowCount() > 0:
        return
    presets = _find(window, QComboBox, "presetField")
    presets.setCurrentText("Quick look")
    presets.activated.emit(presets.currentIndex())
    epochs = _find(window, QLineEdit, "epochsField")
    epochs.setText(str(_EPOCHS))
    epochs.textEdited.emit(epochs.text())
    kind = _find(window, QComboBox, "ablationField")
    kind.setCurrentIndex(kind.findData("figure3"))
    _find(window, QSpinBox, "ablationSeedsField").setValue(2)
    settle(window)
    _find(window, QPushButton, "startAblationButton").click()
    settle(window, lambda: table.model().rowCount() > 0, _LONG)


def _going(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    """A run while it goes, of which nothing is kept."""
    presets = _find(window, QComboBox, "presetField")
    presets.setCurrentText("Quick look")
    presets.activated.emit(presets.currentIndex())
    epochs: list[int] = []

    def on_event(event: object) -> None:
        if isinstance(event, EpochDone):
            epochs.append(event.epoch)

    window.training.event_arrived.connect(on_event)
    _find(window, QPushButton, "startTrainingButton").click()
    settle(window, lambda: len(epochs) >= _GONE, _LONG)
    window.training.event_arrived.disconnect(on_event)
    yield "train-run", window
    window.training.discard()
    settle(window, lambda: not window.training.active)


def _review(window: MainWindow, cast: Cast) -> Iterator[tuple[str, QWidget]]:
    _show(window, cast.telling)
    table = _find(window, QTableView, "supportTable")
    table.activated.emit(table.model().index(0, 0, QModelIndex()))
    settle(window)
    yield "walk", window
    trigger(window, "walkBack")
    _show(window, cast.telling)
    trigger(window, "twoSteps")
    yield "two-steps", window
    trigger(window, "twoSteps")
    trigger(window, "blind")
    yield "blind", window
    trigger(window, "blind")
    for panel in _PANELS:
        trigger(window, panel)
    yield "panels", window
    for panel in _PANELS:
        trigger(window, panel)


def _dialogs(window: MainWindow, cast: Cast) -> Iterator[tuple[str, QWidget]]:
    _show(window, cast.second)
    for name, action in (("second", "accepted"), ("conflict", "resolveConflict")):
        yield from _opened(window, name, action)
    window.pages.review.show_queue("mutual")
    settle(window)
    yield from _opened(window, "bulk", "acceptListed")
    window.pages.review.show_queue("hub")
    settle(window)
    yield from _opened(window, "hubs", "hubBoard")
    window.pages.review.show_queue("undecided")
    settle(window)
    _show(window, cast.telling)
    yield from _queues(window)
    for action in _DIALOGS:
        yield from _opened(window, action, action)
    trigger(window, "settings")
    for dialog in dialogs():
        assert isinstance(dialog, SettingsDialog)
        for place, name in enumerate(("settings", "settings-keys")):
            _find(dialog, QTabWidget, "settingsTabs").setCurrentIndex(place)
            settle(window)
            yield f"dialog-{name}", dialog
        dialog.close()


def _queues(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    """The list of the queues, which is a window of its own."""
    chooser = _find(window, QueueChooser, "verdictFilter")
    chooser.showPopup()
    settle(window)
    yield "queues", chooser.view().window()
    chooser.hidePopup()


def trigger(window: MainWindow, name: str) -> None:
    """Do what an action does, and wait for what follows."""
    _find(window, KeyedAction, f"{name}Action").trigger()
    settle(window)


def dialogs() -> list[QDialog]:
    """Those that are open."""
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]


def _opened(window: MainWindow, name: str, action: str) -> Iterator[tuple[str, QWidget]]:
    trigger(window, action)
    yield from _grabbed(window, name)


def _grabbed(window: MainWindow, name: str) -> Iterator[tuple[str, QWidget]]:
    """The one dialog that is open, which is closed again."""
    settle(window, lambda: bool(dialogs()))
    (dialog,) = dialogs()
    yield f"dialog-{name}", dialog
    dialog.close()
    settle(window, lambda: not dialogs())


def _show(window: MainWindow, pair: Pair) -> None:
    window.show_page(REVIEW)
    window.pages.review.show_pair(*pair)
    settle(window)


def _find(parent: QWidget, kind: type, name: str):  # type: ignore[no-untyped-def]
    found = parent.findChild(kind, name)
    assert found is not None, name
    return found
