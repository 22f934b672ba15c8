"""Asks what is to become of the counterpart that an entity has, when it is to get another."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import theme
from app.labels import isolated, pair_text, plain_tip
from app.views.elided_label import ElidedLabel
from app.views.review.key_button import answer_button
from app.views.review.question_actions import QuestionActions
from core.review.evidence import Conflict, PairEvidence

_LONGEST = 40  # characters of a label within a line


class SecondCounterpart(QDialog):
    """Replace, keep both or cancel; each by its key."""

    replaced = Signal()
    both_kept = Signal()

    def __init__(
        self, evidence: PairEvidence, actions: QuestionActions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("secondCounterpart")
        self.setWindowTitle("A second counterpart")
        self.setMinimumWidth(440)
        taken = [conflict for conflict in evidence.conflicts if conflict.other_id is not None]
        title = ElidedLabel()
        title.setFont(theme.font(bold=True))
        title.set_whole(f"Accept {pair_text(evidence.left.label, evidence.right.label)}?")
        known = any(conflict.seed for conflict in taken)
        lines = [_line(conflict, _LONGEST) for conflict in taken]
        if known:
            lines.append("Replacing rejects the known link: the next run does not learn from it.")
        text = QLabel("\n".join(lines), wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        text.setToolTip(plain_tip("\n".join(map(_line, taken))))
        cancel = QPushButton("Cancel", objectName="secondCancel", toolTip="Decide nothing (Esc)")
        replace, both = answer_button(actions.replace), answer_button(actions.keep_both)
        replace.clicked.connect(self.replaced)
        both.clicked.connect(self.both_kept)
        for button in (replace, both):
            button.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        cancel.setDefault(True)
        buttons = QHBoxLayout(spacing=theme.MEDIUM)
        buttons.addStretch()
        for button in (replace, both, cancel):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(title)
        layout.addWidget(text)
        layout.addSpacing(theme.MEDIUM)
        layout.addLayout(buttons)
        cancel.setFocus()


def _line(conflict: Conflict, longest: int | None = None) -> str:
    """Which counterpart is in force; labels that are longer than ``longest`` characters are cut."""
    label, other = (
        isolated(each if longest is None or len(each) <= longest else f"{each[:longest]}…")
        for each in (conflict.label, conflict.other_label)
    )
    known = ", known from the import" if conflict.seed else ""
    return f"{label} on the {conflict.side} has {other} as its counterpart{known}."
