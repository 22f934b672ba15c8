"""The answers to the questions that the review page asks, with their keys."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.keyed_action import KeyedAction

_MOST_KEPT = 9  # a key each


class QuestionActions:
    """Of the page, so that they are listed with all keys; the dialogs that ask have buttons with these."""

    def __init__(self, page: QWidget) -> None:
        self._page = page
        second, conflict, elsewhere = "Second counterpart", "Conflict", "Find in the other graph"
        self.replace = self._new(
            second, "secondReplace", "Replace", "R", "Reject what it has, accept this pair"
        )
        self.keep_both = self._new(
            second, "secondKeepBoth", "Keep both", "K", "The entity has several counterparts"
        )
        self.keep = [
            self._new(conflict, f"keep{n}", f"Keep pair {n}", str(n), "Keep this pair, reject the others")
            for n in range(1, _MOST_KEPT + 1)
        ]
        self.keep_none = self._new(conflict, "keepNone", "None of them", "N", "Reject all, known links too")
        self.look_by = self._new(
            elsewhere, "elsewhereBy", "By words or by image", "Alt+B", "By which it is looked for"
        )

    def _new(self, group: str, name: str, text: str, key: str, tip: str) -> KeyedAction:
        return KeyedAction(f"{name}Action", text, [key], self._page, group=group, tip=tip, on_page=True)
