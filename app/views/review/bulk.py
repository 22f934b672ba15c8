"""Judges the selected pairs, or all that are listed, in one step that is shown before it is taken."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from app.models.candidate_model import CandidateModel
from app.project import Project
from app.settings import Settings
from app.views.review.bulk_dialog import BulkDialog
from core.review.bulk_plan import BulkKind, BulkPlan, Ids, carry_out, plan_bulk


class Bulk(QObject):
    """Plans in a task and writes in one; the page that it stands on is told by the project."""

    def __init__(self, project: Project, model: CandidateModel, page: QWidget) -> None:
        super().__init__(page)
        self._project = project
        self._model = model
        self._page = page

    def start(self, kind: BulkKind, ranges: list[tuple[int, int]] | None = None) -> None:
        """Ask about the rows of ``ranges`` (first and last), or about all."""
        queue = self._model.queue
        if queue is None or not self._project.is_open:
            return
        chosen = [(0, len(queue) - 1)] if ranges is None else ranges
        ids = np.concatenate(
            [np.empty(0, np.int64), *(queue.ids[first : last + 1] for first, last in chosen)]
        )
        dialog = BulkDialog(kind, self._page, hidden=Settings().blind)
        dialog.exclusive_changed.connect(lambda exclusive: self._plan(dialog, kind, ids, exclusive))
        dialog.confirmed.connect(self._write)
        dialog.finished.connect(dialog.deleteLater)
        self._plan(dialog, kind, ids, True)
        dialog.open()

    def _plan(self, dialog: BulkDialog, kind: BulkKind, ids: Ids, exclusive: bool) -> None:
        file, queue = self._project.file, self._model.queue
        if queue is None:
            return
        run_id = queue.wanted.run_id

        def read() -> BulkPlan:
            with file.read() as session:
                return plan_bulk(session, run_id, kind, ids, exclusive=exclusive)

        # Of the dialog: a plan that comes after it was closed is dropped.
        self._project.tasks.read(dialog, read, dialog.show_plan, key="plan")

    @Slot(object)
    def _write(self, plan: BulkPlan) -> None:
        author = Settings().author
        self._project.take_step(lambda file: carry_out(file, plan, author))
