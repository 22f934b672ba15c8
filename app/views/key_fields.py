"""One field for the key of each action; says which two would have the same one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.icons import icon
from app.keyed_action import NATIVE, KeyedAction, clashes
from app.views.keys_dialog import grouped


class KeyFields(QWidget):
    """Nothing is changed before :meth:`apply`."""

    changed = Signal()

    def __init__(self, actions: Sequence[KeyedAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = [_KeyRow(action) for action in actions]
        self._search = QLineEdit(placeholderText="Search actions and keys", clearButtonEnabled=True)
        self._search.setObjectName("keySearch")
        self._search.setAccessibleName("Search actions and keys")
        self._search.textChanged.connect(self._filter)
        self._reset = QPushButton("Reset all", objectName="resetKeysButton")
        self._reset.setToolTip("Give every action its first key again")
        self._reset.clicked.connect(self._reset_all)
        self._told = QLabel(objectName="keyConflict", wordWrap=True)
        self._told.setProperty("role", "error")
        self._headings: dict[str, QLabel] = {}
        content = QWidget()
        self._grid = QGridLayout(content)
        self._grid.setColumnStretch(0, 1)
        self._grid.setHorizontalSpacing(theme.MEDIUM)
        self._grid.setVerticalSpacing(theme.SMALL)
        by_action = {row.action: row for row in self._rows}
        for group, members in grouped(actions).items():
            self._add_group(group, [by_action[action] for action in members])
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        scroll = QScrollArea(widgetResizable=True, objectName="keyFields")
        scroll.setWidget(content)
        top = QHBoxLayout(spacing=theme.MEDIUM)
        top.addWidget(self._search, 1)
        top.addWidget(self._reset)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.MEDIUM, 0, 0)
        layout.setSpacing(theme.MEDIUM)
        layout.addLayout(top)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._told)
        self._check()

    @property
    def conflict(self) -> str:
        """Which two actions have the same key; empty where none have."""
        for number, row in enumerate(self._rows):
            for other in self._rows[number + 1 :]:
                shared = [key for key in row.keys if key in other.keys]
                if shared and clashes(row.action, other.action):
                    key = shared[0].toString(NATIVE)
                    return f"{key} is the key of “{row.action.words}” and of “{other.action.words}”."
        return ""

    def apply(self) -> None:
        """Give the actions what was entered, and remember it."""
        for row in self._rows:
            if row.keys != row.action.shortcuts():
                row.action.set_keys(row.keys)

    def _add_group(self, group: str, rows: list[_KeyRow]) -> None:
        heading = QLabel(group)
        heading.setFont(theme.font(bold=True))
        self._headings[group] = heading
        self._grid.addWidget(heading, self._grid.rowCount(), 0, 1, 3)
        for row in rows:
            place = self._grid.rowCount()
            for column, widget in enumerate((row.label, row.edit, row.reset)):
                self._grid.addWidget(widget, place, column)
            row.edit.keySequenceChanged.connect(self._check)

    @Slot()
    def _check(self) -> None:
        self._told.setText(self.conflict)
        self._told.setVisible(bool(self._told.text()))
        self._reset.setEnabled(any(row.keys != row.action.default_keys for row in self._rows))
        self.changed.emit()

    @Slot()
    def _reset_all(self) -> None:
        for row in self._rows:
            row.show_default()

    @Slot(str)
    def _filter(self, text: str) -> None:
        seen: set[str] = set()
        for row in self._rows:
            fits = text.casefold() in row.searched.casefold()
            row.set_visible(fits)
            if fits:
                seen.add(row.action.group)
        for group, heading in self._headings.items():
            heading.setVisible(group in seen)


class _KeyRow:
    """An action may have several keys: the first can be changed here, which drops the others."""

    def __init__(self, action: KeyedAction) -> None:
        self.action = action
        self.keys: list[QKeySequence] = action.shortcuts()
        self.label = QLabel(action.words)
        self.label.setToolTip(action.tip)
        self.edit = QKeySequenceEdit(objectName=f"{action.objectName()}Key", clearButtonEnabled=True)
        self.edit.setMaximumSequenceLength(1)
        self.edit.setFixedWidth(170)
        self.edit.setAccessibleName(f"Key for {action.words}")
        self.edit.setToolTip("Press the key that is to do this")
        self.reset = QPushButton(icon("mdi6.undo-variant"), "")
        self.reset.setProperty("compact", True)
        self.reset.setIconSize(QSize(14, 14))
        default = ", ".join(key.toString(NATIVE) for key in action.default_keys) or "none"
        self.reset.setToolTip(f"Back to the first key: {default}")
        self.reset.setAccessibleName(f"Reset the key for {action.words}")
        self._show()
        self.edit.keySequenceChanged.connect(self._entered)
        self.reset.clicked.connect(self.show_default)

    @property
    def searched(self) -> str:
        """The words and keys that the search looks through."""
        return " ".join([self.action.words, self.action.tip, *(key.toString(NATIVE) for key in self.keys)])

    def set_visible(self, visible: bool) -> None:
        for widget in (self.label, self.edit, self.reset):
            widget.setVisible(visible)

    def show_default(self, _checked: bool = False) -> None:
        self.keys = list(self.action.default_keys)
        self._show()

    def _entered(self, key: QKeySequence) -> None:
        if not self.keys or key != self.keys[0]:
            self.keys = [] if key.isEmpty() else [key]
        self._mark()

    def _show(self) -> None:
        self.edit.setKeySequence(self.keys[0] if self.keys else QKeySequence())
        self._mark()

    def _mark(self) -> None:
        self.reset.setEnabled(self.keys != self.action.default_keys)
