"""What can be done with the pair on the screen beside judging it: each tool is an object of its own."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from app.labels import pair_text
from app.project import Project
from app.views.review.hubs import Hubs
from app.views.review.image_store import ImageStore
from app.views.review.other_candidates import OtherCandidates
from app.views.review.pair_actions import PairActions
from app.views.review.pair_panel import PairPanel
from app.views.review.walk import MouseBack, Walk
from app.views.review.what_if import WhatIfController
from app.views.review.wider_view import WiderView
from core.modality import Part
from core.review.evidence import PairEvidence


class PairTools(QObject):
    """Puts the tools to the panel and its actions."""

    pair_wanted = Signal(int, int)
    blind_changed = Signal(bool)

    def __init__(self, project: Project, panel: PairPanel, images: ImageStore, page: QWidget) -> None:
        super().__init__(page)
        self._panel = panel
        self.actions = PairActions(page)
        self.walk = Walk(project, panel.walk)
        self._what_if = WhatIfController(project, panel.why)
        self._wider = WiderView(project, panel.neighbours, self.actions.two_steps)
        self.hubs = Hubs(project, images, self.actions, page)
        self._mouse_back = MouseBack(page)
        self._connect()
        panel.set_blind(self.blind)
        project.opened.connect(self.walk.forget)
        project.closed.connect(self.walk.forget)

    @property
    def blind(self) -> bool:
        """Whether what the model says is hidden until the verdict."""
        return self.actions.blind.isChecked()

    def menu_actions(self) -> list[QAction]:
        """For the Review menu, in its order."""
        return self.actions.all()

    def show_evidence(self, evidence: PairEvidence) -> None:
        """Show a pair, and be about that pair from now on."""
        changed = evidence != self._panel.shown
        self._panel.show_evidence(evidence)
        self.walk.arrive(evidence.key, pair_text(evidence.left.label, evidence.right.label))
        self._what_if.show_evidence(evidence)
        if changed:
            self._wider.show_evidence(evidence)

    def _connect(self) -> None:
        actions, panel = self.actions, self._panel
        panel.walk.use(actions.back)
        panel.header.left.use(actions.copy_left, actions.open_left)
        panel.header.right.use(actions.copy_right, actions.open_right)
        actions.back.triggered.connect(self.walk.back)
        self._mouse_back.pressed.connect(self.walk.back)
        self.walk.moved.connect(self.pair_wanted)
        panel.pair_chosen.connect(self.walk.go)
        panel.neighbour_activated.connect(self._walk_to_neighbour)
        actions.next_left.triggered.connect(panel.left_image.next_picture)
        actions.next_right.triggered.connect(panel.right_image.next_picture)
        actions.enlarge.triggered.connect(partial(self._zoom, 1))
        actions.reduce.triggered.connect(partial(self._zoom, -1))
        actions.blind.toggled.connect(self._on_blind)
        actions.hub.triggered.connect(self._open_hub)
        for part, action in actions.parts.items():
            action.triggered.connect(partial(self._toggle, part))
        for others, picks in ((panel.for_left, actions.pick_left), (panel.for_right, actions.pick_right)):
            for row, action in enumerate(picks):
                action.triggered.connect(partial(self._pick, others, row))

    @Slot(str, int, str)
    def _walk_to_neighbour(self, side: str, entity_id: int, label: str) -> None:
        if self._panel.shown is not None:
            self.walk.go_to_neighbour(self._panel.shown.run_id, side, entity_id, label)

    @Slot(bool)
    def _on_blind(self, blind: bool) -> None:
        self._panel.set_blind(blind)
        if self._panel.shown is not None:
            self._wider.show_evidence(self._panel.shown)
        self.blind_changed.emit(blind)

    @Slot()
    def _open_hub(self) -> None:
        if self._panel.shown is not None:
            self.hubs.open(self._panel.shown.run_id, self._panel.shown.right.id)

    def _zoom(self, notches: int, _checked: bool = False) -> None:
        for pane in (self._panel.left_image, self._panel.right_image):
            pane.zoom_by(notches)

    def _toggle(self, part: Part, _checked: bool = False) -> None:
        if not self._panel.is_hidden:
            self._panel.why.bars.toggle(part)

    def _pick(self, others: OtherCandidates, row: int, _checked: bool = False) -> None:
        others.pick(row)
