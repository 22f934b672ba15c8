"""The four verdicts with their keys, and the note that is saved with a verdict."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from app import theme
from app.icons import icon
from app.keyed_action import NATIVE, KeyedAction

_LEAST_NOTE = 72  # pixels
BUTTON_NAMES = {
    "accepted": "acceptButton",
    "rejected": "rejectButton",
    "unsure": "unsureButton",
    "no_counterpart": "noCounterpartButton",
}


class VerdictBar(QWidget):
    """Its buttons trigger the actions of the Review menu; a click leaves the keyboard on the list."""

    note_left = Signal()  # Return or Escape in the note: back to the list

    def __init__(self, actions: dict[str, KeyedAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.MEDIUM, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        self._buttons: dict[str, QPushButton] = {}
        for kind, action in actions.items():
            button = QPushButton(objectName=BUTTON_NAMES[kind])
            button.setAccessibleName(action.words)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(action.trigger)
            layout.addWidget(button)
            self._buttons[kind] = button
            _follow(button, action)
            action.changed.connect(partial(_follow, button, action))
        self.note = _NoteField(placeholderText="Note, saved with the verdict", maxLength=1000)
        self.note.setObjectName("noteField")
        self.note.setAccessibleName("Note")
        self.note.setMinimumWidth(_LEAST_NOTE)
        self.note.left.connect(self.note_left)
        layout.addSpacing(theme.MEDIUM)
        layout.addWidget(self.note, stretch=1)
        self._paint_icons()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._paint_icons()

    def _paint_icons(self) -> None:
        for kind, button in self._buttons.items():
            style = theme.VERDICT_STYLE[kind]
            button.setIcon(icon(style.icon, style.color))


def _follow(button: QPushButton, action: KeyedAction) -> None:
    button.setEnabled(action.isEnabled())
    key = action.shortcut().toString(NATIVE)
    button.setText(f"{action.words} · {key}" if key else action.words)
    button.setToolTip(action.toolTip())


class _NoteField(QLineEdit):
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.left.emit()
        else:
            super().keyPressEvent(event)
