"""Asks what is to become of the counterpart that an entity has, when it is to get another."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import theme
from app.labels import isolated, pair_text
from core.review.evidence import PairEvidence


class SecondCounterpart(QDialog):
    """Replace, keep both or cancel; each by its letter."""

    replaced = Signal()
    both_kept = Signal()

    def __init__(self, evidence: PairEvidence, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("secondCounterpart")
        self.setWindowTitle("A second counterpart")
        self.setMinimumWidth(440)
        taken = [conflict for conflict in evidence.conflicts if conflict.other_id is not None]
        title = QLabel(f"Accept {pair_text(evidence.left.label, evidence.right.label)}?", wordWrap=True)
        title.setFont(theme.font(bold=True))
        known = any(conflict.seed for conflict in taken)
        lines = [
            f"{isolated(conflict.label)} on the {conflict.side} has {isolated(conflict.other_label)}"
            f" as its counterpart{', known from the import' if conflict.seed else ''}."
            for conflict in taken
        ]
        if known:
            lines.append("Replacing rejects the known link: the next run does not learn from it.")
        text = QLabel("\n".join(lines), wordWrap=True)
        replace = self._button("&Replace", "R", "secondReplace", "Reject what it has, accept this pair")
        both = self._button("&Keep both", "K", "secondKeepBoth", "The entity has several counterparts")
        cancel = self._button("Cancel", "Esc", "secondCancel", "Decide nothing")
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
        self._keys = {"R": replace, "K": both}
        cancel.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        button = self._keys.get(event.text().upper())
        if button is not None:
            button.click()
        else:
            super().keyPressEvent(event)

    def _button(self, text: str, key: str, name: str, tip: str) -> QPushButton:
        return QPushButton(text, objectName=name, toolTip=f"{tip} ({key})")
