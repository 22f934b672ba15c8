"""The dialogs of the menu: settings, keys, help, and what the program is."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from app.keyed_action import KeyedAction
from app.settings import Settings
from app.views.help_window import HelpWindow
from app.views.keys_dialog import KeysDialog, key_rows
from app.views.settings_dialog import SettingsDialog


class MenuDialogs(QObject):
    """Opens them over ``window``."""

    theme_chosen = Signal(str)

    def __init__(self, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self._window = window
        self._help: HelpWindow | None = None
        self._keys: KeysDialog | None = None

    @Slot()
    def show_settings(self) -> None:
        """Ask for what the window remembers, and for other keys."""
        dialog = SettingsDialog(self._settings, self._actions(), self._window)
        dialog.theme_chosen.connect(self.theme_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def show_help(self) -> None:
        """Open the help at its beginning."""
        self._show_page("index.md")

    @Slot()
    def show_keys(self) -> None:
        """List the keys in force; the list is made anew only where they changed."""
        rows = key_rows(self._actions())
        if self._keys is None or self._keys.rows != rows:
            if self._keys is not None:
                self._keys.deleteLater()
            self._keys = KeysDialog(rows, self._window)
        self._keys.open()

    @Slot()
    def show_about(self) -> None:
        """Say what the program is."""
        box = QMessageBox(self._window)
        box.setWindowTitle("About MIMEA Explorer")
        box.setIconPixmap(self._window.windowIcon().pixmap(64))
        box.setText(
            "<h3>MIMEA Explorer</h3><p>Aligns two multi-modal knowledge graphs with the MIMEA model "
            "and lets curators decide.</p><p>MIT licence.</p>"
        )
        box.finished.connect(box.deleteLater)
        box.open()

    def _actions(self) -> list[KeyedAction]:
        return self._window.findChildren(KeyedAction)

    def _show_page(self, page: str) -> None:
        if self._help is None:
            self._help = HelpWindow(self._window)
        self._help.show_page(page)
