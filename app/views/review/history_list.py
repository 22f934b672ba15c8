"""Every verdict on the pair, also those that were taken back."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from PySide6.QtCore import QDateTime, QEvent, QLocale, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app import theme
from core.review.pair_history import PastVerdict


class HistoryList(QWidget):
    """A line a verdict, the newest first; hidden where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pairHistory")
        self.setAccessibleName("History of this pair")
        heading = QLabel("History of this pair")
        heading.setProperty("role", "secondary")
        # One label for all lines: there are as many as there are verdicts, which is few.
        self._lines = QLabel(textFormat=Qt.TextFormat.RichText, wordWrap=True)
        self._lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._history: tuple[PastVerdict, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addWidget(heading)
        layout.addWidget(self._lines)
        self.hide()

    @property
    def lines(self) -> list[str]:
        """What it says."""
        return list(map(_sentence, self._history))

    def show_history(self, history: tuple[PastVerdict, ...], *, hidden: bool = False) -> None:
        """Show the verdicts of a pair; ``hidden``: without the scores that were shown with them."""
        self._history = tuple(replace(past, score_shown=None) for past in history) if hidden else history
        self._write()
        self.setVisible(bool(history))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._write()

    def _write(self) -> None:
        self._lines.setText("".join(f"<p style='margin: 2px 0'>{_html(past)}</p>" for past in self._history))
        self._lines.setAccessibleName("\n".join(self.lines))


def _sentence(past: PastVerdict) -> str:
    style = theme.VERDICT_STYLE[past.kind]
    who = f" by {past.author}" if past.author else ""
    score = "" if past.score_shown is None else f", score {past.score_shown:.2f}"
    note = f": {past.note}" if past.note else ""
    undone = f" (taken back {_day(past.undone_at)})" if past.undone_at else ""
    return f"{style.glyph} {style.label}{who}, {_day(past.decided_at)}{score}{note}{undone}"


def _html(past: PastVerdict) -> str:
    line = escape(_sentence(past))
    color = theme.VERDICT_STYLE[past.kind].color
    return f"<s>{line}</s>" if past.undone_at else f"<span style='color: {color}'>{line[0]}</span>{line[1:]}"


def _day(stored: str) -> str:
    when = QDateTime.fromString(stored, Qt.DateFormat.ISODateWithMs).toLocalTime()
    return QLocale().toString(when, QLocale.FormatType.ShortFormat)
