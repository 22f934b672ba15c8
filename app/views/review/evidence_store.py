"""The evidence of pairs, read ahead so that the next pair shows at once."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.tasks import Tasks
from core.review.evidence import PairEvidence, pair_evidence
from core.store.project_file import ProjectFile

Pair = tuple[int, int]
_MOST_PAIRS = 48


class EvidenceStore(QObject):
    """Keeps what was read; after a verdict it is shown still, and read again at once."""

    loaded = Signal(object)  # PairEvidence
    failed = Signal(object, str)  # the pair, and why

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._file: ProjectFile | None = None
        self._run_id = 0
        self._kept: OrderedDict[Pair, PairEvidence] = OrderedDict()
        self._stale: set[Pair] = set()
        self._pending: set[Pair] = set()
        self._generation = 0
        self._ahead: list[Pair] = []

    def set_source(self, file: ProjectFile | None, run_id: int) -> None:
        """Read from another project or run."""
        if (file, run_id) != (self._file, self._run_id):
            self._file, self._run_id = file, run_id
            self._kept.clear()
            self.outdate()

    def outdate(self) -> None:
        """What is kept may have changed: it is read again when asked for; what is on its way is dropped."""
        self._generation += 1
        self._stale = set(self._kept)
        self._pending.clear()
        self._ahead.clear()

    def read_ahead(self, pairs: list[Pair]) -> None:
        """Have ``pairs`` ready. One after the other: several readers at once would slow the window down."""
        self._ahead = [pair for pair in pairs if not self.is_current(pair)]
        self._read_next_ahead()

    def _read_next_ahead(self) -> None:
        if self._ahead and not self._pending:
            self.get(self._ahead.pop(0))

    def get(self, pair: Pair) -> PairEvidence | None:
        """The evidence if it is here; what is missing or may have changed is read, ``loaded`` follows."""
        if pair in self._kept:
            self._kept.move_to_end(pair)
        if self._file is not None and (pair not in self._kept or pair in self._stale):
            self._request(self._file, pair)
        return self._kept.get(pair)

    def is_current(self, pair: Pair) -> bool:
        """Whether what is kept of ``pair`` is what the store has."""
        return pair in self._kept and pair not in self._stale

    def _request(self, file: ProjectFile, pair: Pair) -> None:
        if pair in self._pending:
            return
        self._pending.add(pair)
        self._tasks.read(
            self,
            partial(_read, file, self._run_id, pair),
            partial(self._add, self._generation),
            partial(self._fail, self._generation, pair),
        )

    def _add(self, generation: int, evidence: PairEvidence) -> None:
        if generation != self._generation:
            return
        self._pending.discard(evidence.key)
        self._stale.discard(evidence.key)
        self._kept[evidence.key] = evidence
        self._kept.move_to_end(evidence.key)
        while len(self._kept) > _MOST_PAIRS:
            dropped, _ = self._kept.popitem(last=False)
            self._stale.discard(dropped)
        self.loaded.emit(evidence)
        self._read_next_ahead()

    def _fail(self, generation: int, pair: Pair, error: str) -> None:
        if generation == self._generation:
            self._pending.discard(pair)
            self.failed.emit(pair, error)


def _read(file: ProjectFile, run_id: int, pair: Pair) -> PairEvidence:
    with file.read() as session:
        return pair_evidence(session, run_id, *pair)
