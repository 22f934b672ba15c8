"""Keeps the numbers of the queues true, a moment after each verdict."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from app.project import Project
from app.settings import Settings
from app.views.review.queue_panel import QueuePanel
from core.store.candidates import reviewable_run
from core.store.queues import QueueName, queue_counts

_QUIET = 400  # milliseconds after a verdict: the next pair comes first


class QueueCounts(QObject):
    """Counts one time at a time, in a task; what changes meanwhile is counted afterwards."""

    def __init__(self, project: Project, panel: QueuePanel) -> None:
        super().__init__(panel)
        self._project = project
        self._panel = panel
        self._counting = False
        self._timer = QTimer(self, singleShot=True, interval=_QUIET)
        self._timer.timeout.connect(self._count)
        for signal in (
            project.opened,
            project.verdicts_changed,
            project.runs_changed,
            project.graphs_changed,
        ):
            signal.connect(self._changed)

    @property
    def waiting(self) -> bool:
        """Whether it has yet to count."""
        return self._timer.isActive()

    @Slot()
    def _changed(self) -> None:
        if not self._timer.isActive():  # or a quick hand would put it off for good
            self._timer.start()

    @Slot()
    def _count(self) -> None:
        if not self._project.is_open:
            return
        if self._counting:
            self._timer.start()
            return
        self._counting = True
        file, author = self._project.file, Settings().author

        def read() -> dict[QueueName, int]:
            with file.read() as session:
                run_id = reviewable_run(session)
                return {} if run_id is None else queue_counts(session, run_id, author)

        self._project.tasks.read(self, read, self._show, self._give_up, later=True)

    def _show(self, counts: dict[QueueName, int]) -> None:
        self._counting = False
        self._panel.show_counts(counts)

    def _give_up(self, error: str) -> None:
        self._counting = False
        self._project.tasks.failed.emit(error)
