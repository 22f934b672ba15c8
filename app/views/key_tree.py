"""The keys of all actions under their headings, each entered in its own cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QKeySequenceEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from app import theme
from app.icons import icon
from app.keyed_action import NATIVE, KeyedAction, clashes
from app.views.keys_dialog import grouped

ACTION, KEY, RESET = range(3)
_ROW = 30
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)

Index = QModelIndex | QPersistentModelIndex


class KeyTree(QTreeWidget):
    """What is entered is held here; the actions keep their keys until :meth:`apply`."""

    changed = Signal()

    def __init__(self, actions: Sequence[KeyedAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keyTree")
        self.setAccessibleName("Keys")
        self.setColumnCount(3)
        self.setHeaderLabels(["Action", "Key", ""])
        self.setItemDelegate(_KeyDelegate(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)  # a click or a key, below
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self._rows = [_Row(action) for action in actions]
        by_action = {row.action: row for row in self._rows}
        self._groups: list[tuple[QTreeWidgetItem, list[_Row]]] = []
        for group, members in grouped(actions).items():
            heading = QTreeWidgetItem([group])
            heading.setFlags(Qt.ItemFlag.NoItemFlags)  # the arrows pass it by
            heading.setFont(ACTION, theme.font(bold=True))
            rows = [by_action[action] for action in members]
            # Beside it, not below: what is below an item without flags has none either.
            self.addTopLevelItems([heading, *rows])
            heading.setFirstColumnSpanned(True)
            self._groups.append((heading, rows))
        header = self.header()
        header.setSectionsMovable(False)
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(_ROW)
        for column, width in ((KEY, 190), (RESET, _ROW)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, width)
        header.setSectionResizeMode(ACTION, QHeaderView.ResizeMode.Stretch)
        if self._rows:
            self.setCurrentItem(self._rows[0])
        self.itemClicked.connect(self._on_clicked)
        self.itemDoubleClicked.connect(self._edit)

    @property
    def conflict(self) -> str:
        """Which two actions have the same key; empty where none have."""
        users: defaultdict[str, list[_Row]] = defaultdict(list)
        for row in self._rows:
            for key in row.keys:
                users[key.toString(NATIVE)].append(row)
        for key_text, rows in users.items():
            for row, other in combinations(rows, 2):
                if clashes(row.action, other.action):
                    return f"{key_text} is the key of “{row.action.words}” and of “{other.action.words}”."
        return ""

    @property
    def is_changed(self) -> bool:
        """Whether any key is not the one that its action had at first."""
        return any(row.is_changed for row in self._rows)

    def apply(self) -> None:
        """Give the actions what was entered, and remember it."""
        for row in self._rows:
            if row.keys != row.action.shortcuts():
                row.action.set_keys(row.keys)

    def reset_all(self) -> None:
        """Every action gets its first key again."""
        for row in self._rows:
            row.use(row.action.default_keys)
        self.changed.emit()

    def show_only(self, text: str) -> None:
        """Hide the rows that have not ``text`` among their words and keys, and headings without rows."""
        for row in self._rows:
            row.setHidden(text.casefold() not in row.searched.casefold())
        for heading, rows in self._groups:
            heading.setHidden(all(row.isHidden() for row in rows))

    def enter(self, row: _Row, keys: Sequence[QKeySequence]) -> None:
        """Give a row other keys."""
        row.use(keys)
        self.changed.emit()

    def row_of(self, index: Index) -> _Row | None:
        """The action of an index; None for a heading."""
        item = self.itemFromIndex(index)
        return item if isinstance(item, _Row) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.row_of(self.currentIndex())
        if row is not None and event.key() in (*_ENTER, Qt.Key.Key_F2):
            self._edit(row)
        elif row is not None and event.key() == Qt.Key.Key_Delete:
            self.enter(row, [])
        elif row is not None and event.key() == Qt.Key.Key_Backspace:
            self.enter(row, row.action.default_keys)
        else:
            super().keyPressEvent(event)

    @Slot(QTreeWidgetItem)
    def _edit(self, item: QTreeWidgetItem) -> None:
        if isinstance(item, _Row) and not self.isPersistentEditorOpen(item, KEY):
            self.editItem(item, KEY)

    @Slot(QTreeWidgetItem, int)
    def _on_clicked(self, item: QTreeWidgetItem, column: int) -> None:
        if column == KEY:
            self._edit(item)
        elif column == RESET and isinstance(item, _Row):
            self.enter(item, item.action.default_keys)


class _Row(QTreeWidgetItem):
    """An action with the keys that it is to have; entering one drops the others."""

    def __init__(self, action: KeyedAction) -> None:
        super().__init__([action.words])
        self.action = action
        self.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable)
        self.setToolTip(ACTION, action.tip)
        self.setToolTip(KEY, "Press Enter or click, then the key that is to do this")
        self.keys: list[QKeySequence] = []
        self.use(action.shortcuts())

    @property
    def is_changed(self) -> bool:
        """Whether these are other keys than the first ones."""
        return self.keys != self.action.default_keys

    @property
    def searched(self) -> str:
        """The words and keys that the search looks through."""
        return f"{self.action.words} {self.action.tip} {_in_words(self.keys)}"

    def use(self, keys: Sequence[QKeySequence]) -> None:
        """Show other keys; where they are not the first ones, that is marked."""
        self.keys = list(keys)
        changed = self.is_changed
        told = _in_words(self.keys) or "none"
        self.setText(KEY, _in_words(self.keys))
        self.setData(KEY, Qt.ItemDataRole.FontRole, theme.font(bold=True) if changed else None)
        self.setData(KEY, Qt.ItemDataRole.AccessibleTextRole, f"{told}, changed" if changed else told)
        self.setIcon(RESET, icon("mdi6.undo-variant") if changed else QIcon())
        first = _in_words(self.action.default_keys) or "none"
        self.setToolTip(RESET, f"Back to the first key: {first} (Backspace)" if changed else "")
        self.setData(RESET, Qt.ItemDataRole.AccessibleTextRole, "Reset" if changed else "")


class _KeyDelegate(QStyledItemDelegate):
    """The editor of a key, in the key's own column."""

    def __init__(self, tree: KeyTree) -> None:
        super().__init__(tree)
        self._tree = tree

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), _ROW)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.state |= QStyle.StateFlag.State_Enabled  # a heading is no action that is switched off

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QKeySequenceEdit(parent, objectName="keyEditor")
        editor.setMaximumSequenceLength(1)
        row = self._tree.row_of(index)
        assert row is not None
        editor.setAccessibleName(f"Key for {row.action.words}")
        editor.editingFinished.connect(self._finish)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Empty, so that it asks for a key."""

    def setModelData(self, editor: QWidget, model: QObject, index: Index) -> None:
        row = self._tree.row_of(index)
        if row is not None and isinstance(editor, QKeySequenceEdit) and not editor.keySequence().isEmpty():
            self._tree.enter(row, [editor.keySequence()])

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() in _ENTER:
            return False  # a key like any other here, where elsewhere it would end the entry
        return super().eventFilter(editor, event)

    @Slot()
    def _finish(self) -> None:
        editor = self.sender()
        assert isinstance(editor, QKeySequenceEdit)
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)


def _in_words(keys: Sequence[QKeySequence]) -> str:
    return " or ".join(key.toString(NATIVE) for key in keys)
