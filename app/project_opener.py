"""The ways to a project: open a file, or make the demo's. What goes is in the way until it may be stopped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import platformdirs
from PySide6.QtCore import QObject, Signal, Slot

from app.import_job import import_work
from app.job import Job
from app.project import Project
from app.settings import Settings
from app.side_work import SideWork
from app.training_worker import Training
from core.store.places import Place, without_password


class ProjectOpener(QObject):
    """Opens projects in place of the current one, without ever waiting on the GUI thread for a run."""

    ready = Signal(bool)  # a project is open; whether it has candidates to review
    failed = Signal(str, str)
    blocked = Signal(object)  # core.store.places.Place: a run goes, which opening this would stop
    importing_changed = Signal(bool)
    opening = Signal(str)  # what, in words; ``ready`` or ``failed`` follows
    progress = Signal(object)  # core.store.import_report.ImportProgress

    def __init__(
        self,
        project: Project,
        workers: Sequence[Training | SideWork],
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._workers = workers
        self._settings = settings
        self._waiting: Place | None = None
        self._opening: Place | None = None
        self._job: Job | None = None
        project.opened.connect(self._on_opened)
        project.failed.connect(self._on_open_failed)
        for worker in workers:
            worker.ended.connect(self._on_work_ended)
            project.opened.connect(worker.stay)
            project.failed.connect(worker.stay)

    @property
    def importing(self) -> bool:
        """Whether the demo is being imported."""
        return self._job is not None

    def open(self, place: Place, *, stop: bool = False) -> None:
        """Open a project; ``ready`` or ``failed`` follows.

        Or ``blocked`` does, while a run goes that it may not ``stop``.
        """
        if isinstance(place, Path):
            place = place.expanduser().absolute()
        self._waiting = None
        going = [worker for worker in self._workers if worker.active]
        if not stop and not all(worker.stopping for worker in going):
            self.blocked.emit(place)
            return
        for worker in self._workers:
            worker.leave()  # those that are idle, too: nothing may begin while another project is on its way
        if going:
            self._waiting = place
            return
        self._opening = place
        self.opening.emit(f"Opening {place.name if isinstance(place, Path) else without_password(place)}")
        self._project.open(place)

    @Slot()
    def _on_opened(self) -> None:
        if self._opening is not None:
            self._settings.remember(self._opening)
        file = self._project.file

        def prepare() -> bool:
            from core.store.candidates import reviewable_run
            from core.store.run_files import close_interrupted_runs

            if not file.read_only:  # or the run goes on, in the other window
                close_interrupted_runs(file)
            with file.read() as session:
                return reviewable_run(session) is not None

        self._project.tasks.write(self, prepare, self.ready.emit)

    @Slot()
    def open_demo(self) -> None:
        """Open the demo; the first time it is imported into the user's data folder."""
        from core.demo import demo_dataset, demo_project_path

        path = demo_project_path(platformdirs.user_data_path("mimea-explorer", appauthor=False))
        if path.exists():
            self.open(path)
            return
        if self._job is not None:
            return
        self._job = Job(import_work(path, demo_dataset), self)
        self._job.reported.connect(self.progress)
        self._job.succeeded.connect(self._on_imported)
        self._job.failed.connect(self.failed)
        self._job.ended.connect(self._on_import_ended)
        self._job.start()
        self.importing_changed.emit(True)

    def stop(self) -> None:
        """Stop importing; nothing is left of it."""
        if self._job is not None:
            self._job.stop()

    @Slot(object)
    def _on_imported(self, path: Path) -> None:
        self._waiting = path

    @Slot()
    def _on_import_ended(self) -> None:
        stopped = self._job is not None and self._job.stopping
        self._job = None
        self.importing_changed.emit(False)
        imported, self._waiting = self._waiting, None
        if imported is not None and not stopped:
            self.open(imported)

    @Slot()
    def _on_work_ended(self) -> None:
        if self._waiting is not None:
            self.open(self._waiting, stop=True)  # of two that went, the other may take longer

    @Slot(str)
    def _on_open_failed(self, message: str) -> None:
        if isinstance(self._opening, Path):  # a server may be there again later
            self._settings.forget(self._opening)
        self.failed.emit(message, "")
