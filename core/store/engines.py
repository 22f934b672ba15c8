"""Connections to the databases that a project can live in: an SQLite file, or a server for a team."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from core.errors import ProjectError
from core.store.places import parse_url

_BUSY_MILLISECONDS = 10_000
_ONE_WRITER = 0x4D494D45  # PostgreSQL's key for the lock that makes writers take turns, as SQLite's do

# What a session that writes asks of its connection.
WRITING: Mapping[str, Mapping[str, Any]] = {
    "sqlite": {"mimea_writing": True},
    # A transaction that waits for its turn must see what was written while it waited.
    "postgresql": {"mimea_writing": True, "isolation_level": "READ COMMITTED"},
}


def sqlite_engine(path: Path, *, writable: bool = True) -> Engine:
    """Connections to a file that is there; with ``writable`` False they refuse to change it."""
    # SQLite would make the file anew where its place has vanished, such as a network drive's.
    how = {"mode": "rw"}
    if _cant_change(path):
        # It wants to put a file beside even to read, unless it is told that nobody writes.
        how = {"mode": "ro", "immutable": "1"}
    url = URL.create("sqlite", database=path.as_uri(), query={**how, "uri": "true"})
    engine = create_engine(url, connect_args={"timeout": _BUSY_MILLISECONDS / 1000})

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: Any) -> None:
        # Transactions are begun below: the driver's own rules would start them late and as readers.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        # FULL: a verdict that was shown as saved survives a power cut too, not only a killed process.
        connection.execute("PRAGMA synchronous = FULL")
        if not writable:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("mimea_writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN DEFERRED")

    return engine


def keep_log(engine: Engine) -> None:
    """Write to a log beside the file from now on: readers and the writer don't wait for each other then."""
    with closing(engine.raw_connection()) as raw:
        raw.cursor().execute("PRAGMA journal_mode = WAL")  # refused inside a transaction


def _cant_change(path: Path) -> bool:
    """Whether nothing can be written beside the file, and nobody is writing to it."""
    return not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists()


def server_engine(url: str) -> Engine:
    """Connections to a PostgreSQL server; readers see one snapshot, writers take turns.

    Raises:
        ProjectError: the URL is none, of another kind of server, or psycopg is not installed.
    """
    try:
        parsed = parse_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in WRITING:
            raise ProjectError(f"projects live in SQLite files or on PostgreSQL, not on {parsed.drivername}")
        engine = create_engine(parsed, isolation_level="REPEATABLE READ")
    except NoSuchModuleError as error:
        raise ProjectError(f"{parsed.drivername} is no kind of database: {error}") from error
    except ModuleNotFoundError as error:
        raise ProjectError(
            f"shared projects need {error.name}: pip install 'mimea-explorer[team]'"
        ) from error

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("mimea_writing"):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ONE_WRITER})")

    return engine


def no_project(place: object, error: Exception) -> ProjectError:
    """The error of a file in which SQLite finds no project: it is none, or a damaged one, say cut short."""
    told = reason(error)
    kind = "is damaged; go back to a backup" if "malformed" in told else "is not a MIMEA project"
    return ProjectError(f"{place} {kind}: {told}")


def failure(error: Exception) -> str:
    """The sentence on a database or a file that fails, such as on a full disk; empty for any other error."""
    if isinstance(error, DBAPIError):
        return f"the project can't be read or written: {reason(error)}"
    if isinstance(error, OSError):
        what = error.filename or "a file or folder"
        return f"{what} can't be read or written: {error.strerror or reason(error)}"
    return ""


def reason(error: Exception) -> str:
    """What a driver or the system says, on one line, without SQLAlchemy's wrapping."""
    told = str(error.orig) if isinstance(error, DBAPIError) and error.orig else str(error)
    return " ".join(told.split())
