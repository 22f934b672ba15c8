"""The two entities by name, and between them what the model says of the pair."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app import theme
from app.labels import plain_tip
from app.models.candidate_model import percent
from app.views.elided_label import ElidedLabel
from app.views.review.entity_lines import EntityLines
from core.review.consequences import Consequences
from core.review.evidence import PairEvidence, StoredVerdict


class PairHeader(QWidget):
    """Mirrored around the score."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stored: StoredVerdict | None = None
        self.left = EntityLines(Qt.AlignmentFlag.AlignLeft)
        self.right = EntityLines(Qt.AlignmentFlag.AlignRight)
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
        self._accepting = ElidedLabel()
        self._accepting.setObjectName("acceptingPreview")
        self._accepting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._accepting.setProperty("role", "secondary")
        self._accepting.setMinimumHeight(self._accepting.fontMetrics().height())  # nothing jumps
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
        layout.addWidget(self.left, 0, 0)
        layout.addLayout(middle, 0, 1)
        layout.addWidget(self.right, 0, 2)
        layout.addWidget(self._accepting, 1, 0, 1, 3)
        layout.setColumnStretch(0, 1)
        layout.setColumnStretch(2, 1)

    def show_evidence(self, evidence: PairEvidence, *, hidden: bool = False) -> None:
        """Show the names of a pair; what the model says of it only if that is not ``hidden``."""
        self.left.show_card(evidence.left, evidence.left_kind)
        self.right.show_card(evidence.right, evidence.right_kind)
        self._score.setText("–" if hidden or evidence.score is None else f"{evidence.score:.2f}")
        self._likely.setVisible(not hidden)
        if hidden:
            self._likely.clear()
        else:
            self._show_probability(evidence.probability)
        self._place.setText("score hidden until you decide" if hidden else _place(evidence))
        self._stored = evidence.verdict
        self._show_verdict()
        waits = evidence.verdict is None and not evidence.seed
        self._accepting.set_whole(_consequences(evidence.accepting) if waits and not hidden else "")

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
        by = f" by {stored.author}" if stored.author else ""
        self._verdict.setText(f"{style.glyph} {style.label}{by}")
        who = f"by {stored.author}, " if stored.author else ""
        note = f"\n{stored.note}" if stored.note else ""
        when = f"{stored.decided_at[:16].replace('T', ' ')} UTC"
        self._verdict.setToolTip(plain_tip(f"{style.label} {who}{when}{note}"))

    @property
    def labels(self) -> tuple[str, str]:
        """The labels shown."""
        return self.left.label, self.right.label


def _consequences(accepting: Consequences) -> str:
    """What accepting would change, before it is done."""
    parts = []
    if accepting.excluded:
        best = f" ({accepting.displaced:,} the best of another entity)" if accepting.displaced else ""
        pairs = "pair" if accepting.excluded == 1 else "pairs"
        parts.append(f"sets {accepting.excluded:,} {pairs} aside{best}")
    if accepting.confirmed:
        parts.append(f"speaks for the best candidate of {_neighbours(accepting.confirmed)}")
    if accepting.lifted:
        parts.append(f"lifts another candidate of {_neighbours(accepting.lifted)}")
    return f"Accepting {', '.join(parts)}" if parts else ""


def _neighbours(number: int) -> str:
    return f"{number:,} {'neighbour' if number == 1 else 'neighbours'}"


def _place(evidence: PairEvidence) -> str:
    if evidence.rank is None:
        return "not proposed by this run"
    parts = [f"#{evidence.rank} of {evidence.of}"]
    if evidence.mutual:
        parts.append("mutual")
    if evidence.seed:
        parts.append("known link")
    return ", ".join(parts)
