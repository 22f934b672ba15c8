"""The two entities by name, and between them what the model says of the pair."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app import theme
from app.models.candidate_model import percent
from app.views.elided_label import ElidedLabel
from core.review.evidence import PairEvidence, StoredVerdict
from core.store.entities import EntityCard


class PairHeader(QWidget):
    """Mirrored around the score."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stored: StoredVerdict | None = None
        self._left = _EntityLines(Qt.AlignmentFlag.AlignLeft)
        self._right = _EntityLines(Qt.AlignmentFlag.AlignRight)
        self._score = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._score.setFont(theme.font("title", tabular=True))
        self._likely = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._likely.setObjectName("pairProbability")
        self._place = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._place.setProperty("role", "secondary")
        self._verdict = QLabel(
            " ", alignment=Qt.AlignmentFlag.AlignCenter, textFormat=Qt.TextFormat.PlainText
        )
        self._verdict.setObjectName("pairVerdict")
        self._verdict.setFont(theme.font(bold=True))
        known = QHBoxLayout(spacing=theme.MEDIUM)
        known.addStretch()
        known.addWidget(self._likely)
        known.addWidget(self._place)
        known.addStretch()
        middle = QVBoxLayout(spacing=theme.SMALL)
        middle.addWidget(self._score)
        middle.addLayout(known)
        middle.addWidget(self._verdict)
        middle.addStretch()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(theme.LARGE)
        layout.addWidget(self._left, 0, 0)
        layout.addLayout(middle, 0, 1)
        layout.addWidget(self._right, 0, 2)
        layout.setColumnStretch(0, 1)
        layout.setColumnStretch(2, 1)

    def show_evidence(self, evidence: PairEvidence) -> None:
        """Show the names of a pair."""
        self._left.show_card(evidence.left)
        self._right.show_card(evidence.right)
        self._score.setText("–" if evidence.score is None else f"{evidence.score:.2f}")
        self._show_probability(evidence.probability)
        self._place.setText(_place(evidence))
        self._stored = evidence.verdict
        self._show_verdict()

    def _show_probability(self, probability: float | None) -> None:
        if probability is None:
            self._likely.setText("probability unknown")
            self._likely.setToolTip(
                "Known for pairs proposed by a run that held seeds out (validation_ratio)"
            )
        else:
            self._likely.setText(f"{percent(probability)} likely")
            self._likely.setToolTip("Of pairs with such a score, this share of the held-out seeds was right")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._show_verdict()

    def _show_verdict(self) -> None:
        """The line keeps its height without a verdict, so that nothing jumps when one is given."""
        stored = self._stored
        if stored is None:
            self._verdict.setText(" ")
            self._verdict.setToolTip("")
            return
        style = theme.VERDICT_STYLE[stored.kind]
        palette = self._verdict.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(style.color))
        self._verdict.setPalette(palette)
        self._verdict.setText(f"{style.glyph} {style.label}")
        who = f"by {stored.author}, " if stored.author else ""
        note = f"\n{stored.note}" if stored.note else ""
        self._verdict.setToolTip(f"{style.label} {who}{stored.decided_at[:16].replace('T', ' ')} UTC{note}")

    @property
    def labels(self) -> tuple[str, str]:
        """The labels shown."""
        return self._left.label, self._right.label


class _EntityLines(QWidget):
    def __init__(self, side: Qt.AlignmentFlag) -> None:
        super().__init__()
        self._label, self._uri, self._description = ElidedLabel(), ElidedLabel(), ElidedLabel()
        self._label.setFont(theme.font("title"))
        self._uri.setProperty("role", "secondary")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for line in (self._label, self._uri, self._description):
            line.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            layout.addWidget(line)
        layout.addStretch()

    @property
    def label(self) -> str:
        return self._label.whole

    def show_card(self, card: EntityCard) -> None:
        self._label.set_whole(card.label)
        self._uri.set_whole(card.uri)
        self._description.set_whole(card.description)


def _place(evidence: PairEvidence) -> str:
    if evidence.rank is None:
        return "not proposed by this run"
    parts = [f"#{evidence.rank} of {evidence.of}"]
    if evidence.mutual:
        parts.append("mutual")
    if evidence.seed:
        parts.append("known link")
    return ", ".join(parts)
