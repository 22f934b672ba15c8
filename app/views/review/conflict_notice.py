"""Says, before a pair is accepted, that one of its entities has a counterpart already."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.labels import isolated
from app.views.review.notice import Notice
from core.review.evidence import Conflict


class ConflictNotice(Notice):
    """A line above the pair, hidden where nothing contradicts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("conflictNotice", "mdi6.alert-outline", parent)

    def show_conflicts(self, conflicts: tuple[Conflict, ...]) -> None:
        """Name every counterpart that is in the way; a verdict is possible all the same."""
        self.say(list(map(_sentence, conflicts)))


def _sentence(conflict: Conflict) -> str:
    label = isolated(conflict.label)
    if conflict.other_id is None:
        return f"{label} was decided to have no counterpart; accepting this pair replaces that verdict."
    how = "is known from the import" if conflict.seed else "was already accepted"
    return (
        f"{isolated(conflict.other_label)} {how} as the counterpart of {label} on the {conflict.side}; "
        "accepting this pair too gives it two."
    )
