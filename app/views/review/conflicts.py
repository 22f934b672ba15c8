"""Opens the conflict that the pair on the screen is part of, and writes what is chosen there."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.project import Project
from app.settings import Settings
from app.views.review.conflict_dialog import ConflictDialog
from app.views.review.image_store import ImageStore
from app.views.review.question_actions import QuestionActions
from core.review.claims import Contest, contest_of, leave_one


class Conflicts(QObject):
    """One conflict at a time."""

    nothing = Signal(str)  # there is none, in words

    def __init__(self, project: Project, images: ImageStore, actions: QuestionActions, page: QWidget) -> None:
        super().__init__(page)
        self._project = project
        self._images = images
        self._actions = actions
        self._page = page

    def resolve(self, run_id: int, pair: tuple[int, int]) -> None:
        """Show what claims the entities of ``pair``."""
        file = self._project.file

        def read() -> Contest | None:
            with file.read() as session:
                return contest_of(session, run_id, *pair)

        self._project.tasks.read(self, read, self._show, key="contest")

    def _show(self, contest: Contest | None) -> None:
        if contest is None:
            self.nothing.emit("nothing else claims these two")
            return
        dialog = ConflictDialog(contest, self._images, self._actions, self._page, hidden=Settings().blind)
        dialog.chosen.connect(partial(self._write, contest))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _write(self, contest: Contest, kept: tuple[int, int] | None) -> None:
        decisions = leave_one(contest, kept, Settings().author)
        if decisions:
            self._project.decide(decisions)
