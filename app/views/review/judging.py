"""From a key to a decision: a verdict on the pair that is shown, not before the last one is on disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from app.project import Project
from app.settings import Settings
from app.views.review.evidence_store import EvidenceStore
from app.views.review.list_tools import ListTools
from app.views.review.verdict_bar import VerdictBar
from core.review.evidence import PairEvidence
from core.review.journal import Decision, VerdictKind
from core.store.candidates import SETTLED


class Judging(QObject):
    """``shown`` tells the evidence on the screen, if it is that of the pair that was chosen."""

    def __init__(
        self,
        project: Project,
        evidence: EvidenceStore,
        bar: VerdictBar,
        tools: ListTools,
        shown: Callable[[], PairEvidence | None],
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self._project = project
        self._evidence = evidence
        self._bar = bar
        self._tools = tools
        self._shown = shown
        self._saving = False
        self._delayed: Callable[[], None] | None = None  # a verdict that waits for fresh evidence

    def judge(self, kind: VerdictKind, _checked: bool = False, *, note: str | None = None) -> None:
        """Write a verdict on the pair on the screen; not while the last one is being written."""
        evidence = self._shown()
        if evidence is None or self._saving or not self._project.is_open:
            return
        if note is None and self._tools.judges_many(kind):
            return
        if not self._evidence.is_current(evidence.key):
            # What the last verdict excludes is about to be known.
            self._delayed = partial(self.judge, kind, note=note)
            return
        self._saving = True
        left_id, right_id = evidence.key
        decision = Decision(
            left_id=left_id,
            right_id=None if kind == "no_counterpart" else right_id,
            kind=kind,
            score_shown=evidence.score,
            run_id=evidence.run_id,
            author=Settings().author,
            note=self._bar.note.text().strip() if note is None else note,
        )
        if kind == "accepted":
            self._tools.accepting.accept(evidence, decision, self.saved, self._failed)
        else:
            self._project.decide([decision], self._failed)

    @Slot(str)
    def settle(self, kind: VerdictKind) -> None:
        """Write a verdict that ends a disagreement; a note that was entered goes with it."""
        note = self._bar.note.text().strip()
        self.judge(kind, note=f"{SETTLED}: {note}" if note else SETTLED)

    @Slot()
    def saved(self) -> None:
        """The verdict is on disk, or nothing came of it."""
        self._saving = False

    def _failed(self, error: str) -> None:
        self.saved()
        self._project.tasks.failed.emit(error)

    def go_on(self) -> None:
        """The evidence on the screen is fresh: take the verdict that waited for it."""
        delayed, self._delayed = self._delayed, None
        if delayed is not None:
            delayed()

    def turn_away(self) -> None:
        """Another pair was chosen: a verdict that waited was not meant for it."""
        self._bar.note.clear()
        self._delayed = None
