"""What can be done from the menus and by key: every action of the window, made in one place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from app.icons import icon
from app.views.rail import PAGES
from core.store.places import Place


class Actions(QObject):
    """Makes the actions and the menu bar of ``window``; what they do is connected by the window."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        new = self._action
        self.new_project = new("newProjectAction", "&New project…", "Ctrl+N", "mdi6.plus")
        self.open_project = new("openProjectAction", "&Open…", "Ctrl+O", "mdi6.folder-open-outline")
        self.open_team = new("openTeamAction", "Open &team project…", "", "mdi6.server-network-outline")
        self.demo = new("demoAction", "Open the &demo", "Ctrl+D", "mdi6.earth")
        self.demo.setToolTip("Two graphs of countries, cities and currencies that come with the program")
        self.add_links = new("addLinksAction", "Add known &links…", "", "mdi6.link-plus")
        self.add_links.setToolTip("From N-Triples, Turtle, a table, SSSOM or Alignment RDF")
        self.export = new("exportAction", "&Export…", "Ctrl+E", "mdi6.tray-arrow-up")
        self.backup = new("backupAction", "&Backup project…", "", "mdi6.content-save-outline")
        self.compact = new("compactAction", "&Compact", "", "mdi6.arrow-collapse-vertical")
        self.compact.setToolTip("Give unused room in the project file back to the disk")
        self.check = new("checkAction", "Check &integrity", "", "mdi6.shield-check-outline")
        self.check.setToolTip("Look for damage in the project file")
        self.quit = new("quitAction", "&Quit", "Ctrl+Q", "mdi6.power")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.undo = new("undoAction", "&Undo", "Ctrl+Z", "mdi6.undo")
        self.redo = new("redoAction", "&Redo", "Ctrl+Shift+Z", "mdi6.redo")
        self.author = new("authorAction", "&Author name…", "", "mdi6.account-outline")
        self.help = new("helpAction", "&Help", "F1", "mdi6.help-circle-outline")
        self.keys = new("keysAction", "&Keys", "?", "mdi6.keyboard-outline")
        self.about = new("aboutAction", "&About MIMEA Explorer", "", "mdi6.information-outline")
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        self.pages = self._page_actions()
        self.themes = self._theme_actions()
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
            action = self.recent_menu.addAction(place.name if isinstance(place, Path) else place)
            action.setData(str(place))
            action.setToolTip(str(place))
        if not places:
            self.recent_menu.addAction("Nothing yet").setEnabled(False)

    def set_project_open(self, is_open: bool, *, is_shared: bool = False) -> None:
        """Enable what needs a project; a server looks after those that are shared."""
        for action in (self.add_links, self.export):
            action.setEnabled(is_open)
        for action in (self.backup, self.compact, self.check):
            action.setEnabled(is_open and not is_shared)
        if not is_open:
            self.undo.setEnabled(False)
            self.redo.setEnabled(False)

    def _action(self, name: str, text: str, shortcut: str, icon_name: str) -> QAction:
        action = QAction(icon(icon_name), text, self._window)
        action.setObjectName(name)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        self._window.addAction(action)
        return action

    def _page_actions(self) -> QActionGroup:
        group = QActionGroup(self)
        for number, (name, label, icon_name) in enumerate(PAGES):
            action = self._action(f"{name}PageAction", f"&{label}", f"Ctrl+{number + 1}", icon_name)
            action.setData(number)
            group.addAction(action)
        return group

    def _theme_actions(self) -> QActionGroup:
        group = QActionGroup(self)
        for name, text in (("system", "As the &system"), ("light", "&Light"), ("dark", "&Dark")):
            action = QAction(text, self._window, checkable=True)
            action.setObjectName(f"{name}ThemeAction")
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
        edit.addAction(self.author)
        bar.addMenu(self.review_menu)
        view = bar.addMenu("&View")
        view.addActions(self.pages.actions())
        view.addSeparator()
        view.addMenu("&Theme").addActions(self.themes.actions())
        help_menu = bar.addMenu("&Help")
        help_menu.addActions([self.help, self.keys])
        help_menu.addSeparator()
        help_menu.addAction(self.about)
