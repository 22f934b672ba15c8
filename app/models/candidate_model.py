"""The review list as a Qt model: all ids at once, their rows page by page as they come into view."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QColor

from app import theme
from app.labels import isolated, tip_or_spoken
from app.models.row_pages import RowPages
from app.tasks import Tasks
from core.review.journal import Step
from core.review.queue import Mask, Queue, waiting_rows
from core.store.candidates import CandidateRow, candidate_rows
from core.store.project_file import ProjectFile
from core.store.queues import QueueOrder

SCORE, LEFT, RIGHT, VERDICT = range(4)
ROW_ROLE = Qt.ItemDataRole.UserRole + 1

_ARROWS: dict[tuple[int, QueueOrder], str] = {
    (SCORE, "likely"): " ↓",
    (SCORE, "likely_ascending"): " ↑",
    (SCORE, "score"): " ↓",
    (SCORE, "score_ascending"): " ↑",
    (LEFT, "left_label"): " ↑",
    (RIGHT, "right_label"): " ↑",
    (VERDICT, "verdict"): "↑",
}
# What follows is asked for a cell at a time while it is painted, so nothing of it is made there; and in
# plain numbers, since Qt's enums take longer than all else that is done for a cell.
_LEFT, _RIGHT, _CENTRE = (
    (side | Qt.AlignmentFlag.AlignVCenter).value
    for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter)
)
_ALIGNMENT = {SCORE: _RIGHT, LEFT: _LEFT, RIGHT: _LEFT, VERDICT: _CENTRE}
_DISPLAY, _FONT, _ALIGNED, _FOREGROUND, _TIP, _SPOKEN = (
    int(role)
    for role in (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.FontRole,
        Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.AccessibleTextRole,
    )
)
_ROLES_OF_ROWS = frozenset((_DISPLAY, _FOREGROUND, _TIP, _SPOKEN, ROW_ROLE))
MOST_MARKED = 50  # decisions of one step; a list in which more changed is read again

Index = QModelIndex | QPersistentModelIndex


class CandidateModel(QAbstractTableModel):
    """Rows are read in a pool; until they are there, a cell shows a placeholder."""

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._file: ProjectFile | None = None
        self._queue: Queue | None = None
        self._names = ("Left", "Right")
        self._blind = False
        fonts = {SCORE: theme.font(tabular=True), VERDICT: theme.font(bold=True)}
        self._look: dict[int, dict[int, Any]] = {_FONT: fonts, _ALIGNED: _ALIGNMENT}  # the same in every row
        self._rows = RowPages(tasks, self)
        self._rows.arrived.connect(self._changed)
        self._stale = False  # verdicts were given since the list was read
        self._marks = 0

    @property
    def queue(self) -> Queue | None:
        """The list as arrays; None where no project with a run is open."""
        return self._queue

    @property
    def names(self) -> tuple[str, str]:
        """What the two graphs are called."""
        return self._names

    @property
    def current(self) -> Queue | None:
        """The list, unless verdicts were given since it was read."""
        return None if self._stale else self._queue

    @property
    def shows_probability(self) -> bool:
        """Whether the first column is how likely a pair is, rather than its score."""
        queue = self._queue
        return (
            queue is not None
            and queue.probable
            and queue.wanted.ordered_by not in ("score", "score_ascending")
        )

    def set_queue(
        self,
        file: ProjectFile | None,
        queue: Queue | None,
        names: tuple[str, str],
        known: Iterable[CandidateRow] = (),
    ) -> None:
        """Show another list; ``names`` are those of the two graphs, ``known`` rows of it that are here."""
        self.beginResetModel()
        self._file, self._queue, self._names = file, queue, names
        self._stale = False
        ids = None if queue is None else queue.ids
        self._rows.show(ids, None if file is None else partial(_rows_of, file), known=known)
        self.endResetModel()

    @property
    def marks(self) -> int:
        """How many steps were marked; what was read before one may be older than its verdicts."""
        return self._marks

    def outdate(self) -> None:
        """What was set just now is older than a verdict: read again which rows wait, and what they say."""
        self._stale = True
        self._read_waiting()
        self._rows.renew_all()

    def complete(self, queue: Queue) -> bool:
        """Take the list that is shown with its facets in place of it; False where another one is shown."""
        if self._queue is None or self._queue.ids is not queue.ids:
            return False
        self._queue = queue
        return True

    @Slot(bool)
    def set_blind(self, blind: bool) -> None:
        """Hide the scores of pairs without a verdict, or show them."""
        self._blind = blind
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, SCORE, SCORE)
        if self.rowCount():
            self.dataChanged.emit(self.index(0, SCORE), self.index(self.rowCount() - 1, SCORE))

    def pair_at(self, row: int) -> tuple[int, int] | None:
        """(left id, right id) of a row; never waits for its page."""
        if self._queue is None or not 0 <= row < len(self._queue):
            return None
        return int(self._queue.left_ids[row]), int(self._queue.right_ids[row])

    def mark(self, step: Step, how: str) -> None:
        """Show the verdicts of ``step`` without reading the list again; rows keep their places."""
        if self._queue is None or self._file is None:
            return
        self._stale = True
        self._marks += 1
        if len(step.decisions) > MOST_MARKED:
            return
        rights = [d.right_id for d in step.decisions if d.right_id is not None]
        rows = self._queue.rows_of([d.left_id for d in step.decisions], rights)
        if how == "decided":
            for decision in step.decisions:
                self._mark(decision.left_id, decision.right_id, decision.kind)
        else:
            self._read_waiting()
        self._rows.renew(rows)

    def _mark(self, left_id: int, right_id: int | None, kind: Any) -> None:
        assert self._queue is not None
        of_left = self._queue.left_ids == left_id
        pair = of_left if right_id is None else of_left & (self._queue.right_ids == right_id)
        closed = of_left if kind in ("accepted", "no_counterpart") else pair
        self._queue.waiting[closed] = False
        for row in np.flatnonzero(pair):
            # Shown at once; the page itself is read again for what else changed with it.
            self._rows.change(int(row), partial(replace, verdict=kind))

    def _read_waiting(self) -> None:
        assert self._queue is not None and self._file is not None
        done = partial(self._set_waiting, self._rows.generation, self._marks)
        self._tasks.read(self, partial(_waiting_in, self._file, self._queue), done, key="waiting")

    def _set_waiting(self, generation: int, marks: int, waiting: Mask) -> None:
        if generation != self._rows.generation or self._queue is None:
            return
        if marks == self._marks:
            self._queue.waiting[:] = waiting
        else:  # it may have been read before the last verdict
            self._read_waiting()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() or self._queue is None else len(self._queue)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else 4

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            arrow = (
                _ARROWS.get((section, self._queue.wanted.ordered_by), "") if self._queue is not None else ""
            )
            likely = "Likely" if self.shows_probability and not self._blind else "Score"
            name = (likely, *self._names, "")[section]
            return name if self._blind and section == SCORE else name + arrow
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section == SCORE else _LEFT
        return None

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role in self._look:
            return self._look[role].get(index.column())
        if role not in _ROLES_OF_ROWS or not index.isValid():
            return None
        row: CandidateRow | None = self._rows.row(index.row())
        column = index.column()
        if role == ROW_ROLE:
            return row
        if row is None:
            return "…" if role == _DISPLAY and column != VERDICT else None
        if role == _FOREGROUND:
            return _color(row, column)
        if self._blind and row.verdict is None and column == SCORE:
            return "" if role == _DISPLAY else "Hidden until you decide"
        if role == _DISPLAY:
            return _text(row, column, column == SCORE and self.shows_probability)
        return tip_or_spoken(role, _explanation(row, column))

    @Slot(int, int)
    def _changed(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, VERDICT))


def _rows_of(file: ProjectFile, ids: list[int]) -> list[CandidateRow]:
    with file.read() as session:
        return candidate_rows(session, ids)


def _waiting_in(file: ProjectFile, queue: Queue) -> Mask:
    with file.read() as session:
        return waiting_rows(session, queue)


def percent(probability: float) -> str:
    """A probability for people; nothing that was learned from examples is certain."""
    return f"{min(max(round(100 * probability), 1), 99)} %"


def _text(row: CandidateRow, column: int, probable: bool) -> str:
    if column == SCORE:
        if probable and row.probability is not None:
            return percent(row.probability)
        return "–" if row.score is None or probable else f"{row.score:.2f}"
    if column == VERDICT:
        if row.verdict:
            return theme.VERDICT_STYLE[row.verdict].glyph
        return "•" if row.seed or row.settled or row.taken else ""
    return row.left_label if column == LEFT else row.right_label


def _color(row: CandidateRow, column: int) -> QColor | None:
    """The verdict in its colour; what needs no verdict any more steps back."""
    if row.verdict and column == VERDICT:
        return QColor(theme.VERDICT_STYLE[row.verdict].color)
    return theme.secondary_color() if row.verdict or row.seed or row.settled or row.taken else None


def _explanation(row: CandidateRow, column: int) -> str:
    """For the tooltip and for screen readers."""
    if column == SCORE and row.score is None:
        return "The run did not propose this pair: somebody found it"
    if column == SCORE:
        best = ", each is the other's best" if row.mutual else ""
        likely = "" if row.probability is None else f", {percent(row.probability)} likely to be right"
        return f"Score {row.score:.4f}{likely}, number {row.rank} of its left entity{best}"
    if column == VERDICT:
        verdict = theme.VERDICT_STYLE[row.verdict].label if row.verdict else "Undecided"
        if row.seed:
            return f"{verdict}, a known link that the run was trained on"
        others = [row.left_label] * row.settled + [row.right_label] * row.taken
        return "".join([verdict, *(f"; {isolated(label)} has another counterpart" for label in others)])
    label, uri = (row.left_label, row.left_uri) if column == LEFT else (row.right_label, row.right_uri)
    return f"{label}\n{uri}"
