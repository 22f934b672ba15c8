"""The hub board: a right entity and all left ones that claim it, judged in one go by the keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import theme
from app.views.elided_label import ElidedLabel
from app.views.review.hub_cards import HubCards
from app.views.review.image_pane import ImagePane
from app.views.review.image_store import ImageStore
from app.views.review.key_button import key_button
from app.views.review.pair_actions import PairActions
from core.review.hubs import Hub
from core.store.queues import HUB

_PICTURE = 132


class HubBoard(QDialog):
    """Asks for one answer about a hub; says which claimant was chosen, and writes nothing itself."""

    resolved = Signal(object)  # the left id that is right, None for none of them
    skipped = Signal()

    def __init__(self, images: ImageStore, actions: PairActions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("hubBoard")
        self.setWindowTitle("Hubs")
        self._hub: Hub | None = None
        self._picture = ImagePane(images)
        self._picture.setFixedSize(_PICTURE * 3 // 2, _PICTURE)
        self._name, self._uri, self._what = ElidedLabel(), ElidedLabel(), ElidedLabel()
        self._name.setFont(theme.font("title"))
        self._uri.setProperty("role", "secondary")
        self._question = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText, objectName="hubQuestion")
        self._failure = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText, objectName="hubFailure")
        self._failure.setProperty("role", "error")
        self._failure.hide()
        self._cards = HubCards(images)
        self._cards.doubleClicked.connect(self._accept_current)
        self._accept = key_button(actions.hub_accept)
        self._none = key_button(actions.hub_none)
        self._next = key_button(actions.hub_next)
        for action, button, slot in (
            (actions.hub_accept, self._accept, self._accept_current),
            (actions.hub_none, self._none, self._choose_none),
            (actions.hub_next, self._next, self.skipped),
        ):
            self.addAction(action)
            action.triggered.connect(slot)
            button.clicked.connect(action.trigger)
        words = QVBoxLayout(spacing=2)
        for line in (self._name, self._uri, self._what):
            words.addWidget(line)
        words.addStretch()
        words.addWidget(self._question)
        top = QHBoxLayout(spacing=theme.LARGE)
        top.addWidget(self._picture)
        top.addLayout(words, stretch=1)
        buttons = QHBoxLayout(spacing=theme.MEDIUM)
        for button in (self._accept, self._none, self._next):
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.LARGE)
        layout.setSpacing(theme.LARGE)
        layout.addLayout(top)
        layout.addWidget(self._cards, stretch=1)
        layout.addWidget(self._failure)
        layout.addLayout(buttons)

    @property
    def hub(self) -> Hub | None:
        """What is asked about."""
        return self._hub

    def show_hub(self, hub: Hub | None, left: int, *, hidden: bool) -> None:
        """Ask about ``hub``, one of ``left`` that wait; None where none does any more."""
        self._hub = hub
        self._failure.hide()
        there = hub is not None and bool(hub.claimants)
        for button in (self._accept, self._none):
            button.setEnabled(there)
        self._next.setEnabled(left > 1)
        self._picture.show_entity(hub.card if hub is not None else None)
        self._name.set_whole(hub.card.label if hub is not None else "")
        self._uri.set_whole(hub.card.uri if hub is not None else "")
        what = (*hub.kind.types, hub.card.description) if hub is not None else ()
        self._what.set_whole(" · ".join(filter(None, what)))
        self._cards.show_claimants(hub.claimants if hub is not None else (), hidden=hidden)
        self._question.setText(_question(hub, left))
        self._cards.setFocus(Qt.FocusReason.OtherFocusReason)

    def wait(self) -> None:
        """A hub is being read, or the answer written: a key held down must not judge the next one unseen."""
        self._hub = None
        for button in (self._accept, self._none, self._next):
            button.setEnabled(False)

    def show_failure(self, why: str) -> None:
        """Say why nothing could be read or written."""
        self._failure.setText(why)
        self._failure.show()

    @Slot()
    def _accept_current(self) -> None:
        claimant = self._cards.current
        if self._hub is not None and claimant is not None:
            self.resolved.emit(claimant.card.id)

    @Slot()
    def _choose_none(self) -> None:
        if self._hub is not None and self._hub.claimants:
            self.resolved.emit(None)


def _question(hub: Hub | None, left: int) -> str:
    if hub is None or not hub.claimants:
        return f"No right entity is the best candidate of {HUB} left ones or more that wait for a verdict."
    count = len(hub.claimants)
    claim = "entity has" if count == 1 else "entities have"
    more = f" {left:,} hubs wait." if left > 1 else ""
    return (
        f"{count:,} left {claim} this as the best candidate. Which one is the same? All others are rejected, "
        f"as one step that can be undone.{more}"
    )
