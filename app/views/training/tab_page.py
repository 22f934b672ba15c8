"""Tabs that say what is missing until there is something to show, and those that are about one run."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app import theme
from app.project import Project
from app.views.empty_state import EmptyState
from app.views.message_bar import MessageBar
from app.views.training.run_choice import RunChoice


class TabPage(QWidget):
    """Messages above, and below them the empty state or what a subclass gives to :meth:`set_content`."""

    def __init__(self, icon_name: str, title: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = MessageBar()
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyState(icon_name, title, words, []))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        layout.addWidget(self.message)
        layout.addWidget(self._stack)

    def set_content(self, content: QWidget) -> None:
        """Show this once there is something to show."""
        self._stack.addWidget(content)

    def show_content(self, there: bool) -> None:
        """Show the content, or what is missing."""
        self._stack.setCurrentIndex(int(there))


class OneRunTab(TabPage):
    """A tab about the run that ``choice`` names; runs are read while it can be seen only."""

    def __init__(
        self, project: Project, icon_name: str, title: str, words: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(icon_name, title, words, parent)
        self._project = project
        self.choice = RunChoice(project)
        self.choice.run_chosen.connect(self._on_run)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.choice.follow(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.choice.follow(False)

    @abstractmethod
    def read_run(self, run_id: int) -> None:
        """Forget the run that was shown and read this one; 0 is none."""

    @Slot(int)
    def _on_run(self, run_id: int) -> None:
        self.message.hide()  # it was about what was shown before
        self.show_content(bool(run_id))
        self.read_run(run_id)
