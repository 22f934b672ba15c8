"""The table of candidates: rows of one height, letters that judge."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.models.candidate_model import LEFT, RIGHT, SCORE, VERDICT, CandidateModel
from app.views.review.paged_table import PagedTable

_ROW = 28


class CandidateTable(PagedTable):
    """Several rows can be selected, to judge them in one go; the current one is the pair that is shown."""

    def __init__(self, model: CandidateModel) -> None:
        super().__init__(model, _ROW, (LEFT, RIGHT), {SCORE: 64, VERDICT: 32})
        self.setObjectName("candidateTable")
        self.setAccessibleName("Candidates")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.horizontalHeader().setSectionsClickable(True)

    @property
    def selected(self) -> list[tuple[int, int]]:
        """The selected rows as (first, last); a million of them are one such range."""
        return [(part.top(), part.bottom()) for part in self.selectionModel().selection()]
