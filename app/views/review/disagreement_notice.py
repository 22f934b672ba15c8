"""Says, above a pair, that several people have decided differently, and offers to settle it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QDateTime, QEvent, QLocale, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import theme
from app.icons import icon
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


class DisagreementNotice(QFrame):
    """One line for each person, and one button for each verdict that somebody holds."""

    settled = Signal(str)  # the verdict that ends it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("disagreementNotice")
        self._icon = QLabel()
        self._text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText, objectName="disagreementText")
        self._buttons = QHBoxLayout(spacing=theme.MEDIUM)
        words = QVBoxLayout(spacing=theme.MEDIUM)
        words.addWidget(self._text)
        words.addLayout(self._buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, stretch=1)
        self._settle = {kind: QPushButton(text, objectName=f"{kind}Settle") for kind, text in _SETTLE.items()}
        for kind, button in self._settle.items():
            # The keyboard stays with the list, whose letters judge.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setToolTip("Your verdict, in the knowledge of what the others hold")
            button.clicked.connect(partial(self._on_clicked, kind))
            self._buttons.addWidget(button)
        self._buttons.addStretch()
        self._dress()
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while hidden."""
        return "" if self.isHidden() else self._text.text()

    def show_opinions(self, opinions: tuple[Opinion, ...]) -> None:
        """Say who holds what; none hides it."""
        self._text.setText("\n".join(map(_sentence, opinions)))
        for kind, button in self._settle.items():
            button.setVisible(any(opinion.kind == kind for opinion in opinions))
        self.setVisible(bool(opinions))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._dress()

    def _on_clicked(self, kind: str, _checked: bool = False) -> None:
        self.settled.emit(kind)

    def _dress(self) -> None:
        color = theme.VERDICT_STYLE["unsure"].color
        sheet = f"QFrame#disagreementNotice {{ border: 1px solid {color}; border-radius: {theme.RADIUS}px; }}"
        if sheet != self.styleSheet():  # setting it changes the palette, which asks for dressing again
            self.setStyleSheet(sheet)
        self._icon.setPixmap(icon("mdi6.account-question-outline", color).pixmap(18, 18))


def _sentence(opinion: Opinion) -> str:
    when = QDateTime.fromString(opinion.decided_at, Qt.DateFormat.ISODateWithMs).toLocalTime()
    day = QLocale().toString(when, QLocale.FormatType.ShortFormat)
    note = f": {opinion.note}" if opinion.note else ""
    return f"{opinion.author or 'Somebody'} {_SAID[opinion.kind]} on {day}{note}"
