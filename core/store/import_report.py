"""What an import tells: how far it is, and afterwards what came in and what did not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from core.errors import Cancelled
from core.kg.records import Side
from core.words import counted

TABLES = ("entity", "relation", "relation_triple", "attribute", "attribute_triple", "image", "link")
STOPPED = "the import was stopped; nothing was written"
_SECONDS_BETWEEN = 0.1
_SECONDS_BEFORE_ESTIMATE = 1.0


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """``stage`` in words; ``done`` of ``total`` within the stage (0: unknown); rows by table so far.

    ``rate`` is triples a second since the start, ``seconds_left`` an estimate (None while there is none),
    ``notes`` what the readers have remarked up to now.
    """

    stage: str
    done: int
    total: int
    counts: Mapping[str, int]
    rate: float = 0.0
    seconds_left: float | None = None
    notes: tuple[str, ...] = ()

    def with_beside(self, other: ImportProgress) -> ImportProgress:
        """The stage of this one, with the rows of what is done at the same time."""
        left = [seconds for seconds in (self.seconds_left, other.seconds_left) if seconds is not None]
        return replace(
            self,
            counts={table: count + other.counts[table] for table, count in self.counts.items()},
            rate=self.rate + other.rate,
            seconds_left=max(left, default=None),
            notes=self.notes + other.notes,
        )


@dataclass(frozen=True, slots=True)
class SideReport:
    """What came in of one graph.

    ``duplicates`` are triples given more than once, ``dangling`` entities that no link names (counted when
    the links are known), ``isolated`` those in no relation triple, ``notes`` sentences on what was left out,
    ``encodings`` how each file is written.
    """

    name: str
    counts: dict[str, int]
    duplicates: int = 0
    dangling: int = 0
    isolated: int = 0
    images_missing: int = 0
    images_unreadable: int = 0
    images_outside: int = 0
    encodings: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came in. ``links_unknown`` were left out because an end is in neither, or the wrong, graph.

    ``links_elsewhere`` are ``owl:sameAs`` statements within a graph's own files that lead to a third graph.
    """

    name: str
    format: str
    reason: str
    left: SideReport
    right: SideReport
    links: int
    links_unknown: int
    links_repeated: int
    links_elsewhere: int
    seconds: float
    notes: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[Side, dict[str, int]]:
        """Rows by side and table."""
        return {"left": self.left.counts, "right": self.right.counts}

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def side_dict(self, side: Side) -> dict[str, Any]:
        """For ``graph.report_json``: one side, and what concerns both."""
        both = self.as_dict()
        own = both.pop(side)
        both.pop("right" if side == "left" else "left")
        return {**both, **own, "dataset": self.name, "notes": [*own["notes"], *both["notes"]]}

    def lines(self) -> list[str]:
        """The report as a few lines to read."""
        told = []
        for side in (self.left, self.right):
            c = side.counts
            told.append(
                f"{side.name}: {counted(c['entity'], 'entity')}, "
                f"{counted(c['relation_triple'], 'relation triple')} of "
                f"{counted(c['relation'], 'relation')}, "
                f"{counted(c['attribute_triple'], 'attribute triple')} of "
                f"{counted(c['attribute'], 'attribute')}, {counted(c['image'], 'image')}"
            )
            told.extend(f"  {note}" for note in side.notes)
        told.append(f"{counted(self.links, 'link')}; {self.seconds:.1f} s")
        told.extend(f"  {note}" for note in self.notes)
        return told


class ProgressMeter:
    """Tells progress at most ten times a second, and notices that the user stopped the import."""

    def __init__(
        self,
        tell: Callable[[ImportProgress], None] | None,
        cancelled: threading.Event | None,
        bytes_to_read: int = 0,
    ) -> None:
        self.counts: dict[str, int] = dict.fromkeys(TABLES, 0)
        self._tell = tell
        self._cancelled = cancelled
        self._stage, self._total = "", 0
        self._next = 0.0
        self._started = time.monotonic()
        self._to_read, self._read_before, self._read_now = bytes_to_read, 0, 0
        self._notes: tuple[str, ...] = ()
        self.beside: Callable[[], ImportProgress | None] | None = None  # of what is done at the same time

    def stage(self, words: str, total: int = 0) -> None:
        """Begin a stage; told at once."""
        self._stage, self._total = words, total
        self._next = 0.0
        self.at(0)

    def at(self, done: int) -> None:
        """Say how far the stage is.

        Raises:
            Cancelled: the user stopped the import.
        """
        if self.stopped():
            raise Cancelled(STOPPED)
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _SECONDS_BETWEEN
            beside = self.beside() if self.beside else None
            if self._tell:
                own = self._progress(done, now - self._started)
                self._tell(own.with_beside(beside) if beside else own)

    def _progress(self, done: int, elapsed: float) -> ImportProgress:
        triples = self.counts["relation_triple"] + self.counts["attribute_triple"]
        return ImportProgress(
            self._stage,
            done,
            self._total,
            dict(self.counts),
            rate=triples / elapsed if elapsed > 0 else 0.0,
            seconds_left=self._seconds_left(elapsed),
            notes=self._notes,
        )

    def read(self, done: int) -> None:
        """As :meth:`at`, of a part that is being read.

        Raises:
            Cancelled: the user stopped the import.
        """
        self._read_now = done
        self.at(done)

    def finish_part(self) -> None:
        """The part has been read to its end."""
        self._read_before += self._total
        self._read_now = 0

    def note(self, text: str) -> None:
        """A reader's remark, told with the progress."""
        self._notes += (text,)

    def add(self, counts: Mapping[str, int], notes: tuple[str, ...]) -> None:
        """What was done beside is now part of this; there is nothing beside any more."""
        self.beside = None
        for table, count in counts.items():
            self.counts[table] += count
        self._notes += notes

    def _seconds_left(self, elapsed: float) -> float | None:
        """Writing follows reading graph by graph, so the share of the bytes read tells about the whole."""
        share = (self._read_before + self._read_now) / self._to_read if self._to_read else 0.0
        if elapsed < _SECONDS_BEFORE_ESTIMATE or share <= 0:
            return None
        return elapsed * max(0.0, 1 / share - 1)

    def stopped(self) -> bool:
        """Whether the user stopped the import."""
        return self._cancelled is not None and self._cancelled.is_set()
