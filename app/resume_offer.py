"""Offers to go on with a run that was interrupted, when its project is opened again."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from app.project import Project
from app.project_opener import ProjectOpener
from app.training_worker import Training
from app.views.message_bar import MessageBar
from core.config import RunConfig
from core.store.runs import INTERRUPTED, RunInfo

Found = tuple[RunInfo | None, list[RunInfo]]  # one that was interrupted, and those that never began


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

        def read() -> Found:
            from core.store.run_files import resumable_runs
            from core.store.runs import list_runs

            with file.read() as session:
                runs = list_runs(session)
            queued = [run for run in reversed(runs) if run.status == "queued"]
            newest = max((run.id for run in runs if run.status != "queued"), default=0)
            return next((run for run in resumable_runs(file) if run.id == newest), None), queued

        self._project.tasks.read(self, read, self._offer, key="resumable")

    def _offer(self, found: Found) -> None:
        run, queued = found
        if not (run or queued) or not self._project.is_open or self._training.active:
            return
        waiting = f"{len(queued)} run{'s wait' if len(queued) > 1 else ' waits'} in the queue."
        words = (
            []
            if run is None
            else [f"Run {run.id} {_how_it_ended(run)}; it can go on from its last checkpoint."]
        )
        self._message.show_question(
            " ".join([*words, *([waiting] if queued else [])]),
            "Resume" if run else "Start",
            partial(self._resume, found),
        )

    def _resume(self, found: Found) -> None:
        run, queued = found
        if not self._project.is_open or self._training.active:
            return
        self._message.hide()
        if run is not None:
            self._training.resume(run.id)
        for each in queued:
            self._training.start_queued(each.id, RunConfig.from_json(each.config_json))
        self.resumed.emit()


def _how_it_ended(run: RunInfo) -> str:
    if run.error == INTERRUPTED:
        return "was interrupted"
    return "failed" if run.status == "failed" else "was stopped early"
