"""What an entity is: its name, its address, its kind and its description."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app import theme
from app.icons import icon
from app.keyed_action import KeyedAction
from app.views.elided_label import ElidedLabel
from core.store.entities import EntityCard
from core.store.entity_kinds import EntityKind

_WEB = ("http://", "https://")


class EntityLines(QWidget):
    """Three lines, flush with the side that the entity stands on."""

    def __init__(self, side: Qt.AlignmentFlag) -> None:
        super().__init__()
        self._label, self._uri, self._more = ElidedLabel(), ElidedLabel(), ElidedLabel()
        self._label.setFont(theme.font("title"))
        self._uri.setProperty("role", "secondary")
        self._copy, self._open = _button("mdi6.content-copy"), _button("mdi6.open-in-new")
        address = QHBoxLayout(spacing=2)
        address.addWidget(self._copy)
        address.addWidget(self._open)
        # The buttons stand on the outer side of either address.
        address.insertWidget(2 if side is Qt.AlignmentFlag.AlignLeft else 0, self._uri, stretch=1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._label)
        layout.addLayout(address)
        layout.addWidget(self._more)
        layout.addStretch()
        for line in (self._label, self._uri, self._more):
            line.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)

    @property
    def label(self) -> str:
        """The name shown."""
        return self._label.whole

    def use(self, copy: KeyedAction, open_: KeyedAction) -> None:
        """Let two actions copy the address and open it in the browser; the buttons trigger them."""
        copy.triggered.connect(self.copy_uri)
        open_.triggered.connect(self.open_uri)
        for button, action in ((self._copy, copy), (self._open, open_)):
            button.setObjectName(action.objectName().replace("Action", "Button"))
            button.clicked.connect(action.trigger)
            button.setAccessibleName(action.words)
            button.setToolTip(action.toolTip())

    def show_card(self, card: EntityCard, kind: EntityKind) -> None:
        """Show an entity."""
        self._label.set_whole(card.label)
        self._uri.set_whole(card.uri)
        what = ", ".join(kind.types) or (f"mostly {kind.relation}" if kind.relation else "")
        self._more.set_whole(" · ".join(filter(None, (what, card.description))))
        told = "Types" if kind.types else "The relation that most of its triples have"
        if what:
            self._more.setToolTip(f"<p>{told}: {escape(what)}</p><p>{escape(card.description)}</p>")
        self._open.setEnabled(card.uri.startswith(_WEB))

    @Slot()
    def copy_uri(self) -> None:
        """Put the address on the clipboard."""
        QGuiApplication.clipboard().setText(self._uri.whole)

    @Slot()
    def open_uri(self) -> None:
        """Show the address in the browser, if it is one of the web."""
        if self._open.isEnabled():
            QDesktopServices.openUrl(QUrl(self._uri.whole))


def _button(name: str) -> QToolButton:
    button = QToolButton(autoRaise=True)
    button.setIcon(icon(name))
    button.setFixedSize(20, 20)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
