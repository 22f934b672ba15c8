"""What can be done on the review page, with its keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from app import theme
from app.icons import icon


class ReviewActions:
    """The actions of the page; single letters work anywhere on it, but in a text field they are letters."""

    def __init__(self, page: QWidget) -> None:
        self._page = page
        self._all: list[QAction] = []
        self.verdicts: dict[str, QAction] = {
            "accepted": self._verdict("accepted", "&Accept", "A", "The two are the same"),
            "rejected": self._verdict("rejected", "&Reject", "R", "The two are not the same"),
            "unsure": self._verdict("unsure", "&Unsure", "U", "Can't be told from what there is"),
            "no_counterpart": self._verdict(
                "no_counterpart", "&No counterpart", "N", "The left entity is not in the right graph"
            ),
        }
        self._separate()
        self.next = self._add("Next undecided", ["Ctrl+Down"], "The next pair that waits for a verdict")
        self.previous = self._add(
            "Previous undecided", ["Ctrl+Up"], "The pair before that waits for a verdict"
        )
        self.advance = self._add("Go on after a verdict", [], "Show the next pair after each verdict")
        self.advance.setCheckable(True)
        self.advance.setChecked(True)
        self._separate()
        self.search = self._add("Search the list", ["/", "Ctrl+F"], "Find pairs by label or URI")
        self.note = self._add("Write a note", ["M"], "A note is saved with the verdict")
        self.focus_list = self._add("Back to the list", ["Ctrl+L"], "Put the keyboard on the list")
        self.reload = self._add("Reload the list", ["F5"], "Take what is decided off the list")
        page.addActions(self._all)

    def all(self) -> list[QAction]:
        """In menu order, with separators."""
        return list(self._all)

    def _verdict(self, kind: str, text: str, key: str, tip: str) -> QAction:
        action = self._add(text, [key], tip)
        action.setIcon(icon(theme.VERDICT_STYLE[kind].icon))
        action.setAutoRepeat(False)  # a key held down must not judge pairs that nobody saw
        return action

    def _add(self, text: str, keys: list[str], tip: str) -> QAction:
        action = QAction(text, self._page)
        action.setShortcuts(keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setToolTip(f"{tip} ({keys[0]})" if keys else tip)
        self._all.append(action)
        return action

    def _separate(self) -> None:
        action = QAction(self._page)
        action.setSeparator(True)
        self._all.append(action)
