"""Which run a tab is about: those that have results, the newest first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from app.project import Project
from app.views.training.run_words import run_title
from core.store.runs import RunInfo, list_runs


class RunChoice(QComboBox):
    """Follows the project; ``run_chosen`` comes with the id of a run, or 0 where there is none."""

    run_chosen = Signal(int)

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self.setObjectName("runChoice")
        self.setAccessibleName("Run")
        self.setToolTip("The run that is shown")
        self.setMinimumContentsLength(28)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._stale, self._shown = True, False
        self.activated.connect(self._on_activated)
        project.opened.connect(self._on_changed)
        project.runs_changed.connect(self._on_changed)
        project.closed.connect(self._on_closed)

    @property
    def run_id(self) -> int:
        """The run that is chosen; 0 for none."""
        return int(self.currentData() or 0)

    def follow(self, shown: bool) -> None:
        """Whether the tab can be seen: only then are runs read; ``run_chosen`` follows."""
        self._shown = shown
        if shown and self._stale:
            self._load()

    @Slot()
    def _on_changed(self) -> None:
        self._stale = True
        self.follow(self._shown)

    def _load(self) -> None:
        if not self._project.is_open:
            return
        self._stale = False
        file = self._project.file

        def read() -> Sequence[RunInfo]:
            with file.read() as session:
                return [run for run in list_runs(session) if run.best_epoch is not None]

        self._project.tasks.read(self, read, self._show, key="runs")

    def _show(self, runs: Sequence[RunInfo]) -> None:
        newest_was_shown = self.currentIndex() <= 0
        before = self.run_id
        self.clear()
        for run in runs:
            self.addItem(run_title(run), run.id)
        if not newest_was_shown and (row := self.findData(before)) >= 0:
            self.setCurrentIndex(row)
        self.setVisible(bool(runs))
        self.run_chosen.emit(self.run_id)

    @Slot()
    def _on_activated(self) -> None:
        self.run_chosen.emit(self.run_id)

    @Slot()
    def _on_closed(self) -> None:
        self._stale = True
        self.clear()
        self.run_chosen.emit(0)
