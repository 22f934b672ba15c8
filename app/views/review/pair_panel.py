"""The pair with all its evidence, the left entity at the left and the right one at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app import theme
from app.labels import isolated
from app.views import layouts
from app.views.review.attribute_table import LOWEST, AttributeTable
from app.views.review.conflict_notice import ConflictNotice
from app.views.review.disagreement_notice import DisagreementNotice
from app.views.review.history_list import HistoryList
from app.views.review.image_pane import ImagePane
from app.views.review.image_store import ImageStore
from app.views.review.neighbour_section import NeighbourSection
from app.views.review.other_candidates import OtherCandidates
from app.views.review.pair_header import PairHeader
from app.views.review.walk import WalkBar
from app.views.review.why_panel import WhyPanel
from core.review.evidence import OtherCandidate, PairEvidence

_WIDEST_OTHERS = 560
_USUAL = 700  # pixels: the height in which all evidence has room; what there is beyond is shared out
_LOWEST_IMAGE, _HIGHEST_IMAGE, _IMAGE_SHARE = 168, 520, 0.4
_ROWS_SHARE = 0.2
_LOWEST_GRAPH, _HIGHEST_GRAPH, _GRAPH_SHARE = 208, 600, 0.3


class PairPanel(QScrollArea):
    """Pictures, bars, attributes and neighbours share the height; what competes follows below."""

    pair_chosen = Signal(int, int)
    neighbour_activated = Signal(str, int, str)  # its side, its id and its label

    def __init__(self, images: ImageStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._shown: PairEvidence | None = None
        self._blind = False
        self.walk = WalkBar()
        self.header = PairHeader()
        self.conflicts = ConflictNotice()
        self.disagreement = DisagreementNotice()
        self.left_image, self.right_image = ImagePane(images), ImagePane(images)
        self.left_image.setObjectName("leftImage")
        self.right_image.setObjectName("rightImage")
        self.why = WhyPanel()
        self.attributes = AttributeTable()
        self._no_attributes = QLabel("Neither entity has attributes", alignment=Qt.AlignmentFlag.AlignCenter)
        self._no_attributes.setProperty("role", "secondary")
        self.neighbours = NeighbourSection()
        self.for_left, self.for_right = OtherCandidates(images), OtherCandidates(images)
        self.for_left.setObjectName("leftOthers")
        self.for_right.setObjectName("rightOthers")
        for others in (self.for_left, self.for_right):
            others.pair_chosen.connect(self.pair_chosen)
        self.neighbours.neighbour_activated.connect(self.neighbour_activated)
        self.neighbours.walk_requested.connect(self.pair_chosen)
        self.history = HistoryList()

        pictures = QHBoxLayout(spacing=theme.LARGE)
        pictures.addWidget(self.left_image, stretch=3)
        pictures.addWidget(self.why, stretch=4, alignment=Qt.AlignmentFlag.AlignVCenter)
        pictures.addWidget(self.right_image, stretch=3)
        aligned = QHBoxLayout()
        aligned.addWidget(self.attributes)
        competing = QHBoxLayout(spacing=theme.LARGE * 2)
        for others in (self.for_left, self.for_right):
            others.setMaximumWidth(_WIDEST_OTHERS)
        competing.addStretch()
        competing.addWidget(self.for_left, stretch=20)
        competing.addWidget(self.for_right, stretch=20)
        competing.addStretch()
        content = QWidget()
        content.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(theme.LARGE, theme.MEDIUM, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(self.walk)
        layout.addWidget(self.header)
        layout.addWidget(self.disagreement)
        layout.addWidget(self.conflicts)
        layout.addLayout(pictures)
        layout.addLayout(aligned)
        layout.addWidget(self._no_attributes)
        layout.addWidget(self.neighbours)
        layout.addWidget(_line())
        layout.addLayout(competing)
        layout.addWidget(self.history)
        layout.addStretch()
        self.setWidget(content)

    @property
    def shown(self) -> PairEvidence | None:
        """The evidence on the screen."""
        return self._shown

    @property
    def is_hidden(self) -> bool:
        """Whether what the model says of the pair is hidden from whoever judges it."""
        return self._blind and self._shown is not None and self._shown.verdict is None

    def set_blind(self, blind: bool) -> None:
        """Hide what the model says of pairs that have no verdict, or show it."""
        shown, self._blind, self._shown = self._shown, blind, None
        self.neighbours.set_blind(blind)
        if shown is not None:
            self.show_evidence(shown)

    def show_evidence(self, evidence: PairEvidence) -> None:
        """Show a pair; what stays the same is not touched, so nothing flickers."""
        if evidence == self._shown:
            return
        if self._shown is None or self._shown.key != evidence.key:
            self.verticalScrollBar().setValue(0)
        self._shown = evidence
        hidden = self.is_hidden
        self.header.show_evidence(evidence, hidden=hidden)
        self.disagreement.show_opinions(evidence.opinions)
        self.conflicts.show_conflicts(evidence.conflicts)
        self._share_height()
        self.left_image.show_entity(evidence.left)
        self.right_image.show_entity(evidence.right)
        self.why.show_evidence(evidence, hidden=hidden)
        self.attributes.show_attributes(evidence.attributes)
        self.attributes.setVisible(bool(evidence.attributes))
        self._no_attributes.setVisible(not evidence.attributes)
        self.neighbours.show_comparison(evidence.neighbours)
        self.for_left.show_others(
            f"Candidates of {isolated(evidence.left.label)}{_set_aside(evidence, evidence.for_left)}",
            evidence.for_left,
            evidence.key,
            hidden=self._blind,  # of a pair that has its verdict too: the others wait for theirs
        )
        self.for_right.show_others(
            f"{isolated(evidence.right.label)} is a candidate of{_set_aside(evidence, evidence.for_right)}",
            evidence.for_right,
            evidence.key,
            hidden=self._blind,
        )
        self.history.show_history(evidence.history, hidden=hidden)
        layouts.lay_out_now()

    def forget(self) -> None:
        """Another project: what is shown counts no more."""
        self._shown = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_height()

    def _share_height(self) -> None:
        """All the evidence is in sight at once where the window is not smaller than usual."""
        spare = max(0, self.viewport().height() - _USUAL)
        image = min(_HIGHEST_IMAGE, _LOWEST_IMAGE + int(spare * _IMAGE_SHARE))
        pictured = self._shown is None or self._shown.left.images or self._shown.right.images
        for pane in (self.left_image, self.right_image):
            pane.setFixedHeight(image if pictured else _LOWEST_IMAGE)
        self.why.set_height(image)
        self.attributes.set_height(LOWEST + int(spare * _ROWS_SHARE))
        self.neighbours.set_height(min(_HIGHEST_GRAPH, _LOWEST_GRAPH + int(spare * _GRAPH_SHARE)))


def _set_aside(evidence: PairEvidence, others: tuple[OtherCandidate, ...]) -> str:
    """How many of the pairs listed accepting this one would exclude, where that is still open."""
    if evidence.verdict is not None or evidence.seed:
        return ""
    waiting = sum(
        other.verdict is None and (other.left_id, other.right_id) != evidence.key for other in others
    )
    return f"  ·  accepting sets {waiting} aside" if waiting else ""


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("role", "line")
    return line
