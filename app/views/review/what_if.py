"""Answers what a pair's rank would be without a part of its score, off the GUI thread."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.project import Project
from app.views.review.why_panel import WhyPanel
from core.modality import Parts
from core.review.evidence import PairEvidence
from core.store.project_file import ProjectFile

if TYPE_CHECKING:  # torch comes with it, which takes seconds
    from core.review.what_if import WhatIf, WhatIfAnswer


class WhatIfController(QObject):
    """Keeps the embeddings of the run that was asked last."""

    def __init__(self, project: Project, panel: WhyPanel) -> None:
        super().__init__(panel)
        self._project = project
        self._panel = panel
        self._evidence: PairEvidence | None = None
        self._run: tuple[int, WhatIf] | None = None
        panel.left_out_changed.connect(self._ask)
        project.closed.connect(self.forget)
        project.runs_changed.connect(self.forget)

    def show_evidence(self, evidence: PairEvidence) -> None:
        """Answer for another pair from now on."""
        self._evidence = evidence

    @Slot()
    def forget(self) -> None:
        """Another project, or the run was made again."""
        self._run = None

    @Slot(object)
    def _ask(self, left_out: Parts) -> None:
        evidence = self._evidence
        if not left_out or evidence is None or not self._project.is_open:
            return
        held = self._run[1] if self._run and self._run[0] == evidence.run_id else None
        work = partial(_ask, self._project.file, evidence.run_id, held, evidence.key, left_out)
        self._project.tasks.read(
            self, work, partial(self._answer, evidence.run_id), self._panel.show_problem, key="what if"
        )

    def _answer(self, run_id: int, found: tuple[WhatIf, WhatIfAnswer]) -> None:
        self._run = run_id, found[0]
        answer = found[1]
        evidence = self._evidence
        if evidence is not None and (answer.pair, answer.without) == (
            evidence.key,
            self._panel.bars.left_out,
        ):
            self._panel.show_answer(answer)


def _ask(
    file: ProjectFile, run_id: int, held: WhatIf | None, pair: tuple[int, int], left_out: Parts
) -> tuple[WhatIf, WhatIfAnswer]:
    from core.training.devices import preload

    preload()
    from core.review.what_if import WhatIf

    what_if = held or WhatIf.of_run(file.sidecar, run_id)
    return what_if, what_if.ask(pair, left_out)
