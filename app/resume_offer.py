"""Offers to go on with a run that was interrupted, when its project is opened again."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.project import Project
from app.project_opener import ProjectOpener
from app.training_worker import Training
from app.views.message_bar import MessageBar
from core.store.runs import INTERRUPTED, RunInfo


class ResumeOffer(QObject):
    """Asks in the message bar, where nobody has to answer. Only the newest run is worth the question."""

    resumed = Signal()  # the answer was yes

    def __init__(
        self, message: MessageBar, project: Project, training: Training, opener: ProjectOpener
    ) -> None:
        super().__init__(message)
        self._message = message
        self._project = project
        self._training = training
        opener.ready.connect(self._look)

    @Slot()
    def _look(self) -> None:
        if not self._project.is_open or self._project.read_only:
            return
        file = self._project.file

        def read() -> RunInfo | None:
            from core.store.run_files import resumable_runs
            from core.store.runs import list_runs

            with file.read() as session:
                newest = max((run.id for run in list_runs(session)), default=0)
            return next((run for run in resumable_runs(file) if run.id == newest), None)

        self._project.tasks.read(self, read, self._offer, key="resumable")

    def _offer(self, run: RunInfo | None) -> None:
        if run is None or not self._project.is_open or self._training.active:
            return
        self._message.show_question(
            f"Run {run.id} {_how_it_ended(run)}; it can go on from its last checkpoint.",
            "Resume",
            lambda: self._resume(run.id),
        )

    def _resume(self, run_id: int) -> None:
        if self._project.is_open and not self._training.active:
            self._message.hide()
            self._training.resume(run_id)
            self.resumed.emit()


def _how_it_ended(run: RunInfo) -> str:
    if run.error == INTERRUPTED:
        return "was interrupted"
    return "failed" if run.status == "failed" else "was stopped early"
