"""Offers to go on with a run that was interrupted, when its project is opened again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from app.project import Project
from app.project_opener import ProjectOpener
from app.training_worker import Training
from app.views.message_bar import MessageBar
from core.config import RunConfig
from core.store.runs import INTERRUPTED, RunInfo


@dataclass(frozen=True, slots=True)
class _Found:
    """The run that was interrupted, if one was, and those that never began."""

    run: RunInfo | None
    has_checkpoint: bool
    queued: list[RunInfo]


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

        def read() -> _Found:
            from core.store.run_files import checkpoint_path, resumable_runs
            from core.store.runs import list_runs

            with file.read() as session:
                runs = list_runs(session)
            queued = [run for run in reversed(runs) if run.status == "queued"]
            newest = next((run for run in runs if run.status != "queued"), None)
            if newest is None:
                return _Found(None, False, queued)
            resumable = any(run.id == newest.id for run in resumable_runs(file))
            lost = newest.error == INTERRUPTED and not checkpoint_path(file.sidecar, newest.id).exists()
            return _Found(newest if resumable or lost else None, resumable, queued)

        self._project.tasks.read(self, read, self._offer, key="resumable")

    def _offer(self, found: _Found) -> None:
        run, queued = found.run, found.queued
        if not (run or queued) or not self._project.is_open or self._training.active:
            return
        waiting = f"{len(queued)} run{'s wait' if len(queued) > 1 else ' waits'} in the queue."
        words, answer = [], "Start"
        if run is not None and found.has_checkpoint:
            words, answer = (
                [f"Run {run.id} {_how_it_ended(run)}; it can go on from its last checkpoint."],
                "Resume",
            )
        elif run is not None:
            words, answer = [f"Run {run.id} was interrupted before its first checkpoint."], "Start again"
        self._message.show_question(
            " ".join([*words, *([waiting] if queued else [])]), answer, partial(self._resume, found)
        )

    def _resume(self, found: _Found) -> None:
        run, queued = found.run, found.queued
        if not self._project.is_open or self._training.active:
            return
        self._message.hide()
        if run is not None and found.has_checkpoint:
            self._training.resume(run.id)
        elif run is not None:
            self._training.start(RunConfig.from_json(run.config_json), run.started_from)
        for each in queued:
            self._training.start_queued(each.id, RunConfig.from_json(each.config_json))
        self.resumed.emit()


def _how_it_ended(run: RunInfo) -> str:
    if run.error == INTERRUPTED:
        return "was interrupted"
    return "failed" if run.status == "failed" else "was stopped early"
