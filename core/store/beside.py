"""The second graph of a large pair, loaded by a process of its own while this one loads the first.

Two graphs know nothing of each other until their links are read. The process fills a database file of its
own, whose rows are then taken over with numbers that follow those of the first graph.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType

from core.errors import MimeaError, ProjectError
from core.kg.source import Dataset, GraphSource
from core.store.collector import without_collection
from core.store.graph_loader import GraphLoader
from core.store.import_report import ImportProgress, ProgressMeter, SideReport
from core.store.many_rows import connect_to_fill
from core.store.stated_links import make_room

WORTH_A_PROCESS = 32 << 20  # bytes of the smaller graph; less is read while a process starts
_SECONDS_BETWEEN_LOOKS = 0.1
_GRAPH_ID = 1  # in the file of its own
_CLOSED = (BrokenPipeError, EOFError, ConnectionResetError)
# The columns of each table that a graph fills, those that hold numbers of other rows with their table.
_TABLES: dict[str, dict[str, str]] = {
    "entity": {"id": "entity", "graph_id": "graph", "uri": "", "label": "", "description": ""},
    "relation": {"id": "relation", "graph_id": "graph", "uri": "", "label": ""},
    "attribute": {"id": "attribute", "graph_id": "graph", "uri": "", "label": ""},
    "relation_triple": {
        "head_id": "entity", "relation_id": "relation", "tail_id": "entity", "graph_id": "graph",
    },
    "attribute_triple": {
        "id": "attribute_triple", "entity_id": "entity", "attribute_id": "attribute",
        "value": "", "datatype": "", "language": "",
    },
    "image": {
        "id": "image", "entity_id": "entity",
        "path": "", "sha256": "", "width": "", "height": "", "status": "",
    },
}  # fmt: skip


def is_worth_a_process(dataset: Dataset) -> bool:
    """Whether both graphs are large, and there is a second processor."""
    smaller = min(sum(part.size for part in graph.parts) for graph in (dataset.left, dataset.right))
    return smaller >= WORTH_A_PROCESS and (os.cpu_count() or 1) > 1


class GraphBeside:
    """Loads ``source`` from the beginning of the ``with`` block on; :meth:`take_over` waits for it.

    ``file`` is where its database may lie; the connection that takes the rows over still reads it at the end
    of the block, but the process is gone by then.
    """

    def __init__(self, source: GraphSource, file: Path, schema: list[str], meter: ProgressMeter) -> None:
        self._name = source.name
        self._file = file
        self._meter = meter
        self._loaded: SideReport | None = None
        self._progress: ImportProgress | None = None
        context = multiprocessing.get_context("spawn")  # a fork would copy the window's threads half
        self._receiver, self._sender = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_load, args=(self._sender, source, file, schema), name=source.name, daemon=True
        )

    def __enter__(self) -> GraphBeside:
        self._process.start()
        self._sender.close()
        self._meter.beside = self._look
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._meter.beside = None
        self._process.terminate()
        self._process.join()
        self._receiver.close()

    def take_over(self, connection: sqlite3.Connection, graph_id: int) -> SideReport:
        """Wait for the graph, and give its rows the numbers that follow those in ``connection``.

        Raises:
            InputError: a file of the source is not what it should be.
            Cancelled: the user stopped the import.
            ProjectError: the other process ended early.
            sqlite3.Error: a database can't be written.
        """
        stage = ""
        while self._loaded is None:
            self._receiver.poll(_SECONDS_BETWEEN_LOOKS)
            progress = self._look()
            if progress and progress.stage != stage:
                stage = progress.stage
                self._meter.stage(stage, progress.total)
            self._meter.at(progress.done if progress else 0)
        self._meter.add(self._loaded.counts, self._progress.notes if self._progress else ())
        self._meter.stage(f"Adding {self._name}")
        self._copy_rows(connection, graph_id)
        return self._loaded

    def _look(self) -> ImportProgress | None:
        """What the other process told last.

        Raises:
            InputError, sqlite3.Error, OSError: what went wrong there.
            ProjectError: it ended early.
        """
        while self._loaded is None and self._receiver.poll():
            try:
                told = self._receiver.recv()
            except _CLOSED:
                self._process.join()
                raise ProjectError(
                    f"the process that read {self._name} ended early (exit status {self._process.exitcode})"
                ) from None
            if isinstance(told, BaseException):
                raise told
            if isinstance(told, SideReport):
                self._loaded = told
            else:
                self._progress = told
        return self._progress

    def _copy_rows(self, connection: sqlite3.Connection, graph_id: int) -> None:
        connection.execute("ATTACH ? AS beside", (str(self._file),))
        first = {
            table: connection.execute(f"SELECT coalesce(max(id), 0) FROM main.{table}").fetchone()[0]
            for table, columns in _TABLES.items()
            if "id" in columns
        }
        first["graph"] = graph_id - _GRAPH_ID
        for table, columns in _TABLES.items():
            values = [f"{name} + {first[owner]}" if owner else name for name, owner in columns.items()]
            connection.execute(
                f"INSERT INTO main.{table} ({', '.join(columns)}) "
                f"SELECT {', '.join(values)} FROM beside.{table}"
            )
        connection.execute("INSERT INTO stated_link SELECT * FROM beside.stated_link ORDER BY rowid")


def _load(sender: Connection, source: GraphSource, file: Path, schema: list[str]) -> None:
    """What the process does: sends progress, then the loaded graph or what went wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all processes; the first one sees to it
    try:
        connection = connect_to_fill(file)
        try:
            for statement in schema:
                connection.execute(statement)
            make_room(connection, temporary=False)
            connection.execute("BEGIN EXCLUSIVE")
            meter = ProgressMeter(sender.send, None, sum(part.size for part in source.parts))
            with without_collection():
                loaded = GraphLoader(connection, _GRAPH_ID, source, meter).load()
            connection.execute("COMMIT")
        finally:
            connection.close()
        sender.send(loaded)
    except _CLOSED:
        return  # nobody is left to tell
    except (MimeaError, sqlite3.Error, OSError) as error:
        sender.send(error)
