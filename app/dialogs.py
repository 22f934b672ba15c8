"""The window's dialogs that bring data in: each open once, and none left at work when the window closes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.project import Project
from app.settings import Settings
from app.training_worker import Training
from app.views.new_project_dialog import NewProjectDialog
from app.views.replace_dialog import ReplaceDialog
from app.views.team_dialog import TeamDialog, remembered


class Dialogs(QObject):
    """Opens them over ``window``, and says what came of them."""

    project_chosen = Signal(object)  # core.store.places.Place
    refused = Signal(str)  # why one can't be opened now
    done = Signal(str)  # what one has done, in a sentence
    ended = Signal()  # one was closed

    def __init__(self, project: Project, training: Training, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._project = project
        self._training = training
        self._settings = settings
        self._window = window
        self._new: NewProjectDialog | None = None
        self._replace: ReplaceDialog | None = None

    @property
    def busy(self) -> bool:
        """Whether one imports."""
        return bool((self._new and self._new.importing) or (self._replace and self._replace.working))

    def stop(self) -> None:
        """Have what imports stop; ``ended`` follows."""
        for dialog in (self._new, self._replace):
            if dialog is not None:
                dialog.reject()

    def new_project(self, paths: list[Path]) -> None:
        """Ask what to import."""
        if self._new is None:
            self._new = NewProjectDialog(self._window)
            self._new.imported.connect(self.project_chosen)
            self._new.finished.connect(self._on_new_finished)
        self._new.set_paths(paths)
        self._new.open()

    @Slot()
    def open_team(self) -> None:
        """Ask for a server's address."""
        dialog = TeamDialog(remembered(self._settings.recent), self._window)
        dialog.chosen.connect(self.project_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str, str)
    def replace(self, side: str, name: str) -> None:
        """Ask for the new version of a graph."""
        if self._project.read_only or self._training.active:
            self.refused.emit(self._project.read_only or "A run is going on these graphs; stop it first.")
            return
        self._replace = ReplaceDialog(
            self._project.file, "left" if side == "left" else "right", name, self._window
        )
        self._replace.replaced.connect(self._on_replaced)
        self._replace.finished.connect(self._on_replace_finished)
        self._replace.open()

    @Slot(object)
    def _on_replaced(self, plan) -> None:  # type: ignore[no-untyped-def]
        self._project.graphs_changed.emit()
        kept = f"{plan.kept:,} entities stayed, {plan.gone:,} went, {plan.new:,} are new"
        self.done.emit(f"The {plan.side} graph was replaced: {kept}. A copy of the project is beside it.")

    @Slot()
    def _on_new_finished(self) -> None:
        self._new = None
        self.ended.emit()

    @Slot()
    def _on_replace_finished(self) -> None:
        if self._replace is not None:
            self._replace.deleteLater()
        self._replace = None
        self.ended.emit()
