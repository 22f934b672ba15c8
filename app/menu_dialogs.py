"""The small dialogs of the menu: the author's name, help, and what the program is."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QInputDialog, QMessageBox, QWidget

from app.settings import Settings
from app.views.help_window import HelpWindow


class MenuDialogs(QObject):
    """Opens them over ``window``."""

    def __init__(self, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self._window = window
        self._help: HelpWindow | None = None

    @Slot()
    def ask_author(self) -> None:
        """Ask for the name that verdicts are signed with."""
        name, agreed = QInputDialog.getText(
            self._window,
            "Author name",
            "Your name, as it is stored with each decision:",
            text=self._settings.author,
        )
        if agreed:
            self._settings.author = name

    @Slot()
    def show_help(self) -> None:
        """Open the help at its beginning."""
        self._show_page("index.md")

    @Slot()
    def show_keys(self) -> None:
        """Open the help at the list of keys."""
        self._show_page("keys.md")

    @Slot()
    def show_about(self) -> None:
        """Say what the program is."""
        QMessageBox.about(
            self._window,
            "About MIMEA Explorer",
            "<h3>MIMEA Explorer</h3><p>Aligns two multi-modal knowledge graphs with the MIMEA model "
            "and lets curators decide.</p><p>MIT licence.</p>",
        )

    def _show_page(self, page: str) -> None:
        if self._help is None:
            self._help = HelpWindow(self._window)
        self._help.show_page(page)
