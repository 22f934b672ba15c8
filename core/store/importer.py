"""Makes a project file from a dataset: all of it, or nothing."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from core.errors import InputError
from core.kg.records import SIDES
from core.kg.source import Dataset, GraphSource
from core.kg.stopping import stoppable
from core.store.beside import GraphBeside, is_worth_a_process
from core.store.bulk_file import BulkFile
from core.store.collector import without_collection
from core.store.graph_loader import GraphLoader
from core.store.image_rows import told_path
from core.store.import_report import (
    STOPPED,
    ImportProgress,
    ImportReport,
    ProgressMeter,
    SideReport,
)
from core.store.link_rows import LinkRows
from core.store.stated_links import any_stated, make_room, stated

LEFT, RIGHT = 1, 2  # the numbers of the graphs

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
    _require_names(dataset)
    started = time.monotonic()
    beside = is_worth_a_process(dataset)
    sources = (
        dataset.left,
        *(() if beside else (dataset.right,)),
        *((dataset.links,) if dataset.links else ()),
    )
    to_read = sum(part.size for source in sources for part in source.parts)
    meter = ProgressMeter(on_progress, cancelled, to_read)
    with without_collection(), stoppable(cancelled, STOPPED), BulkFile(path, meter.stopped) as file:
        for graph_id, side, source in ((LEFT, "left", dataset.left), (RIGHT, "right", dataset.right)):
            _write_graph(file.connection, graph_id, side, source)
        make_room(file.connection, temporary=True)
        graphs = _load_both(file, dataset, meter, beside)
        links = _load_links(file.connection, dataset, meter)
        links.write(file.connection)
        meter.counts["link"] = len(links.rows)
        meter.stage("Building indexes")
        file.build_indexes()
        report = _report(dataset, graphs, links, time.monotonic() - started)
        for side in SIDES:
            file.connection.execute(
                "UPDATE graph SET report_json = ? WHERE side = ?",
                (json.dumps(report.side_dict(side), ensure_ascii=False), side),
            )
        meter.stage("Saving")
        file.publish()
    return report


def _require_names(dataset: Dataset) -> None:
    """Refuse files that the report could not name.

    Raises:
        InputError: the name of a file or folder is no text in UTF-8.
    """
    for source in (dataset.left, dataset.right, *((dataset.links,) if dataset.links else ())):
        for path in (source.source, *(str(file) for part in source.parts for file in part.files)):
            if (told := told_path(path)) != path:
                raise InputError(told, "a name in UTF-8", "other bytes", hint="Rename it")


def _write_graph(connection: sqlite3.Connection, graph_id: int, side: str, source: GraphSource) -> None:
    connection.execute(
        "INSERT INTO graph (id, side, name, source, license, report_json) VALUES (?, ?, ?, ?, ?, '{}')",
        (graph_id, side, source.name, source.source, source.license),
    )


def _load_both(
    file: BulkFile, dataset: Dataset, meter: ProgressMeter, beside: bool
) -> tuple[SideReport, SideReport]:
    left = GraphLoader(file.connection, LEFT, dataset.left, meter)
    if beside:
        with GraphBeside(dataset.right, file.beside, file.table_schema(), meter) as right:
            return left.load(), right.take_over(file.connection, RIGHT)
    return left.load(), GraphLoader(file.connection, RIGHT, dataset.right, meter).load()


def _load_links(
    connection: sqlite3.Connection,
    dataset: Dataset,
    meter: ProgressMeter,
) -> LinkRows:
    wanted = dataset.links is not None or any_stated(connection)
    links = LinkRows(*(_entities(connection, graph_id) if wanted else {} for graph_id in (LEFT, RIGHT)))
    for part in dataset.links.parts if dataset.links else ():
        meter.stage(f"Reading {part.title}", part.size)
        for batch in part.read():
            links.take(batch)
            meter.read(batch.done)
        meter.finish_part()
    for batch in stated(connection):
        links.elsewhere += links.add(batch)
    return links


def _entities(connection: sqlite3.Connection, graph_id: int) -> dict[str, int]:
    return dict(connection.execute("SELECT uri, id FROM entity WHERE graph_id = ?", (graph_id,)))


def _report(
    dataset: Dataset, graphs: tuple[SideReport, SideReport], links: LinkRows, seconds: float
) -> ImportReport:
    linked = {left for left, _ in links.rows}, {right for _, right in links.rows}
    left, right = (
        replace(graph, dangling=graph.counts["entity"] - len(ends))
        for graph, ends in zip(graphs, linked, strict=True)
    )
    return ImportReport(
        name=dataset.name,
        format=dataset.format,
        reason=dataset.reason,
        left=left,
        right=right,
        links=len(links.rows),
        links_unknown=links.unknown,
        links_repeated=links.repeated,
        links_elsewhere=links.elsewhere,
        seconds=round(seconds, 3),
        notes=links.notes(),
    )
