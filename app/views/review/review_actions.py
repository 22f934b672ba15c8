"""What can be done on the review page, with its keys."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app import theme
from app.icons import icon
from app.keyed_action import KeyedAction, page_action
from app.settings import Settings


class ReviewActions:
    """The actions of the page; single letters work anywhere on it, but in a text field they are letters."""

    def __init__(self, page: QWidget) -> None:
        self._page = page
        self._all: list[QAction] = []
        self.verdicts: dict[str, KeyedAction] = {
            "accepted": self._verdict("accepted", "&Accept", "A", "The two are the same"),
            "rejected": self._verdict("rejected", "&Reject", "R", "The two are not the same"),
            "unsure": self._verdict("unsure", "&Unsure", "U", "Can't be told from what there is"),
            "no_counterpart": self._verdict(
                "no_counterpart", "&No counterpart", "N", "The left entity is not in the right graph"
            ),
        }
        self._separate()
        self.next = self._add(
            "nextPair", "Next undecided", ["Ctrl+Down"], "The next pair that waits for a verdict"
        )
        self.previous = self._add(
            "previousPair", "Previous undecided", ["Ctrl+Up"], "The pair before that waits for a verdict"
        )
        self.advance = self._add(
            "advance",
            "Go on after a verdict",
            ["Ctrl+G"],
            "Show the next pair after each verdict",
            checkable=True,
        )
        self.advance.setChecked(Settings().advance)
        self.advance.toggled.connect(_remember_advance)
        self._separate()
        self.elsewhere = self._add(
            "findElsewhere",
            "&Find in the other graph…",
            ["F"],
            "Search the whole right graph where no candidate is right",
        )
        self.resolve = self._add(
            "resolveConflict", "Resolve the &conflict…", ["X"], "See all that claim this entity side by side"
        )
        self.accept_listed = self._add(
            "acceptListed",
            "Accept all listed…",
            ["Ctrl+Shift+A"],
            "Accept what the list holds as one step, after a preview",
        )
        self.reject_listed = self._add(
            "rejectListed",
            "Reject all listed…",
            ["Ctrl+Shift+R"],
            "Reject what the list holds as one step, after a preview",
        )
        self._separate()
        self.queue = self._add(
            "chooseQueue", "Choose the &queue", ["Q"], "Which pairs the list holds, and in which order"
        )
        self.search = self._add(
            "search", "Search the list", ["/", "Ctrl+F"], "Find pairs by label, URI or attribute value"
        )
        self.clear = self._add(
            "clearFilters", "C&lear all filters", ["C"], "Empty the search and show what is undecided"
        )
        self.save_filter = self._add(
            "saveFilter", "&Save this filter…", ["Ctrl+B"], "Keep queue, search and facets under a name"
        )
        new = partial(page_action, page)
        self.sort = new("sortBy", "Sort by…", ["S"], "Sort the list by a column, either way")
        self.best = new("bestOrAll", "Best or all", ["E"], "One pair of each entity that waits, or all")
        self.facets = new("facets", "Facets…", ["T"], "Narrow the list down by score, type, images and more")
        self.saved = new(
            "savedFilters", "Saved filters…", ["V"], "Show the list as a filter with a name has it"
        )
        arranging = QMenu("The list", page)
        arranging.addActions([self.sort, self.best, self.facets, self.saved])
        self._all.append(arranging.menuAction())
        self.note = self._add("note", "Write a note", ["M"], "A note is saved with the verdict")
        self.focus_list = self._add(
            "focusList", "Back to the list", ["Ctrl+L"], "Put the keyboard on the list"
        )
        self.reload = self._add("reload", "Reload the list", ["F5"], "Take what is decided off the list")

    def allow_writing(self, allowed: bool) -> None:
        """Enable what changes the project."""
        for action in (
            *self.verdicts.values(),
            self.elsewhere,
            self.resolve,
            self.accept_listed,
            self.reject_listed,
            self.save_filter,
        ):
            action.setEnabled(allowed)

    def all(self) -> list[QAction]:
        """In menu order, with separators."""
        return list(self._all)

    def _verdict(self, kind: str, text: str, key: str, tip: str) -> KeyedAction:
        action = self._add(kind, text, [key], tip)
        action.setIcon(icon(theme.VERDICT_STYLE[kind].icon))
        action.setAutoRepeat(False)  # a key held down must not judge pairs that nobody saw
        return action

    def _add(
        self, name: str, text: str, keys: list[str], tip: str, *, checkable: bool = False
    ) -> KeyedAction:
        action = page_action(self._page, name, text, keys, tip, checkable=checkable)
        self._all.append(action)
        return action

    def _separate(self) -> None:
        action = QAction(self._page)
        action.setSeparator(True)
        self._all.append(action)


def _remember_advance(wanted: bool) -> None:
    Settings().advance = wanted
