"""Says, above a pair, that several people have decided differently, and offers to settle it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app import theme
from app.views.review.notice import Notice
from core.review.disagreement import Opinion

_SETTLE = {
    "accepted": "Accept",
    "rejected": "Reject",
    "unsure": "Leave unsure",
    "no_counterpart": "No counterpart",
}
_SAID = {
    "accepted": "accepted this pair",
    "rejected": "rejected this pair",
    "unsure": "was unsure of this pair",
    "no_counterpart": "found no counterpart",
}


class DisagreementNotice(Notice):
    """One line for each person, and one button for each verdict that somebody holds."""

    settled = Signal(str)  # the verdict that ends it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("disagreementNotice", "mdi6.account-question-outline", parent)
        buttons = QHBoxLayout(spacing=theme.MEDIUM)
        self._settle = {kind: QPushButton(text, objectName=f"{kind}Settle") for kind, text in _SETTLE.items()}
        for kind, button in self._settle.items():
            # The keyboard stays with the list, whose letters judge.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setToolTip("Your verdict, in the knowledge of what the others hold")
            button.clicked.connect(partial(self._on_clicked, kind))
            buttons.addWidget(button)
        buttons.addStretch()
        buttons.setContentsMargins(0, 0, 0, theme.SMALL)
        self.words.addLayout(buttons)

    def show_opinions(self, opinions: tuple[Opinion, ...]) -> None:
        """Say who holds what; none hides it."""
        for kind, button in self._settle.items():
            button.setVisible(any(opinion.kind == kind for opinion in opinions))
        self.say(list(map(_sentence, opinions)))

    def allow_settling(self, allowed: bool) -> None:
        """Enable the buttons where a verdict can be written."""
        for button in self._settle.values():
            button.setEnabled(allowed)

    def _on_clicked(self, kind: str, _checked: bool = False) -> None:
        self.settled.emit(kind)


def _sentence(opinion: Opinion) -> str:
    when = QDateTime.fromString(opinion.decided_at, Qt.DateFormat.ISODateWithMs).toLocalTime()
    day = QLocale().toString(when, QLocale.FormatType.ShortFormat)
    note = f": {opinion.note}" if opinion.note else ""
    return f"{opinion.author or 'Somebody'} {_SAID[opinion.kind]} on {day}{note}"
