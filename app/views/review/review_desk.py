"""Where the pair stands in the middle, and panels around it that can be moved, floated and closed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from app.settings import Settings

_NAME = "review"
_VERSION = 1  # of the layout: one of another version is not restored
_AREA = {"list": Qt.DockWidgetArea.LeftDockWidgetArea}
_WIDTHS = {"list": 380}
_WIDTH = 280
_LEAST = {"list": 340}
_LEAST_WIDTH = 208


class ReviewDesk(QMainWindow):
    """``panels`` are title and widget by name; at first the list is open and all others are closed."""

    def __init__(self, panels: dict[str, tuple[str, QWidget]], parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Widget)
        self.setObjectName("reviewDesk")
        self.setDockNestingEnabled(True)
        self._docks: dict[str, QDockWidget] = {}
        for name, (title, widget) in panels.items():
            dock = QDockWidget(title, self, objectName=f"{name}Dock")
            widget.setMinimumWidth(_LEAST.get(name, _LEAST_WIDTH))
            dock.setWidget(widget)
            self._docks[name] = dock
        self.reset()
        state = Settings().layout(_NAME)
        if not state.isEmpty():
            self.restoreState(state, _VERSION)

    def take_actions(self, actions: list[QAction]) -> None:
        """Let the keys of ``actions`` work in the panels too: one that floats is a window of its own."""
        for dock in self._docks.values():
            dock.addActions(actions)

    def reset(self) -> None:
        """Put every panel where it was at first."""
        right = Qt.DockWidgetArea.RightDockWidgetArea
        for name, dock in self._docks.items():
            dock.setFloating(False)
            self.addDockWidget(_AREA.get(name, right), dock)
            dock.setVisible(name == "list")
        self.resizeDocks(
            list(self._docks.values()),
            [_WIDTHS.get(name, _WIDTH) for name in self._docks],
            Qt.Orientation.Horizontal,
        )

    def toggle(self, name: str) -> bool:
        """Open a panel, or close one that is open; whether it is open now."""
        dock = self._docks[name]
        dock.setVisible(dock.isHidden())
        if not dock.isHidden():
            dock.raise_()
        return not dock.isHidden()

    def is_open(self, name: str) -> bool:
        """Whether a panel is open."""
        return not self._docks[name].isHidden()

    def save_layout(self) -> None:
        """Remember where the panels stand."""
        Settings().set_layout(_NAME, self.saveState(_VERSION))
