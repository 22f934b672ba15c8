"""Asks what is to become of the counterpart that an entity has, when it is to get another."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import theme
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
        title = QLabel(f"Accept {evidence.left.label} = {evidence.right.label}?", wordWrap=True)
        title.setFont(theme.font(bold=True))
        lines = [
            f"{conflict.label} on the {conflict.side} has {conflict.other_label} as its counterpart"
            f"{', known from the import' if conflict.seed else ''}."
            for conflict in taken
        ]
        text = QLabel("\n".join(lines), wordWrap=True)
        replace = self._button("&Replace", "R", "secondReplace", "Reject what was accepted, accept this pair")
        both = self._button("&Keep both", "K", "secondKeepBoth", "The entity has several counterparts")
        cancel = self._button("Cancel", "Esc", "secondCancel", "Decide nothing")
        known = all(conflict.seed for conflict in taken)
        replace.setEnabled(not known)
        if known:
            replace.setToolTip("A link known from the import can't be replaced here")
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
