"""Accepts a pair; where one of its entities has a counterpart already, only after asking."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.project import Project
from app.views.review.question_actions import QuestionActions
from app.views.review.second_counterpart import SecondCounterpart
from core.review.claims import leave_all_but
from core.review.evidence import PairEvidence, pair_evidence
from core.review.journal import Decision


class Accepting(QObject):
    """Hands decisions to the project: at once, or when the question is answered."""

    def __init__(self, project: Project, actions: QuestionActions, page: QWidget) -> None:
        super().__init__(page)
        self._project = project
        self._actions = actions
        self._page = page

    def accept(
        self,
        evidence: PairEvidence,
        decision: Decision,
        cancelled: Callable[[], None],
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Write ``decision``, which accepts the pair that is shown."""
        if not any(conflict.other_id is not None for conflict in evidence.conflicts):
            self._project.decide([decision], failed)
            return
        dialog = SecondCounterpart(evidence, self._actions, self._page)
        dialog.replaced.connect(lambda: self._project.decide(leave_all_but(evidence, decision), failed))
        dialog.both_kept.connect(lambda: self._project.decide([decision], failed))
        dialog.rejected.connect(cancelled)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def accept_found(self, decision: Decision) -> None:
        """Write ``decision``, which accepts a pair that is not on the screen; its evidence is read first."""
        file = self._project.file
        left_id, right_id, run_id = decision.left_id, decision.right_id, decision.run_id

        def read() -> PairEvidence:
            with file.read() as session:
                return pair_evidence(session, run_id or 0, left_id, right_id or 0)

        self._project.tasks.read(self, read, lambda evidence: self.accept(evidence, decision, _nothing))


def _nothing() -> None:
    """A question that was cancelled leaves all as it is."""
