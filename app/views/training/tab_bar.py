"""The tabs of the Train page: a segmented bar above, and pages that are built when they are first shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.keyed_action import KeyedAction


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: ``meaning`` is its tooltip, ``build`` makes its page when it is first shown."""

    name: str
    title: str
    meaning: str
    build: Callable[[], QWidget]


class TabPages(QWidget):
    """Shows the page of one tab at a time; Alt and a digit choose it."""

    shown = Signal(str)  # the name of the tab

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabs: list[Tab] = []
        self._pages: dict[str, QWidget] = {}
        self._actions: dict[str, KeyedAction] = {}
        self._group = QButtonGroup(self)
        self._bar = QHBoxLayout(spacing=0)
        self._bar.setContentsMargins(theme.LARGE, theme.MEDIUM, theme.LARGE, 0)
        self._bar.addStretch()
        self._stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._bar)
        layout.addWidget(self._stack, 1)
        self._group.idClicked.connect(self._on_clicked)

    def add_tab(self, tab: Tab) -> None:
        """Add a tab at the end."""
        number = len(self._tabs)
        self._tabs.append(tab)
        button = QPushButton(tab.title, checkable=True, objectName=f"{tab.name}TabButton")
        button.setProperty("segment", "first" if number == 0 else "last")
        if number > 1:
            self._group.button(number - 1).setProperty("segment", "middle")
        action = KeyedAction(
            f"{tab.name}TabAction",
            tab.title,
            [f"Alt+{number + 1}"],
            self,
            group="Train",
            tip=tab.meaning,
            on_page=True,
        )
        self.addAction(action)
        self._actions[tab.name] = action
        action.triggered.connect(partial(self.show_tab, tab.name))
        button.setToolTip(action.toolTip())
        self._group.addButton(button, number)
        self._bar.insertWidget(number, button)

    def page(self, name: str) -> QWidget:
        """The page of a tab, built now unless it is there."""
        if name not in self._pages:
            tab = next(tab for tab in self._tabs if tab.name == name)
            self._pages[name] = tab.build()
            self._stack.addWidget(self._pages[name])
        return self._pages[name]

    def action(self, name: str) -> KeyedAction:
        """What goes to a tab."""
        return self._actions[name]

    def build_next(self) -> bool:
        """Build a page that is not there yet; False where all are."""
        missing = next((tab.name for tab in self._tabs if tab.name not in self._pages), None)
        if missing is not None:
            self.page(missing)
        return missing is not None

    def show_tab(self, name: str, _checked: bool = False) -> None:
        """Go to a tab."""
        self._group.button([tab.name for tab in self._tabs].index(name)).setChecked(True)
        page = self.page(name)
        focus = QApplication.focusWidget()
        had_keyboard = focus is not None and self.isAncestorOf(focus)
        self._stack.setCurrentWidget(page)
        self.setFocusProxy(page)  # so that its keys work at once
        if had_keyboard:
            page.setFocus()
        self.shown.emit(name)

    @property
    def current(self) -> str:
        """The name of the tab that is shown; empty before the first."""
        number = self._group.checkedId()
        return self._tabs[number].name if number >= 0 else ""

    @Slot(int)
    def _on_clicked(self, number: int) -> None:
        self.show_tab(self._tabs[number].name)
