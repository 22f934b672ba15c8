"""A button of a page with an action behind it, whose key a person may change."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.icons import icon, primary_icon
from app.keyed_action import KeyedAction


class PageButton(QPushButton):
    """``asked`` comes from the button and from the key alike."""

    asked = Signal()

    def __init__(
        self,
        page: QWidget,
        name: str,
        text: str,
        key: str,
        tip: str,
        *,
        group: str,
        icon_name: str,
        primary: bool = False,
        compact: bool = False,
    ) -> None:
        super().__init__(text)
        self.setObjectName(f"{name}Button")
        self.setIcon(primary_icon(icon_name) if primary else icon(icon_name))
        self.setProperty("primary", primary)
        self.setProperty("compact", compact)
        self._action = KeyedAction(f"{name}Action", text, [key], page, group=group, tip=tip, on_page=True)
        page.addAction(self._action)
        self._action.changed.connect(self._renew_tip)
        self._action.triggered.connect(self.asked)
        self.clicked.connect(self._action.trigger)
        self._renew_tip()

    def allow(self, allowed: bool) -> None:
        """Enable the button and its key."""
        self._action.setEnabled(allowed)
        self.setEnabled(allowed)

    def _renew_tip(self) -> None:
        self.setToolTip(self._action.toolTip())  # it names the key, which may have been changed
