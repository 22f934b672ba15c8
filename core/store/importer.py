"""Makes a project file from a dataset: all of it, or nothing."""

from __future__ import annotations

import gc
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.kg.records import SIDES, LinkBatch, Note
from core.kg.source import Dataset, GraphSource
from core.store.bulk_file import BulkFile
from core.store.graph_loader import GraphLoader
from core.store.import_report import ImportProgress, ImportReport, ProgressMeter, SideReport
from core.store.link_rows import LinkRows

__all__ = ["ImportProgress", "ImportReport", "SideReport", "import_dataset"]


def import_dataset(
    path: Path,
    dataset: Dataset,
    *,
    on_progress: Callable[[ImportProgress], None] | None = None,
    cancelled: threading.Event | None = None,
) -> ImportReport:
    """Read ``dataset`` into a new project at ``path``; leaves nothing behind unless it succeeds.

    ``on_progress`` is called from the calling thread, about ten times a second.

    Raises:
        InputError: a file of the dataset is not what it should be.
        ProjectError: ``path`` exists already or can't be written.
        Cancelled: ``cancelled`` was set.
    """
    started = time.monotonic()
    parts = (*dataset.left.parts, *dataset.right.parts, *(dataset.links.parts if dataset.links else ()))
    meter = ProgressMeter(on_progress, cancelled, sum(part.size for part in parts))
    with _without_collection(), BulkFile(path, meter.stopped) as file:
        loaders = []
        for graph_id, (side, source) in enumerate(zip(SIDES, (dataset.left, dataset.right), strict=True), 1):
            _write_graph(file.connection, graph_id, side, source)
            loader = GraphLoader(file.connection, graph_id, source, meter)
            loader.load()
            loaders.append(loader)
        links = _load_links(dataset, loaders[0], loaders[1], meter)
        links.write(file.connection)
        meter.counts["link"] = len(links.rows)
        meter.stage("Building indexes")
        file.build_indexes()
        report = _report(dataset, loaders[0], loaders[1], links, time.monotonic() - started)
        for side in SIDES:
            file.connection.execute(
                "UPDATE graph SET report_json = ? WHERE side = ?",
                (json.dumps(report.side_dict(side), ensure_ascii=False), side),
            )
        meter.stage("Saving")
        file.publish()
    return report


@contextmanager
def _without_collection() -> Iterator[None]:
    """No search for reference cycles: among millions of new tuples it takes a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _write_graph(connection: sqlite3.Connection, graph_id: int, side: str, source: GraphSource) -> None:
    connection.execute(
        "INSERT INTO graph (id, side, name, source, license, report_json) VALUES (?, ?, ?, ?, ?, '{}')",
        (graph_id, side, source.name, source.source, source.license),
    )


def _load_links(dataset: Dataset, left: GraphLoader, right: GraphLoader, meter: ProgressMeter) -> LinkRows:
    links = LinkRows(left.entities, right.entities)
    for part in dataset.links.parts if dataset.links else ():
        meter.stage(f"Reading {part.title}", part.size)
        for batch in part.read():
            if isinstance(batch, LinkBatch):
                links.unknown += links.add(batch)
            elif isinstance(batch, Note):
                links.told.append(batch.text)
            meter.read(batch.done)
        meter.finish_part()
    for batch in (*left.links, *right.links):
        links.elsewhere += links.add(batch)
    return links


def _report(
    dataset: Dataset, left: GraphLoader, right: GraphLoader, links: LinkRows, seconds: float
) -> ImportReport:
    return ImportReport(
        name=dataset.name,
        format=dataset.format,
        reason=dataset.reason,
        left=left.report(len({left_id for left_id, _ in links.rows})),
        right=right.report(len({right_id for _, right_id in links.rows})),
        links=len(links.rows),
        links_unknown=links.unknown,
        links_repeated=links.repeated,
        links_elsewhere=links.elsewhere,
        seconds=round(seconds, 3),
        notes=links.notes(),
    )
