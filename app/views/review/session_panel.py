"""How reviewing goes: decided today, pace, agreement with the model, precision of what is accepted."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app import theme
from app.project import Project
from app.settings import Settings
from app.views.empty_state import action_button
from core.review.progress import Left
from core.review.recheck import Precision
from core.review.session import PAUSE, SessionFacts, session_facts
from core.store.project_file import ProjectFile

_ROWS = (
    ("decided", "Today", "Verdicts that you gave since midnight, one by one and in bulk"),
    ("pace", "Pace", f"Verdicts an hour today; waits of more than {PAUSE:.0f} seconds are left out"),
    (
        "agreement",
        "Like the model",
        "Of your verdicts given one by one: the share that is what the model says, which is that the first "
        "candidate is the counterpart and no other one is",
    ),
    (
        "precision",
        "Accepted and right",
        "Estimated from accepted pairs, drawn at random, that were judged again without score and verdict in "
        "sight; in brackets the 95 % confidence interval",
    ),
    (
        "left",
        "When to stop",
        "A rough figure: correct pairs to expect among those undecided, from the probabilities of the run, "
        "corrected by what your verdicts say of them. Where many entities have no counterpart it is too "
        "high. Known links and accepted pairs are those that are decided",
    ),
)


class SessionPanel(QWidget):
    """Reads only while it can be seen. ``recheck`` starts judging accepted pairs again."""

    def __init__(self, project: Project, recheck: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sessionPanel")
        self._project = project
        self._values: dict[str, QLabel] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.MEDIUM, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.SMALL)
        for name, text, tip in _ROWS:
            title = QLabel(text)
            title.setProperty("role", "secondary")
            value = QLabel(objectName=f"{name}Fact", textFormat=Qt.TextFormat.PlainText)
            value.setFont(theme.font(tabular=True))
            value.setContentsMargins(0, 0, 0, theme.MEDIUM)
            for label in (title, value):
                label.setToolTip(tip)
                layout.addWidget(label)
            self._values[name] = value
        button = action_button(recheck)
        button.setObjectName("recheckButton")
        layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        layout.addStretch()
        for signal in (project.opened, project.closed, project.verdicts_changed, project.runs_changed):
            signal.connect(self.reload)
        self._show(None)

    @Slot()
    def reload(self) -> None:
        """Read the facts again, unless nobody sees them."""
        if not self._project.is_open:
            self._show(None)
        elif self.isVisible():
            file = self._project.file
            self._project.tasks.read(self, partial(_read, file, Settings().author), self._show, key="facts")

    def showEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().showEvent(event)
        self.reload()

    def _show(self, facts: SessionFacts | None) -> None:
        words = dict.fromkeys(self._values, "–") if facts is None else _words(facts)
        for name, text in words.items():
            self._values[name].setText(text)


def _words(facts: SessionFacts) -> dict[str, str]:
    bulk = f", {facts.in_bulk:,} in bulk" if facts.in_bulk else ""
    agreement = facts.agreement
    return {
        "decided": f"{facts.decided:,} decided{bulk}",
        "pace": "–" if facts.pace is None else f"{facts.pace:,.0f} an hour",
        "agreement": "–" if agreement is None else f"{agreement * 100:.0f} % of {facts.compared:,}",
        "precision": precision_in_words(facts.precision, "\n"),
        "left": _left_in_words(facts.left),
    }


def _left_in_words(left: Left | None) -> str:
    if left is None:
        return "no probabilities: train with\nsome seeds held out"
    low, high = left.range
    still = f"about {left.expected:,.0f} correct pairs left\n({low:,.0f} to {high:,.0f})"
    if left.share_settled is None:
        return still
    return f"about {left.share_settled * 100:.0f} % of the right pairs\nare decided,\n{still}"


def precision_in_words(precision: Precision, join: str = ", ") -> str:
    """The share that was confirmed, its interval, and how many were judged again."""
    if precision.share is None or precision.interval is None:
        return "none judged again yet"
    low, high = precision.interval
    judged = precision.confirmed + precision.refused
    unsure = f", {precision.unsure:,} unsure" if precision.unsure else ""
    share = f"{precision.share * 100:.0f} % ({low * 100:.0f} to {high * 100:.0f} %)"
    return f"{share}{join}{judged:,} judged again{unsure}"


def _read(file: ProjectFile, author: str) -> SessionFacts:
    morning = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    with file.read() as session:
        return session_facts(session, author, morning.astimezone(UTC).isoformat(timespec="microseconds"))
