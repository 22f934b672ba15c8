"""Judges some accepted pairs again, without score, bars and old verdict in sight."""

from __future__ import annotations

import random
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app import theme
from app.keyed_action import NATIVE, KeyedAction
from app.labels import pair_text
from app.project import Project
from app.settings import Settings
from app.views import layouts
from app.views.elided_label import ElidedLabel
from app.views.empty_state import action_button
from app.views.review.attribute_table import AttributeTable
from app.views.review.evidence_store import EvidenceStore
from app.views.review.image_pane import ImagePane
from app.views.review.image_store import ImageStore
from app.views.review.neighbour_section import NeighbourSection
from app.views.review.session_panel import precision_in_words
from core.review.evidence import PairEvidence
from core.review.recheck import (
    Answer,
    Precision,
    RecheckPair,
    accepted_precision,
    recheck_sample,
    record_recheck,
)
from core.store.candidates import reviewable_run
from core.store.entities import EntityCard
from core.store.project_file import ProjectFile

SIZE = 20  # pairs in a round
_ANSWERS: tuple[Answer, ...] = ("accepted", "rejected", "unsure")
_IMAGE, _ROWS, _GRAPH = 200, 150, 240
_NOTHING = (
    "Nothing to judge again: each accepted pair comes up here once, and none was accepted since. "
    "Accept pairs in the list of the Review page, then come back."
)


class RecheckDialog(QDialog):
    """The same keys as on the page answer; each answer is on disk before the next pair is shown."""

    def __init__(
        self,
        project: Project,
        images: ImageStore,
        verdicts: dict[str, KeyedAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("recheckDialog")
        self.setWindowTitle("Judge accepted pairs again")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        layouts.resize_within(self, 940, 880)
        self._project = project
        self._file = project.file
        self._waiting: list[RecheckPair] = []
        self._of = 0
        self._shown: PairEvidence | None = None
        self._refused: list[str] = []
        self._evidence = EvidenceStore(project.tasks, self)
        self._evidence.loaded.connect(self._on_evidence)
        self._evidence.failed.connect(self._on_failed)
        self._told = QLabel("Reading …", objectName="recheckTold", wordWrap=True)
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        self._left = _Side(images, Qt.AlignmentFlag.AlignLeft)
        self._right = _Side(images, Qt.AlignmentFlag.AlignRight)
        self._attributes = AttributeTable()
        self._attributes.set_height(_ROWS)
        self._neighbours = NeighbourSection()
        self._neighbours.set_blind(True)
        self._neighbours.set_height(_GRAPH)
        self._pair = QWidget()
        self._actions = {kind: self._answer(kind, verdicts[kind]) for kind in _ANSWERS}
        self._arrange()
        self._offer()
        project.tasks.read(self, partial(_sample, self._file), self._begin)

    @property
    def shown(self) -> tuple[int, int] | None:
        """The pair that waits for an answer."""
        return None if self._shown is None else self._shown.key

    def _answer(self, kind: Answer, verdict: KeyedAction) -> QAction:
        key = verdict.shortcut().toString(NATIVE)
        action = QAction(f"{verdict.words} · {key}" if key else verdict.words, self)
        action.setObjectName(f"{kind}Recheck")
        action.setShortcuts(verdict.shortcuts())
        action.setToolTip(verdict.toolTip())
        action.setIcon(verdict.icon())
        action.setAutoRepeat(False)
        action.triggered.connect(partial(self._record, kind))
        self.addAction(action)
        return action

    def _arrange(self) -> None:
        entities = QHBoxLayout(spacing=theme.LARGE)
        entities.addWidget(self._left, 1)
        entities.addWidget(self._right, 1)
        pair = QVBoxLayout(self._pair)
        pair.setContentsMargins(theme.LARGE, theme.MEDIUM, theme.LARGE, theme.MEDIUM)
        pair.setSpacing(theme.MEDIUM)
        pair.addLayout(entities)
        pair.addWidget(self._attributes)
        pair.addWidget(self._neighbours)
        pair.addStretch()
        self._pair.hide()
        scroll = QScrollArea(widgetResizable=True, objectName="recheckPair")
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._pair)
        buttons = QHBoxLayout(spacing=theme.MEDIUM)
        buttons.setContentsMargins(theme.LARGE, theme.MEDIUM, theme.LARGE, theme.MEDIUM)
        for action in self._actions.values():
            button = action_button(action)
            button.setIcon(action.icon())
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch()
        close = QPushButton("Close", objectName="closeRecheckButton")
        close.setAutoDefault(False)
        close.setToolTip("Answers so far are kept (Esc)")
        close.clicked.connect(self.reject)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.MEDIUM, 0, 0)
        layout.setSpacing(0)
        self._told.setContentsMargins(theme.LARGE, 0, theme.LARGE, 0)
        layout.addWidget(self._told)
        layout.addWidget(scroll, 1)
        layout.addLayout(buttons)

    def _begin(self, drawn: tuple[int | None, list[RecheckPair]]) -> None:
        run_id, self._waiting = drawn
        self._of = len(self._waiting)
        if self._waiting and run_id is not None:
            self._evidence.set_source(self._file, run_id)
            self._next()
        else:
            self._told.setText(_NOTHING)

    def _next(self) -> None:
        self._shown = None
        self._offer()
        if not self._waiting:
            self._pair.hide()
            self._project.tasks.read(self, partial(_precision, self._file), self._end)
            return
        pair = self._waiting[0]
        number = self._of - len(self._waiting) + 1
        self._told.setText(f"Pair {number} of {self._of}. Are the two the same?")
        evidence = self._evidence.get((pair.left_id, pair.right_id))
        if evidence is not None:
            self._show(evidence)
        self._evidence.read_ahead([(each.left_id, each.right_id) for each in self._waiting[1:3]])

    def _end(self, precision: Precision) -> None:
        lines = [f"Done. Of what is accepted is right: {precision_in_words(precision)}."]
        if self._refused:
            lines += ["", "You did not confirm these; their verdicts stand until you change them:"]
            lines += self._refused
        self._told.setText("\n".join(lines))

    @Slot(object)
    def _on_evidence(self, evidence: PairEvidence) -> None:
        if self._waiting and evidence.key == (self._waiting[0].left_id, self._waiting[0].right_id):
            self._show(evidence)

    def _show(self, evidence: PairEvidence) -> None:
        self._shown = evidence
        self._left.show_card(evidence.left)
        self._right.show_card(evidence.right)
        self._attributes.show_attributes(evidence.attributes)
        self._attributes.setVisible(bool(evidence.attributes))
        self._neighbours.show_comparison(evidence.neighbours)
        self._pair.show()
        self._offer()

    def _offer(self) -> None:
        for action in self._actions.values():
            action.setEnabled(self._shown is not None)

    def _record(self, kind: Answer, _checked: bool = False) -> None:
        if self._shown is None:
            return
        pair = self._waiting.pop(0)
        if kind == "rejected":
            self._refused.append(pair_text(self._shown.left.label, self._shown.right.label))
        self._shown = None
        self._offer()
        work = partial(record_recheck, self._file, pair.verdict_id, kind, Settings().author)
        self._project.tasks.write(self, work, self._recorded, self._stop)

    def _recorded(self, _nothing: None) -> None:
        self._next()

    @Slot(object, str)
    def _on_failed(self, _pair: object, error: str) -> None:
        self._stop(error)

    def _stop(self, error: str) -> None:
        self._waiting.clear()
        self._pair.hide()
        self._told.setText(error)


class _Side(QWidget):
    def __init__(self, images: ImageStore, side: Qt.AlignmentFlag) -> None:
        super().__init__()
        self._label, self._uri, self._description = ElidedLabel(), ElidedLabel(), ElidedLabel()
        self._label.setFont(theme.font("title"))
        self._uri.setProperty("role", "secondary")
        self._image = ImagePane(images)
        self._image.setFixedHeight(_IMAGE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        for line in (self._label, self._uri, self._description):
            line.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            layout.addWidget(line)
        layout.addWidget(self._image)

    def show_card(self, card: EntityCard) -> None:
        self._label.set_whole(card.label)
        self._uri.set_whole(card.uri)
        self._description.set_whole(card.description)
        self._image.show_entity(card)


def _sample(file: ProjectFile) -> tuple[int | None, list[RecheckPair]]:
    with file.read() as session:
        return reviewable_run(session), recheck_sample(session, SIZE, random.Random())


def _precision(file: ProjectFile) -> Precision:
    with file.read() as session:
        return accepted_precision(session)
