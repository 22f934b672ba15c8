"""What can be done with the runs that are chosen: a button each, enabled where it makes sense."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.views import layouts
from app.views.training.page_button import PageButton
from core.store.runs import RunInfo

_BUTTONS = (
    ("start", "Start", "mdi6.play", "Ctrl+Return", "Start this queued run"),
    ("withdraw", "Withdraw", "mdi6.playlist-remove", "Ctrl+Shift+W", "Take this run out of the queue"),
    ("resume", "Resume", "mdi6.play-circle-outline", "Ctrl+Shift+R", "Go on from its last checkpoint"),
    ("again", "Run again", "mdi6.repeat", "Ctrl+Shift+A", "Queue a new run with the same settings"),
    ("settings", "Use settings", "mdi6.tune", "Ctrl+Shift+U", "Put its settings into the form"),
    ("describe", "Tag and note…", "mdi6.tag-outline", "F2", "Your own words for this run"),
    ("export", "Export settings…", "mdi6.tray-arrow-up", "Ctrl+Shift+E", "As JSON for train --config"),
    ("delete", "Delete…", "mdi6.trash-can-outline", "Del", "Says first what depends on it"),
)


class RunActions(QObject):
    """``asked`` says what was pressed; a tag and note come with it as a pair."""

    asked = Signal(str, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._runs: Sequence[RunInfo] = ()
        self._buttons: dict[str, PageButton] = {}
        self.bar = QWidget()
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        for name, text, picture, key, tip in _BUTTONS:
            button = PageButton(
                parent, f"{name}Run", text, key, tip, group="Runs", icon_name=picture, compact=True
            )
            button.asked.connect(partial(self._on_asked, name))
            row.addWidget(button)
            self._buttons[name] = button
        row.addStretch()
        self.enable((), set(), set(), 0, writable=False)

    def enable(
        self, runs: Sequence[RunInfo], resumable: set[int], waiting: set[int], going: int, *, writable: bool
    ) -> None:
        """Allow what can be done with these runs; the store may still have the one that goes as queued."""
        self._runs = runs
        one = runs[0] if len(runs) == 1 else None
        queued = one is not None and one.status == "queued" and one.id != going
        idle = [run for run in runs if run.status != "running" and run.id not in waiting and run.id != going]
        allowed = {
            "start": writable and queued and one is not None and one.id not in waiting,
            "withdraw": writable and one is not None and (queued or one.id in waiting),
            "resume": writable and one is not None and one.id in resumable and not queued,
            "again": writable and one is not None and not queued,
            "settings": one is not None,
            "describe": writable and one is not None,
            "export": one is not None,
            "delete": writable and bool(runs) and len(idle) == len(runs) and not queued,
        }
        for name, button in self._buttons.items():
            button.allow(allowed[name])
            if name in ("start", "withdraw"):
                button.setVisible(queued or allowed[name])
            if name == "resume":
                button.setVisible(allowed[name])

    def _on_asked(self, name: str) -> None:
        if name != "describe":
            self.asked.emit(name, None)
            return
        dialog = _describing(self.bar, self._runs[0], partial(self.asked.emit, name))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _describing(parent: QWidget, run: RunInfo, entered: Callable[[tuple[str, str]], None]) -> QDialog:
    """Asks for the tag and the note of a run."""
    dialog = QDialog(parent, objectName="describeRunDialog")
    dialog.setWindowTitle(f"Run {run.id}")
    tag = QLineEdit(run.tag, objectName="runTagField", maxLength=40)
    note = QPlainTextEdit(run.note, objectName="runNoteField", tabChangesFocus=True)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
    buttons.accepted.connect(dialog.accept)
    dialog.accepted.connect(lambda: entered((tag.text(), note.toPlainText())))
    buttons.rejected.connect(dialog.reject)
    rows = layouts.form()
    layouts.add_row(rows, "Tag", tag)
    layouts.add_row(rows, "Note", note)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
    layout.setSpacing(theme.LARGE)
    layout.addLayout(rows)
    layout.addWidget(buttons)
    dialog.resize(460, 240)
    return dialog
