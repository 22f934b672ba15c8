"""Reads the neighbourhoods of the pair shown two steps wide, where that is asked for."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Slot

from app.keyed_action import KeyedAction
from app.project import Project
from app.views.review.neighbour_section import NeighbourSection
from core.review.evidence import PairEvidence
from core.review.neighbourhood import NeighbourComparison
from core.review.neighbours import compare_neighbours
from core.store.project_file import ProjectFile


class WiderView(QObject):
    """One step is part of every pair's evidence; two are read when the pair is there."""

    def __init__(self, project: Project, section: NeighbourSection, two_steps: KeyedAction) -> None:
        super().__init__(section)
        self._project = project
        self._section = section
        self._action = two_steps
        self._evidence: PairEvidence | None = None
        section.use(two_steps)
        two_steps.toggled.connect(self._on_toggled)

    def show_evidence(self, evidence: PairEvidence) -> None:
        """A pair is shown, with its direct neighbours."""
        self._evidence = evidence
        if self._action.isChecked():
            self._read(evidence)

    @Slot(bool)
    def _on_toggled(self, wide: bool) -> None:
        if self._evidence is None:
            return
        if wide:
            self._read(self._evidence)
        else:
            self._section.show_comparison(self._evidence.neighbours)

    def _read(self, evidence: PairEvidence) -> None:
        if self._project.is_open:
            work = partial(_wide, self._project.file, evidence)
            self._project.tasks.read(self, work, partial(self._show, evidence), key="wide")

    def _show(self, evidence: PairEvidence, comparison: NeighbourComparison) -> None:
        if evidence is self._evidence and self._action.isChecked():
            self._section.show_comparison(comparison)


def _wide(file: ProjectFile, evidence: PairEvidence) -> NeighbourComparison:
    with file.read() as session:
        return compare_neighbours(session, evidence.run_id, *evidence.key, hops=2)
