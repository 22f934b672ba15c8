"""The panels around the pair: the list, the history of verdicts and the session, and their actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

from app.keyed_action import KeyedAction, page_action
from app.project import Project
from app.views.review.history_panel import HistoryPanel
from app.views.review.image_store import ImageStore
from app.views.review.recheck_dialog import RecheckDialog
from app.views.review.review_desk import ReviewDesk
from app.views.review.session_panel import SessionPanel


class ReviewPanels(QObject):
    """Opens and closes them; the keyboard goes to a panel that is opened, and back to the page."""

    pair_chosen = Signal(int, int)

    def __init__(
        self,
        project: Project,
        queue: QWidget,
        images: ImageStore,
        verdicts: dict[str, KeyedAction],
        page: QWidget,
        focus_list: Callable[[], None],
    ) -> None:
        super().__init__(page)
        self._focus_list = focus_list
        self._project = project
        self._images = images
        self._verdicts = verdicts
        self._page = page
        self.actions: list[QAction] = [QAction(page)]
        self.actions[0].setSeparator(True)
        self._add("list", "&List", "Ctrl+Shift+L", "Show or hide the list of pairs", self._toggle_list)
        self._add(
            "history", "&History", "Ctrl+H", "All verdicts; any of them can be revoked", self._toggle_history
        )
        self._add("session", "&Session", "Ctrl+T", "Today's pace, and how good it is", self._toggle_session)
        recheck = self._add(
            "recheck",
            "&Judge again…",
            "Ctrl+Shift+J",
            "Judge random accepted pairs again, blind: this estimates how many are right",
            self._recheck,
        )
        self._add(
            "resetLayout", "Reset l&ayout", "Ctrl+Alt+0", "Put every panel where it was at first", self._reset
        )
        self.history = HistoryPanel(project)
        self.session = SessionPanel(project, recheck)
        self.desk = ReviewDesk(
            {
                "list": ("List", queue),
                "history": ("History", self.history),
                "session": ("Session", self.session),
            }
        )
        self.history.pair_chosen.connect(self.pair_chosen)
        project.opened.connect(self._offer)
        project.closed.connect(self._offer)
        self._recheck_action = recheck
        self._offer()

    @property
    def have_focus(self) -> bool:
        """Whether the keyboard is in a panel other than the list."""
        focus = QApplication.focusWidget()
        return focus is not None and (self.history.isAncestorOf(focus) or self.session.isAncestorOf(focus))

    @property
    def list_closed(self) -> bool:
        """Whether there is no list that could have the keyboard."""
        return not self.desk.is_open("list")

    def _add(self, name: str, text: str, key: str, tip: str, work: Callable[[], None]) -> KeyedAction:
        action = page_action(self._page, name, text, [key], tip)
        action.triggered.connect(work)
        self.actions.append(action)
        return action

    @Slot()
    def _toggle_list(self) -> None:
        self.desk.toggle("list")
        self._focus_list()

    @Slot()
    def _toggle_history(self) -> None:
        if self.desk.toggle("history"):
            self.history.table.setFocus()
        else:
            self._focus_list()

    @Slot()
    def _toggle_session(self) -> None:
        self.desk.toggle("session")

    @Slot()
    def _reset(self) -> None:
        self.desk.reset()
        self._focus_list()

    @Slot()
    def _offer(self) -> None:
        self._recheck_action.setEnabled(self._project.is_open and not self._project.read_only)

    @Slot()
    def _recheck(self) -> None:
        dialog = RecheckDialog(self._project, self._images, self._verdicts, self._page.window())
        dialog.finished.connect(partial(self._on_rechecked, dialog))
        dialog.open()

    def _on_rechecked(self, dialog: RecheckDialog, _result: int) -> None:
        dialog.deleteLater()
        self.session.reload()
