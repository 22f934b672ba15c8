"""What can be done about the pair on the review page, with its keys."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.icons import icon
from app.keyed_action import KeyedAction, page_action
from app.settings import Settings
from app.views.review.part_words import name_of
from core.modality import Part
from core.review.evidence import MOST_OTHERS

_PART_KEYS: dict[Part, str] = {
    "structure": "Shift+S",
    "relation": "Shift+R",
    "attribute": "Shift+A",
    "visual": "Shift+V",
    "name": "Shift+N",
    "support": "Shift+M",
}


class PairActions:
    """Most are in menus of their own, so that the Review menu stays short."""

    def __init__(self, page: QWidget) -> None:
        self._page = page
        new = partial(page_action, page)
        self.back = new("walkBack", "Back along the walk", ["Alt+Left"], "To the pair before")
        self.back.setIcon(icon("mdi6.arrow-left"))
        self.hub = new("hubBoard", "Resolve a hub", ["H"], "All entities that claim the right one at once")
        self.two_steps = new(
            "twoSteps", "2 steps", ["G"], "Show neighbours of neighbours too", checkable=True
        )
        self.blind = new(
            "blind", "Judge blind", ["B"], "Hide scores and ranks until the verdict is given", checkable=True
        )
        self.blind.setChecked(Settings().blind)
        self.blind.toggled.connect(_remember_blind)
        self.next_left = new("nextLeftImage", "Next left picture", ["["], "If it has several")
        self.next_right = new("nextRightImage", "Next right picture", ["]"], "If it has several")
        self.enlarge = new("enlarge", "Enlarge the pictures", ["+", "="], "Both of them")
        self.reduce = new("reduce", "Reduce the pictures", ["-"], "Both, down to what fits")
        copying, opening = "Its URI, to the clipboard", "Its URI, in the browser"
        self.copy_left = new("copyLeftUri", "Copy the left address", ["Y"], copying)
        self.copy_right = new("copyRightUri", "Copy the right address", ["Shift+Y"], copying)
        self.open_left = new("openLeftUri", "Open the left address", ["O"], opening)
        self.open_right = new("openRightUri", "Open the right address", ["Shift+O"], opening)
        self.parts: dict[Part, KeyedAction] = {
            part: new(f"{part}WhatIf", f"Without {name_of(part)}", [key], "See what becomes of the rank")
            for part, key in _PART_KEYS.items()
        }
        self.pick_left = self._picks("pickLeft", "", "the left entity")
        self.pick_right = self._picks("pickRight", "Alt+", "the right entity")
        self.hub_accept = self._on_board(
            "hubAccept", "This is the one", ["A", "Return", "Enter"], "Accept it and reject all others"
        )
        self.hub_none = self._on_board("hubNone", "None of them", ["N"], "Reject all")
        self.hub_next = self._on_board("hubNext", "Next hub", ["Ctrl+Down"], "Leave this one for later")

    def all(self) -> list[QAction]:
        """In menu order, with the menus that hold the others."""
        return [
            self.back,
            self.hub,
            self.blind,
            self._menu("Pictures", self.next_left, self.next_right, self.enlarge, self.reduce),
            self._menu("Addresses", self.copy_left, self.open_left, self.copy_right, self.open_right),
            self._menu("Neighbours", self.two_steps),
            self._menu("What if", *self.parts.values()),
            self._menu("Candidates of the left entity", *self.pick_left),
            self._menu("Candidates of the right entity", *self.pick_right),
        ]

    def _picks(self, name: str, modifier: str, whose: str) -> list[KeyedAction]:
        """1 to 9, and 0 for the tenth."""
        return [
            page_action(
                self._page,
                f"{name}{number}",
                f"Candidate {number} of {whose}",
                [f"{modifier}{number % 10}"],
                f"Show candidate {number} of {whose}",
            )
            for number in range(1, MOST_OTHERS + 1)
        ]

    def _on_board(self, name: str, text: str, keys: list[str], tip: str) -> KeyedAction:
        """One that the hub board takes, not the page."""
        return KeyedAction(f"{name}Action", text, keys, self._page, group="Hub board", tip=tip, on_page=True)

    def _menu(self, title: str, *actions: QAction) -> QAction:
        menu = QMenu(title, self._page)
        menu.addActions(actions)
        return menu.menuAction()


def _remember_blind(wanted: bool) -> None:
    Settings().blind = wanted
