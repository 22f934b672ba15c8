"""What can be done from the menus and by key: every action of the window, made in one place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu

from app.keyed_action import KeyedAction
from app.labels import plain_tip, unmarked
from app.views.rail import PAGES
from core.store.places import Place

THEMES = (
    ("system", "&System theme", "Ctrl+Alt+S"),
    ("light", "&Light theme", "Ctrl+Alt+L"),
    ("dark", "&Dark theme", "Ctrl+Alt+D"),
    ("contrast", "High &contrast", "Ctrl+Alt+H"),
)


class Actions(QObject):
    """Makes the actions and the menu bar of ``window``; what they do is connected by the window."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        new = self._action
        self.new_project = new("newProject", "&New project…", "Ctrl+N", "mdi6.plus")
        self.open_project = new("openProject", "&Open…", "Ctrl+O", "mdi6.folder-open-outline")
        self.open_team = new("openTeam", "Open &team project…", "Ctrl+Shift+O", "mdi6.server-network-outline")
        self.demo = new(
            "demo",
            "Open the &demo",
            "Ctrl+D",
            "mdi6.earth",
            tip="Two graphs of countries, cities and currencies that come with the program",
        )
        self.add_links = new(
            "addLinks",
            "Add known &links…",
            "Ctrl+K",
            "mdi6.link-plus",
            tip="Add known links from N-Triples, Turtle, a table, SSSOM or Alignment RDF",
        )
        self.export = new("export", "&Export…", "Ctrl+E", "mdi6.tray-arrow-up")
        self.backup = new("backup", "&Backup project…", "Ctrl+Shift+S", "mdi6.content-save-outline")
        self.compact = new(
            "compact",
            "&Compact",
            "Ctrl+Shift+K",
            "mdi6.arrow-collapse-vertical",
            tip="Give unused room in the project file back to the disk",
        )
        self.check = new(
            "check",
            "Check &integrity",
            "Ctrl+Shift+I",
            "mdi6.shield-check-outline",
            tip="Look for damage in the project file",
        )
        self.quit = new("quit", "&Quit", "Ctrl+Q", "mdi6.power")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.undo = new("undo", "&Undo", "Ctrl+Z", "mdi6.undo", tip="Undo the last decision", group="Edit")
        self.redo = new(
            "redo", "&Redo", "Ctrl+Shift+Z", "mdi6.redo", tip="Redo what was undone last", group="Edit"
        )
        self.settings = new("settings", "&Settings…", "Ctrl+,", "mdi6.cog-outline", group="Edit")
        self.settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.pages = self._page_actions()
        self.themes = self._theme_actions()
        self.help = new("help", "&Help", "F1", "mdi6.help-circle-outline", group="Help")
        self.keys = new(
            "keys", "&Keys", "?", "mdi6.keyboard-outline", tip="The list of all keys", group="Help"
        )
        self.about = new(
            "about", "&About MIMEA Explorer", "Shift+F1", "mdi6.information-outline", group="Help"
        )
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        self.recent_menu = QMenu("Open &recent", window, objectName="recentMenu", toolTipsVisible=True)
        self.review_menu = QMenu("&Review", window, objectName="reviewMenu")
        self._build_menus()

    @Slot(bool, bool)
    def set_history(self, can_undo: bool, can_redo: bool) -> None:
        """Enable what can be undone and redone."""
        self.undo.setEnabled(can_undo)
        self.redo.setEnabled(can_redo)

    def fill_recent(self, places: list[Place]) -> None:
        """List the projects that were opened last."""
        self.recent_menu.clear()
        for place in places:
            name = place.name if isinstance(place, Path) else place
            action = self.recent_menu.addAction(unmarked(name))
            action.setData(str(place))
            action.setToolTip(plain_tip(str(place)))
        if not places:
            self.recent_menu.addAction("Nothing yet").setEnabled(False)

    def set_project_open(self, is_open: bool, *, may_write: bool = False, is_shared: bool = False) -> None:
        """Enable what needs a project; a server looks after those that are shared."""
        self.export.setEnabled(is_open)
        self.add_links.setEnabled(may_write)
        for action in (self.backup, self.check):
            action.setEnabled(is_open and not is_shared)
        self.compact.setEnabled(may_write and not is_shared)
        if not is_open:
            self.undo.setEnabled(False)
            self.redo.setEnabled(False)

    def _action(
        self, name: str, text: str, key: str, icon_name: str = "", *, tip: str = "", group: str = "Project"
    ) -> KeyedAction:
        action = KeyedAction(
            f"{name}Action", text, [key], self._window, group=group, tip=tip, icon_name=icon_name
        )
        self._window.addAction(action)
        return action

    def _page_actions(self) -> QActionGroup:
        group = QActionGroup(self)
        for number, (name, label, icon_name) in enumerate(PAGES):
            action = self._action(
                f"{name}Page",
                f"&{label}",
                f"Ctrl+{number + 1}",
                icon_name,
                group="View",
            )
            action.setData(number)
            group.addAction(action)
        return group

    def _theme_actions(self) -> QActionGroup:
        group = QActionGroup(self)
        for name, text, key in THEMES:
            action = self._action(f"{name}Theme", text, key, group="View")
            action.setCheckable(True)
            action.setData(name)
            group.addAction(action)
        return group

    def _build_menus(self) -> None:
        bar = self._window.menuBar()
        file = bar.addMenu("&File")
        file.addActions([self.new_project, self.open_project, self.open_team])
        file.addMenu(self.recent_menu)
        file.addAction(self.demo)
        file.addSeparator()
        file.addActions([self.add_links, self.export])
        file.addSeparator()
        file.addActions([self.backup, self.compact, self.check])
        file.addSeparator()
        file.addAction(self.quit)
        edit = bar.addMenu("&Edit")
        edit.addActions([self.undo, self.redo])
        edit.addSeparator()
        edit.addAction(self.settings)
        bar.addMenu(self.review_menu)
        view = bar.addMenu("&View")
        view.addActions(self.pages.actions())
        view.addSeparator()
        view.addMenu("&Theme").addActions(self.themes.actions())
        help_menu = bar.addMenu("&Help")
        help_menu.addActions([self.help, self.keys])
        help_menu.addSeparator()
        help_menu.addAction(self.about)
