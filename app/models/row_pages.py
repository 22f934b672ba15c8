"""The rows of a long list, read page by page as they come into view."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.tasks import Tasks
from core.store.candidates import Ids

PAGE = 200
_MOST_ROWS = 60 * PAGE
_MOST_REQUESTS = 4  # while scrolling fast only the pages asked for last are worth reading

Read = Callable[[list[int]], list[Any]]


class RowPages(QObject):
    """All ids are here; their rows, which know their ``id``, are read in a pool, and those used last kept."""

    arrived = Signal(int, int)  # first and last row that show something new

    def __init__(self, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._ids: Ids | None = None
        self._read: Read | None = None
        self._kept: OrderedDict[int, Any] = OrderedDict()  # by id; None for one that does not exist
        self._stale: set[int] = set()  # ids
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._reading: list[int] = []  # ids
        self._generation = 0  # results for an earlier list are dropped
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._read_next)

    def __len__(self) -> int:
        return 0 if self._ids is None else len(self._ids)

    @property
    def generation(self) -> int:
        """Changes with the list, so that what was read for another one can be told."""
        return self._generation

    def show(
        self, ids: Ids | None, read: Read | None, *, known: Iterable[Any] = (), keep: bool = False
    ) -> None:
        """Take another list; ``read`` gives the rows of some ids, in a thread of the pool.

        ``known`` are rows that are here already. ``keep`` what was read of the list before: where this one
        has the same rows and more.
        """
        if keep:
            self._outdate_reading()  # which is not delivered any more
        else:
            self._kept.clear()
            self._stale.clear()
        self._kept.update((row.id, row) for row in known)
        self._ids, self._read = ids, read
        self._generation += 1
        self._wanted.clear()
        self._reading = []

    def row(self, number: int) -> Any | None:
        """A row if it is here; else it is read, and ``arrived`` follows."""
        assert self._ids is not None
        key = int(self._ids[number])
        if key not in self._kept or key in self._stale:
            self._ask(number // PAGE)
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def id_at(self, number: int) -> int:
        """The id of a row, which need not be here."""
        assert self._ids is not None
        return int(self._ids[number])

    def peek(self, number: int) -> Any | None:
        """A row if it is here; it is not read."""
        return self._kept.get(self.id_at(number))

    def change(self, number: int, change: Callable[[Any], Any]) -> None:
        """Put another row in place of one, if it is here."""
        assert self._ids is not None
        key = int(self._ids[number])
        if (row := self._kept.get(key)) is not None:
            self._kept[key] = change(row)

    def renew(self, rows: Iterable[int]) -> None:
        """Read ``rows`` again when they are next looked at; what they showed stays until then."""
        assert self._ids is not None
        pages = set()
        for row in rows:
            if (key := int(self._ids[row])) in self._kept:
                self._stale.add(key)
                pages.add(int(row) // PAGE)
            elif key in self._reading:
                self._stale.add(key)  # what is on its way may be older
        for page in pages:
            self._tell(page)

    def renew_all(self) -> None:
        """Read every row again when it is next looked at."""
        self._stale.update(self._kept)
        self._outdate_reading()
        if len(self):
            self.arrived.emit(0, len(self) - 1)

    def _ask(self, page: int) -> None:
        self._wanted[page] = None
        self._wanted.move_to_end(page)
        while len(self._wanted) > _MOST_REQUESTS:
            self._wanted.popitem(last=False)
        if not self._reading:
            self._timer.start()

    @Slot()
    def _read_next(self) -> None:
        if self._reading or not self._wanted or self._ids is None or self._read is None:
            return
        page, _ = self._wanted.popitem()
        self._reading = ids = self._ids[page * PAGE : (page + 1) * PAGE].tolist()
        self._stale.difference_update(ids)  # now: what changes from here on makes them stale again
        self._tasks.read(
            self,
            partial(self._read, ids),
            partial(self._add, self._generation, page, ids),
            partial(self._give_up, self._generation),
        )

    def _add(self, generation: int, page: int, ids: list[int], rows: list[Any]) -> None:
        if generation != self._generation:
            return
        self._reading = []
        found = {row.id: row for row in rows}
        for key in ids:
            if key not in self._stale or key not in self._kept:  # else what is shown is newer
                self._kept[key] = found.get(key)
            self._kept.move_to_end(key)
        while len(self._kept) > _MOST_ROWS:
            dropped, _ = self._kept.popitem(last=False)
            self._stale.discard(dropped)
        self._tell(page)
        self._read_next()

    def _give_up(self, generation: int, error: str) -> None:
        if generation == self._generation:
            self._outdate_reading()
            self._reading = []
            self._tasks.failed.emit(error)

    def _outdate_reading(self) -> None:
        self._stale.update(self._reading)

    def _tell(self, page: int) -> None:
        last = min((page + 1) * PAGE, len(self)) - 1
        if last >= page * PAGE:
            self.arrived.emit(page * PAGE, last)
