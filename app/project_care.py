"""The File menu's care for the open project: known links, a copy, room given back, a look for damage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.project import Project
from app.settings import Settings
from app.views.add_links_dialog import VERDICTS, AddLinksDialog
from app.views.save_dialog import ask_for_target
from core.errors import ProjectError
from core.review.imported import VerdictReport, import_verdicts
from core.store import backup as care
from core.store.links import Role, import_links
from core.store.project_file import SUFFIX


class ProjectCare(QObject):
    """Runs each in turn with the other writes, and says in a sentence what came of it."""

    done = Signal(str)
    failed = Signal(str)

    def __init__(self, project: Project, window: QWidget) -> None:
        super().__init__(window)
        self._project = project
        self._window = window

    @Slot()
    def add_links(self) -> None:
        """Ask which file of known links and what for, and add them."""
        if self._project.read_only:
            self.failed.emit(self._project.read_only)
            return
        dialog = AddLinksDialog(self._project.file, self._window)
        dialog.chosen.connect(self._on_links_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(object, str)
    def _on_links_chosen(self, path: Path, use: str) -> None:
        file = self._project.file
        if use == VERDICTS:
            author = Settings().author
            self._project.tasks.write(
                self,
                lambda: import_verdicts(file, path, author),
                self._on_verdicts,
                self.failed.emit,
            )
            return
        role: Role = "seeds" if use == "seeds" else "reference"
        self._start(
            lambda: "; ".join(line.strip() for line in import_links(file, path, role).lines()),
            self._on_links_added,
        )

    @Slot()
    def back_up(self) -> None:
        """Ask where to, and copy the project there; the dialog asks before a file is replaced."""
        path = self._project.file.path
        start = path.with_name(f"{path.stem}.backup{SUFFIX}")
        target = ask_for_target(self._window, "Backup project", str(start), {SUFFIX: f"Projects (*{SUFFIX})"})
        if target is not None:
            self._start(lambda: f"The project was copied to {care.backup(path, target, replace=True)}")

    @Slot()
    def compact(self) -> None:
        """Shrink the project file."""
        if self._project.read_only:
            self.failed.emit(self._project.read_only)
            return
        path = self._project.file.path

        def work() -> str:
            before, after = care.compact(path)
            return f"The project file had {before / 1e6:,.1f} MB and has {after / 1e6:,.1f} MB now"

        self._start(work)

    @Slot()
    def check(self) -> None:
        """Look for damage."""
        path = self._project.file.path

        def work() -> str:
            problems = care.problems(path)
            if problems:
                raise ProjectError(f"The project is damaged, go back to a backup: {'; '.join(problems)}")
            return "The project file is sound"

        self._start(work)

    def _on_verdicts(self, report: VerdictReport) -> None:
        if report.step is not None:
            self._project.verdicts_changed.emit(report.step, "decided")
        self.done.emit("; ".join(line.strip() for line in report.lines()))

    def _on_links_added(self, told: str) -> None:
        self._project.graphs_changed.emit()
        self.done.emit(told)

    def _start(self, work: Callable[[], str], done: Callable[[str], None] | None = None) -> None:
        self._project.tasks.write(self, work, done or self.done.emit, self.failed.emit)
