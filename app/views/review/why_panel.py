"""Why the pair was proposed: the bars, and what its rank would be without some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QStackedLayout, QVBoxLayout, QWidget

from app import theme
from app.views.elided_label import ElidedLabel
from app.views.review.part_words import name_of
from app.views.review.weight_bars import WeightBars
from core.modality import Parts
from core.review.evidence import PairEvidence

if TYPE_CHECKING:  # torch comes with it, which takes seconds
    from core.review.what_if import WhatIfAnswer

_LINE = 20
_HINT = "Untick a part to see the rank without it"


class WhyPanel(QWidget):
    """Hides its numbers from somebody who judges blind."""

    left_out_changed = Signal(object)  # Parts

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaximumWidth(420)
        self.bars = WeightBars()
        self._answer = ElidedLabel()
        self._answer.setObjectName("whatIfLine")
        self._answer.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._answer.setFixedHeight(_LINE)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch()
        column.addWidget(self.bars)
        column.addWidget(self._answer)
        column.addStretch()
        self._shown = shown
        self._blind = QLabel(
            "Hidden until you decide", alignment=Qt.AlignmentFlag.AlignCenter, objectName="blindNotice"
        )
        self._blind.setProperty("role", "secondary")
        self._pages = QStackedLayout(self)
        self._pages.addWidget(shown)
        self._pages.addWidget(self._blind)
        self.bars.left_out_changed.connect(self._on_left_out)
        self.show_answer(None)

    def set_height(self, height: int) -> None:
        """Make do with ``height`` pixels, as far as that goes."""
        self.bars.set_height(height - _LINE)

    def show_evidence(self, evidence: PairEvidence, *, hidden: bool) -> None:
        """Show the numbers of a pair, or that they are hidden."""
        self.bars.show_evidence(None if hidden else evidence)
        if not self.bars.left_out:
            self.show_answer(None)
        self._pages.setCurrentWidget(self._blind if hidden else self._shown)

    @Slot(object)
    def show_answer(self, answer: WhatIfAnswer | None) -> None:
        """What becomes of the rank; None for nothing asked."""
        self._answer.setProperty("role", "secondary" if answer is None else "")
        self._answer.setFont(theme.font("small" if answer is None else "body", bold=answer is not None))
        if answer is None:
            self._answer.set_whole(_HINT)
            return
        without = " and ".join(sorted(map(name_of, answer.without)))
        before, after = answer.before, answer.after
        self._answer.set_whole(
            f"without: #{before.rank:,} → #{after.rank:,}, {before.score:.2f} → {after.score:.2f}"
        )
        self._answer.setToolTip(
            f"<p>Without {without} the right entity is number {after.rank:,} of {answer.of:,} for the left "
            f"one (with all parts number {before.rank:,}), and the left one number {after.rank_back:,} of "
            f"{answer.of_back:,} for the right one (number {before.rank_back:,}). "
            f"The score is {after.score:.4f} ({before.score:.4f}).</p>"
        )

    @Slot(str)
    def show_problem(self, problem: str) -> None:
        """Why there is no answer."""
        self._answer.set_whole(problem)

    def _on_left_out(self, left_out: Parts) -> None:
        if not left_out:
            self.show_answer(None)
        self.left_out_changed.emit(left_out)
