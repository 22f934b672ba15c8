"""Buttons of a dialog that show the key of an action."""

from __future__ import annotations

from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QPushButton

from app.keyed_action import NATIVE, KeyedAction


def key_button(action: KeyedAction, text: str = "") -> QPushButton:
    """A button with the words of ``action`` or another ``text``; Return on its own never presses it."""
    button = QPushButton(objectName=action.objectName().replace("Action", "Button"), autoDefault=False)
    key = action.shortcut().toString(NATIVE)
    words = text or action.words
    button.setText(f"{words}  ·  {key}" if key else words)
    button.setAccessibleName(words)
    button.setToolTip(action.toolTip())
    return button


def answer_button(action: KeyedAction, text: str = "") -> QPushButton:
    """A button that the keys of ``action`` press, while its dialog is there."""
    button = key_button(action, text)
    # Not the action itself, which outlives the dialog and so what is connected with it.
    shortcut = QShortcut(button)
    shortcut.setAutoRepeat(False)
    shortcut.setKeys(action.shortcuts())
    shortcut.activated.connect(button.click)
    return button
