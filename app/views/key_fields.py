"""The tab of the settings where keys are changed; says which two actions would have the same one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app import theme
from app.keyed_action import KeyedAction
from app.views.key_tree import KeyTree


class KeyFields(QWidget):
    """Nothing is changed before :meth:`apply`."""

    changed = Signal()

    def __init__(self, actions: Sequence[KeyedAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tree = KeyTree(actions)
        search = QLineEdit(placeholderText="Search actions and keys", clearButtonEnabled=True)
        search.setObjectName("keySearch")
        search.setAccessibleName("Search actions and keys")
        search.textChanged.connect(self._tree.show_only)
        self._reset = QPushButton("Reset all", objectName="resetKeysButton")
        self._reset.setToolTip("Give every action its first key again")
        self._reset.setAutoDefault(False)
        self._reset.clicked.connect(self._tree.reset_all)
        hint = QLabel(
            "Enter or a click changes a key, Delete removes it, Backspace brings the first one back."
        )
        hint.setWordWrap(True)
        hint.setProperty("role", "secondary")
        self._told = QLabel(objectName="keyConflict", wordWrap=True)
        self._told.setProperty("role", "error")
        top = QHBoxLayout(spacing=theme.MEDIUM)
        top.addWidget(search, 1)
        top.addWidget(self._reset)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.MEDIUM, 0, 0)
        layout.setSpacing(theme.MEDIUM)
        layout.addLayout(top)
        layout.addWidget(self._tree, 1)
        layout.addWidget(hint)
        layout.addWidget(self._told)
        self._tree.changed.connect(self._check)
        self._check()

    @property
    def conflict(self) -> str:
        """Which two actions have the same key; empty where none have."""
        return self._tree.conflict

    def apply(self) -> None:
        """Give the actions what was entered, and remember it."""
        self._tree.apply()

    @Slot()
    def _check(self) -> None:
        self._told.setText(self.conflict)
        self._told.setVisible(bool(self._told.text()))
        self._reset.setEnabled(self._tree.is_changed)
        self.changed.emit()
