"""The pairs that claim one entity, side by side; one of them is kept by its number."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.labels import isolated
from app.models.candidate_model import percent
from app.views.elided_label import ElidedLabel
from app.views.review.image_pane import ImagePane
from app.views.review.image_store import ImageStore
from app.views.review.key_button import answer_button
from app.views.review.question_actions import QuestionActions
from core.review.claims import Claim, Contest
from core.store.entities import AttributeRow, EntityCard

_CARD, _PICTURE = 236, 132
_STANDINGS = {"accepted": "Accepted", "known": "Known from the import", "proposed": "Proposed by the run"}


class ConflictDialog(QDialog):
    """The entity at the left, its claimants beside it."""

    chosen = Signal(object)  # (left id, right id), or None for none of them

    def __init__(
        self,
        contest: Contest,
        images: ImageStore,
        actions: QuestionActions,
        parent: QWidget | None = None,
        *,
        hidden: bool = False,
    ) -> None:
        super().__init__(parent)
        self._hidden = hidden  # what the model says of pairs without a verdict
        self.setObjectName("conflictDialog")
        self.setWindowTitle("Resolve a conflict")
        self._actions = actions
        title = ElidedLabel()
        title.setFont(theme.font("title"))
        title.set_whole(f"Which is the counterpart of {isolated(contest.card.label)}?")
        cards = QHBoxLayout(spacing=theme.MEDIUM)
        for number, claim in enumerate(contest.claims, start=1):
            cards.addWidget(self._claim(number, claim, images))
        cards.addStretch()
        strip = QWidget()
        strip.setLayout(cards)
        cards.setContentsMargins(0, 0, 0, 0)
        scroll = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        scroll.setWidget(strip)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout(spacing=theme.LARGE)
        row.addWidget(_card(contest.card, contest.attributes, images, "The entity"))
        line = QFrame()
        line.setProperty("role", "rule")
        row.addWidget(line)
        row.addWidget(scroll, stretch=1)
        none = answer_button(actions.keep_none)
        none.clicked.connect(partial(self._choose, None))
        cancel = QPushButton("Cancel", objectName="keepAll", toolTip="Leave all as it is (Esc)")
        cancel.clicked.connect(self.reject)
        hint = QLabel("A number keeps that pair and rejects the others, known links too, as one step.")
        hint.setProperty("role", "secondary")
        buttons = QHBoxLayout(spacing=theme.MEDIUM)
        buttons.addWidget(hint, stretch=1)
        buttons.addWidget(none)
        buttons.addWidget(cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(title)
        layout.addLayout(row, stretch=1)
        layout.addLayout(buttons)
        shown = min(len(contest.claims), 3)
        self.resize((shown + 1) * (_CARD + theme.MEDIUM) + 4 * theme.LARGE, 560)

    def _claim(self, number: int, claim: Claim, images: ImageStore) -> QWidget:
        told = _STANDINGS[claim.standing] + (f" by {claim.author}" if claim.author else "")
        hidden = self._hidden and claim.standing == "proposed"
        likely = "score hidden until you decide" if hidden else _likely(claim)
        card = _card(claim.card, claim.attributes, images, told, likely)
        if number <= len(self._actions.keep):
            keep = answer_button(self._actions.keep[number - 1], "Keep this")
        else:
            keep = QPushButton("Keep this", objectName=f"keep{number}Button", autoDefault=False)
        keep.clicked.connect(partial(self._choose, claim.pair))
        keep.setAccessibleName(f"Keep {isolated(claim.card.label)}")
        card.layout().addWidget(keep)
        return card

    def _choose(self, pair: tuple[int, int] | None, _checked: bool = False) -> None:
        self.chosen.emit(pair)
        self.accept()


def _likely(claim: Claim) -> str:
    if claim.score is None:
        return "not among the candidates of the run"
    likely = "" if claim.probability is None else f"{percent(claim.probability)} likely, "
    return f"{likely}score {claim.score:.2f}, number {claim.rank}"


def _card(card: EntityCard, attributes: tuple[AttributeRow, ...], images: ImageStore, *told: str) -> QWidget:
    widget = QWidget()
    widget.setFixedWidth(_CARD)
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(theme.SMALL)
    picture = ImagePane(images)
    picture.setFixedHeight(_PICTURE)
    picture.show_entity(card)
    layout.addWidget(picture)
    label = ElidedLabel()
    label.setFont(theme.font(bold=True))
    label.set_whole(card.label)
    layout.addWidget(label)
    for text in (card.uri, *told):
        line = ElidedLabel()
        line.setProperty("role", "secondary")
        line.set_whole(text)
        layout.addWidget(line)
    layout.addSpacing(theme.SMALL)
    for attribute in attributes:
        line = ElidedLabel()
        line.set_whole(f"{isolated(attribute.name)}: {isolated(attribute.value)}")
        layout.addWidget(line)
    layout.addStretch()
    return widget
