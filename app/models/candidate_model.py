"""The review list as a Qt model: all ids at once, their rows page by page as they come into view."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Slot
from PySide6.QtGui import QColor

from app import theme
from app.tasks import Tasks
from core.review.journal import Step
from core.review.queue import Mask, Queue, waiting_rows
from core.store.candidates import CandidateRow, QueueOrder, candidate_rows
from core.store.project_file import ProjectFile

SCORE, LEFT, RIGHT, VERDICT = range(4)
PAGE = 200
_MOST_PAGES = 60
_MOST_REQUESTS = 4  # while scrolling fast only the pages asked for last are worth reading
ROW_ROLE = Qt.ItemDataRole.UserRole + 1

_ARROWS: dict[tuple[int, QueueOrder], str] = {
    (SCORE, "score"): " ↓",
    (SCORE, "score_ascending"): " ↑",
    (LEFT, "left_label"): " ↑",
    (RIGHT, "right_label"): " ↑",
}

Index = QModelIndex | QPersistentModelIndex


class CandidateModel(QAbstractTableModel):
    """Rows are read in a pool; until they are there, a cell shows a placeholder."""

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._file: ProjectFile | None = None
        self._queue: Queue | None = None
        self._names = ("Left", "Right")
        self._pages: OrderedDict[int, list[CandidateRow]] = OrderedDict()
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._reading: int | None = None
        self._generation = 0  # results of an earlier queue are dropped
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._read_next)

    @property
    def queue(self) -> Queue | None:
        """The list as arrays; None where no project with a run is open."""
        return self._queue

    def set_queue(self, file: ProjectFile | None, queue: Queue | None, names: tuple[str, str]) -> None:
        """Show another list; ``names`` are those of the two graphs."""
        self.beginResetModel()
        self._file, self._queue, self._names = file, queue, names
        self._generation += 1
        self._pages.clear()
        self._wanted.clear()
        self._reading = None
        self.endResetModel()

    def pair_at(self, row: int) -> tuple[int, int] | None:
        """(left id, right id) of a row; never waits for its page."""
        if self._queue is None or not 0 <= row < len(self._queue):
            return None
        return int(self._queue.left_ids[row]), int(self._queue.right_ids[row])

    def mark(self, step: Step, how: str) -> None:
        """Show the verdicts of ``step`` without reading the list again; rows keep their places."""
        if self._queue is None or self._file is None:
            return
        rows = self._queue.rows_of_left([d.left_id for d in step.decisions])
        if how == "decided":
            for decision in step.decisions:
                self._mark(decision.left_id, decision.right_id, decision.kind)
        else:
            work = partial(_waiting_in, self._file, self._queue)
            self._tasks.read(self, work, partial(self._set_waiting, self._generation), key="waiting")
        self._forget(rows)

    def _mark(self, left_id: int, right_id: int | None, kind: Any) -> None:
        assert self._queue is not None
        of_left = self._queue.left_ids == left_id
        pair = of_left if right_id is None else of_left & (self._queue.right_ids == right_id)
        closed = of_left if kind in ("accepted", "no_counterpart") else pair
        self._queue.waiting[closed] = False
        for row in np.flatnonzero(pair):
            page = self._pages.get(int(row) // PAGE)
            if page is not None:
                # Shown at once; the page itself is read again for what else changed with it.
                page[int(row) % PAGE] = replace(page[int(row) % PAGE], verdict=kind)

    def _forget(self, rows: Iterable[int]) -> None:
        """Read the pages of ``rows`` again; what they showed stays until then."""
        for page in {int(row) // PAGE for row in rows}:
            if page in self._pages:
                self._ask(page)
                self._changed(page)

    def _set_waiting(self, generation: int, waiting: Mask) -> None:
        if generation == self._generation and self._queue is not None:
            self._queue.waiting[:] = waiting

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() or self._queue is None else len(self._queue)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else 4

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            arrow = _ARROWS.get((section, self._queue.wanted.order), "") if self._queue is not None else ""
            return ("Score", *self._names, "")[section] + arrow
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | (
                Qt.AlignmentFlag.AlignRight if section == SCORE else Qt.AlignmentFlag.AlignLeft
            )
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            if index.column() == SCORE:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            left = index.column() != VERDICT
            horizontal = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignHCenter
            return horizontal | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole:
            if index.column() == SCORE:
                return theme.font(tabular=True)
            return theme.font(bold=True) if index.column() == VERDICT else None
        if role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ForegroundRole,
            ROW_ROLE,
        ):
            return None
        row = self._row(index.row())
        if role == ROW_ROLE:
            return row
        if row is None:
            return "…" if role == Qt.ItemDataRole.DisplayRole and index.column() != VERDICT else None
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, index.column())
        if role == Qt.ItemDataRole.ForegroundRole:
            return _color(row, index.column())
        return _explanation(row, index.column())

    def _row(self, row: int) -> CandidateRow | None:
        number, offset = divmod(row, PAGE)
        page = self._pages.get(number)
        if page is None:
            self._ask(number)
            return None
        self._pages.move_to_end(number)
        return page[offset] if offset < len(page) else None

    def _ask(self, page: int) -> None:
        self._wanted[page] = None
        self._wanted.move_to_end(page)
        while len(self._wanted) > _MOST_REQUESTS:
            self._wanted.popitem(last=False)
        if self._reading is None:
            self._timer.start()

    @Slot()
    def _read_next(self) -> None:
        if self._reading is not None or not self._wanted or self._queue is None or self._file is None:
            return
        self._reading, _ = self._wanted.popitem()
        ids = self._queue.ids[self._reading * PAGE : (self._reading + 1) * PAGE].tolist()
        self._tasks.read(
            self,
            partial(_rows_of, self._file, ids),
            partial(self._add_page, self._generation, self._reading),
            partial(self._give_up, self._generation),
        )

    def _add_page(self, generation: int, page: int, rows: list[CandidateRow]) -> None:
        if generation != self._generation:
            return
        self._reading = None
        self._pages[page] = rows
        self._pages.move_to_end(page)
        while len(self._pages) > _MOST_PAGES:
            self._pages.popitem(last=False)
        self._changed(page)
        self._read_next()

    def _give_up(self, generation: int, error: str) -> None:
        if generation == self._generation:
            self._reading = None
            self._tasks.failed.emit(error)

    def _changed(self, page: int) -> None:
        last = min((page + 1) * PAGE, self.rowCount()) - 1
        if last >= page * PAGE:
            self.dataChanged.emit(self.index(page * PAGE, 0), self.index(last, VERDICT))


def _rows_of(file: ProjectFile, ids: list[int]) -> list[CandidateRow]:
    with file.read() as session:
        return candidate_rows(session, ids)


def _waiting_in(file: ProjectFile, queue: Queue) -> Mask:
    with file.read() as session:
        return waiting_rows(session, queue)


def percent(probability: float) -> str:
    """A probability for people; nothing that was learned from examples is certain."""
    return f"{min(max(round(100 * probability), 1), 99)} %"


def _text(row: CandidateRow, column: int) -> str:
    if column == SCORE:
        return f"{row.score:.2f}"
    if column == VERDICT:
        if row.verdict:
            return theme.VERDICT_STYLE[row.verdict].glyph
        return "•" if row.seed or row.settled else ""
    return row.left_label if column == LEFT else row.right_label


def _color(row: CandidateRow, column: int) -> QColor | None:
    """The verdict in its colour; what needs no verdict any more steps back."""
    if row.verdict and column == VERDICT:
        return QColor(theme.VERDICT_STYLE[row.verdict].color)
    return theme.secondary_color() if row.verdict or row.seed or row.settled else None


def _explanation(row: CandidateRow, column: int) -> str:
    """For the tooltip and for screen readers."""
    if column == SCORE:
        best = ", each is the other's best" if row.mutual else ""
        likely = "" if row.probability is None else f", {percent(row.probability)} likely to be right"
        return f"Score {row.score:.4f}{likely}, number {row.rank} of its left entity{best}"
    if column == VERDICT:
        verdict = theme.VERDICT_STYLE[row.verdict].label if row.verdict else "Undecided"
        if row.seed:
            return f"{verdict}, a known link that the run was trained on"
        return f"{verdict}; {row.left_label} has another counterpart" if row.settled else verdict
    label, uri = (row.left_label, row.left_uri) if column == LEFT else (row.right_label, row.right_uri)
    return f"{label}\n{uri}"
