"""The orders of the review list: what another click on a header takes, and all of them as a menu."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.labels import unmarked
from app.models.candidate_model import LEFT, RIGHT, SCORE, VERDICT
from core.review.queue import Queue
from core.store.queues import QueueOrder

_SCORES: tuple[QueueOrder, ...] = ("score", "score_ascending")
LIKELY: tuple[QueueOrder, ...] = ("likely", "likely_ascending", *_SCORES)
_ORDERS: dict[int, tuple[QueueOrder, ...]] = {  # by column
    SCORE: LIKELY,
    LEFT: ("left_label",),
    RIGHT: ("right_label",),
    VERDICT: ("verdict",),
}


def following(queue: Queue | None, column: int, *, blind: bool) -> QueueOrder | None:
    """The order that another click on a column takes; None where it tells what is hidden."""
    if blind and column == SCORE:
        return None
    orders = _ORDERS[column] if column != SCORE or (queue is not None and queue.probable) else _SCORES
    now = _in_force(queue) if queue is not None else None
    place = orders.index(now) + 1 if now in orders else 0
    return orders[place % len(orders)]


class SortMenu(QMenu):
    """Filled when it is opened; ``chosen`` is None for the queue's own order."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sortMenu")

    def offer(self, queue: Queue, order: QueueOrder | None, names: tuple[str, str], *, blind: bool) -> None:
        """All orders that ``queue`` can have, ``order`` ticked; ``names`` are those of the two graphs."""
        self.clear()
        offered: dict[QueueOrder | None, str] = {None: "The queue's own order"}
        if not blind:
            if queue.probable:
                offered |= {"likely": "Likely, highest first", "likely_ascending": "Likely, lowest first"}
            offered |= {"score": "Score, highest first", "score_ascending": "Score, lowest first"}
        offered |= {
            "left_label": f"{names[0]}, A to Z",
            "right_label": f"{names[1]}, A to Z",
            "verdict": "Verdict",
        }
        now = None if order is None else _in_force(queue)
        for each, title in offered.items():
            action = self.addAction(unmarked(title), partial(self.chosen.emit, each))
            action.setCheckable(True)
            action.setChecked(each == now)


def _in_force(queue: Queue) -> QueueOrder:
    """The order as the columns have it."""
    now = queue.wanted.ordered_by
    return "score" if now == "likely" and not queue.probable else now  # the same without probabilities
