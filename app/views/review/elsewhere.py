"""Looks for a left entity's counterpart in the whole right graph, and accepts what is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.project import Project
from app.settings import Settings
from app.views.review.elsewhere_dialog import ElsewhereDialog
from app.views.review.image_store import ImageStore
from app.views.review.question_actions import QuestionActions
from core.review.elsewhere import Hit, search_right, similar_images
from core.review.evidence import PairEvidence
from core.store.project_file import ProjectFile


class Elsewhere(QObject):
    """The dialog, and the tasks that fill it."""

    found = Signal(int, int)  # left id, right id: to be accepted

    def __init__(self, project: Project, images: ImageStore, actions: QuestionActions, page: QWidget) -> None:
        super().__init__(page)
        self._project = project
        self._images = images
        self._actions = actions
        self._page = page

    def start(self, evidence: PairEvidence, graph: str) -> None:
        """Ask for the counterpart of the left entity of a pair in the right ``graph``."""
        file, left = self._project.file, evidence.left
        dialog = ElsewhereDialog(left.label, graph, self._images, self._actions.look_by, self._page)

        def by_words(words: str) -> None:
            def read() -> list[Hit]:
                with file.read() as session:
                    return search_right(session, words)

            self._look(dialog, read)

        def by_image() -> None:
            self._look(dialog, partial(_similar_images, file, evidence.run_id, left.id, Settings().blind))

        dialog.text_wanted.connect(by_words)
        dialog.image_wanted.connect(by_image)
        dialog.chosen.connect(lambda hit: self.found.emit(left.id, hit.card.id))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        dialog.search()

    def _look(self, dialog: ElsewhereDialog, read: Callable[[], list[Hit]]) -> None:
        self._project.tasks.read(dialog, read, dialog.show_hits, dialog.show_problem, key="hits")


def _similar_images(file: ProjectFile, run_id: int, left_id: int, hidden: bool) -> list[Hit]:
    """What is found by image; ``hidden``: without how similar the run finds it."""
    hits = similar_images(file, run_id, left_id)
    return [replace(hit, why="") for hit in hits] if hidden else hits
