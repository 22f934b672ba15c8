"""An action with a key that a person may change; its tooltip always names the key in force."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.icons import icon
from app.settings import Settings

NATIVE = QKeySequence.SequenceFormat.NativeText


class KeyedAction(QAction):
    """What the menus, the list of keys and the settings show of it are this object's own words.

    ``group`` is the heading in the list of keys; ``name`` is what a changed key is remembered by.
    """

    def __init__(
        self,
        name: str,
        text: str,
        keys: Sequence[str],
        parent: QObject,
        *,
        group: str,
        tip: str = "",
        icon_name: str = "",
        checkable: bool = False,
        on_page: bool = False,
    ) -> None:
        super().__init__(text, parent)
        self.setObjectName(name)
        self.setCheckable(checkable)
        self.group = group
        self.default_keys = [QKeySequence(key) for key in keys]
        self._tip = tip
        if icon_name:
            self.setIcon(icon(icon_name))
        if on_page:
            self.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        chosen = Settings().keys(name)
        self._use(self.default_keys if chosen is None else QKeySequence.listFromString(chosen))

    @property
    def words(self) -> str:
        """Its name without the marks of a menu."""
        return self.text().replace("&", "").removesuffix("…")

    @property
    def tip(self) -> str:
        """What it does, in a few words; its name where there is no more to say."""
        return self._tip or self.words

    @property
    def everywhere(self) -> bool:
        """Whether its key works on every page."""
        return self.shortcutContext() is not Qt.ShortcutContext.WidgetWithChildrenShortcut

    def set_keys(self, keys: Sequence[QKeySequence]) -> None:
        """Use other keys from now on, none with an empty list; the default ones are not remembered."""
        same = list(keys) == self.default_keys
        Settings().set_keys(self.objectName(), None if same else QKeySequence.listToString(list(keys)))
        self._use(keys)

    def _use(self, keys: Sequence[QKeySequence]) -> None:
        self.setShortcuts(list(keys))
        self.setToolTip(_with_key(self.tip, keys))


def page_action(
    page: QWidget,
    name: str,
    text: str,
    keys: Sequence[str],
    tip: str,
    *,
    group: str = "Review",
    checkable: bool = False,
) -> KeyedAction:
    """An action of ``page``, whose keys answer on it alone."""
    action = KeyedAction(
        f"{name}Action", text, keys, page, group=group, tip=tip, checkable=checkable, on_page=True
    )
    page.addAction(action)
    return action


def tell_key(action: KeyedAction, widget: QWidget, tip: str) -> None:
    """Have the tooltip of ``widget``, where an action leads to, name that action's key."""

    def tell() -> None:
        widget.setToolTip(_with_key(tip, action.shortcuts()))

    tell()
    action.changed.connect(tell)


def clashes(first: KeyedAction, second: KeyedAction) -> bool:
    """Whether both answer on some page, so that they can't have the same key."""
    return first is not second and (first.everywhere or second.everywhere or first.group == second.group)


def _with_key(tip: str, keys: Sequence[QKeySequence]) -> str:
    return f"{tip} ({keys[0].toString(NATIVE)})" if keys else tip
