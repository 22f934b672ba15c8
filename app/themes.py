"""The theme that a person chose: remembered, marked in the menu, and worn by the whole program."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QApplication

from app import theme
from app.settings import Settings


class Themes(QObject):
    """``actions`` hold the name of a theme each."""

    def __init__(self, settings: Settings, actions: QActionGroup) -> None:
        super().__init__(actions)
        self._settings = settings
        self._actions = actions
        actions.triggered.connect(self._on_triggered)
        self._mark()

    @Slot(str)
    def choose(self, name: theme.Theme) -> None:
        """Wear another theme from now on."""
        self._settings.theme = name
        self._mark()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply_theme(application, name)

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        self.choose(action.data())

    def _mark(self) -> None:
        for action in self._actions.actions():
            action.setChecked(action.data() == self._settings.theme)
