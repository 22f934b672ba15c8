"""Accepts a pair; where one of its entities has a counterpart already, only after asking."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.project import Project
from app.views.review.second_counterpart import SecondCounterpart
from core.review.claims import leave_all_but
from core.review.evidence import PairEvidence
from core.review.journal import Decision


class Accepting(QObject):
    """Hands decisions to the project: at once, or when the question is answered."""

    def __init__(self, project: Project, page: QWidget) -> None:
        super().__init__(page)
        self._project = project
        self._page = page

    def accept(self, evidence: PairEvidence, decision: Decision, cancelled: Callable[[], None]) -> None:
        """Write ``decision``, which accepts the pair that is shown."""
        if not any(conflict.other_id is not None for conflict in evidence.conflicts):
            self._project.decide([decision])
            return
        dialog = SecondCounterpart(evidence, self._page)
        dialog.replaced.connect(lambda: self._project.decide(leave_all_but(evidence, decision)))
        dialog.both_kept.connect(lambda: self._project.decide([decision]))
        dialog.rejected.connect(cancelled)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
