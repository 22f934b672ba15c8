"""Importing a dataset as a :class:`app.job.Job`'s work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.job import Report, Work
from core.kg.stopping import stoppable
from core.words import counted

if TYPE_CHECKING:
    from core.kg.records import Side
    from core.kg.source import Dataset, GraphSource
    from core.store.import_report import ImportProgress
    from core.store.project_file import ProjectFile
    from core.store.reimport import Reimport

_COUNTED = {
    "entity": "entity",
    "relation_triple": "relation triple",
    "attribute_triple": "attribute value",
    "image": "image",
    "link": "link",
}


def import_work(path: Path, open_source: Callable[[], Dataset]) -> Work:
    """Work that reads what ``open_source`` opens into a new project at ``path``, and returns the path."""

    def work(report: Report, stop: threading.Event) -> Path:
        from core.store.importer import import_dataset  # its readers are not needed to show a window

        with stoppable(stop):
            import_dataset(path, open_source(), on_progress=report, cancelled=stop)
        return path

    return work


def prepare_work(file: ProjectFile, side: Side, open_source: Callable[[], GraphSource]) -> Work:
    """Work that reads what ``open_source`` opens, the new version of a graph.

    It returns the :class:`~core.store.reimport.Reimport`.
    """

    def work(report: Report, stop: threading.Event) -> Reimport:
        from core.store.reimport import prepare_reimport

        with stoppable(stop):
            return prepare_reimport(file, side, open_source(), report, stop)

    return work


def apply_work(reimport: Reimport) -> Work:
    """Work that puts a graph that was read in its place, and returns the plan that was carried out."""
    return reimport.apply


def counts_text(progress: ImportProgress) -> str:
    """What came in so far: ``12,842 entities, 80,000 relation triples``."""
    return ",  ".join(
        counted(progress.counts[table], thing)
        for table, thing in _COUNTED.items()
        if progress.counts.get(table)
    )


def pace_text(progress: ImportProgress) -> str:
    """How fast it goes and how long it still takes: ``,  120,000 triples/s,  about 12 s left``."""
    told = f",  {progress.rate:,.0f} triples/s" if progress.rate >= 1 else ""
    left = progress.seconds_left
    if left is not None:
        seconds = round(left)
        told += f",  about {seconds} s left" if seconds < 90 else f",  about {round(seconds / 60)} min left"
    return told
