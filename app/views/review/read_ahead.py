"""Reads the pairs that are likely to be shown next, so that they show at once."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from app.models.candidate_model import CandidateModel
from app.views.review.evidence_store import EvidenceStore
from app.views.review.image_store import LARGE, ImageStore
from app.views.review.queue_panel import QueuePanel
from core.review.evidence import PairEvidence

_PAIRS = 5  # that wait for a verdict
_AFTER = 25  # milliseconds: not while rows rush by under a held arrow key


class ReadAhead(QObject):
    """Begins a moment after a pair was shown."""

    def __init__(
        self, evidence: EvidenceStore, images: ImageStore, model: CandidateModel, queue: QueuePanel
    ) -> None:
        super().__init__(evidence)
        self._evidence = evidence
        self._images = images
        self._model = model
        self._queue = queue
        self._timer = QTimer(self, singleShot=True, interval=_AFTER)
        self._timer.timeout.connect(self._read)

    @property
    def waiting(self) -> bool:
        """Whether it has yet to begin."""
        return self._timer.isActive()

    def start(self) -> None:
        """A pair was shown."""
        self._timer.start()

    def read_images(self, evidence: PairEvidence) -> None:
        """Have the first picture of either entity ready."""
        for card in (evidence.left, evidence.right):
            if card.images:
                self._images.get(card.images[0], LARGE)

    @Slot()
    def _read(self) -> None:
        queue, row = self._model.queue, self._queue.row
        if queue is None or row < 0:
            return
        rows = []
        following: int | None = row
        for _ in range(_PAIRS):
            following = None if following is None else queue.next_waiting(following)
            if following is not None and following not in rows:
                rows.append(following)
        rows += [near for near in (row + 1, row - 1) if near not in rows]
        pairs = [pair for near in rows if (pair := self._model.pair_at(near)) is not None]
        self._evidence.read_ahead(pairs)
