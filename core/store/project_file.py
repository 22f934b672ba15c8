"""A project on disk: ``NAME.mimea`` (one SQLite database) and ``NAME.mimea.d/`` (tensors, checkpoints)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from core.errors import ProjectError
from core.store.schema import APPLICATION_ID, CURRENT_VERDICT_VIEW, SCHEMA_VERSION, Base

SUFFIX = ".mimea"
_BUSY_MILLISECONDS = 10_000


class ProjectFile:
    """An open project. Safe to share between threads: every session is its own connection and short-lived."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path = path
        self.engine = engine

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.stem

    @property
    def sidecar(self) -> Path:
        """The folder beside the file that holds what can be computed again, and checkpoints."""
        return self.path.with_name(self.path.name + ".d")

    @classmethod
    def create(cls, path: Path) -> ProjectFile:
        """Make an empty project at ``path``.

        Raises:
            ProjectError: the file exists, or its folder can't be written.
        """
        path = path.expanduser().absolute()
        if path.exists():
            raise ProjectError(f"{path} exists already; choose another name or open it")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            engine = _engine(path)
            raw = engine.raw_connection()
            raw.cursor().execute("PRAGMA journal_mode = WAL")  # refused inside a transaction
            raw.close()
            with engine.begin() as connection:
                Base.metadata.create_all(connection)
                connection.exec_driver_sql(CURRENT_VERDICT_VIEW)
                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
        except (OSError, DatabaseError) as error:
            raise ProjectError(f"{path} can't be created: {_reason(error)}") from error
        return cls(path, engine)

    @classmethod
    def open(cls, path: Path) -> ProjectFile:
        """Open an existing project.

        Raises:
            ProjectError: no such file, not a project, damaged, or made by a newer version.
        """
        path = path.expanduser().absolute()
        if not path.is_file():
            raise ProjectError(f"there is no project {path}")
        engine = _engine(path)
        try:
            with engine.connect() as connection:
                application_id = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
                version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        except DatabaseError as error:
            engine.dispose()
            raise ProjectError(f"{path} is not a MIMEA project: {_reason(error)}") from error
        if application_id != APPLICATION_ID:
            engine.dispose()
            raise ProjectError(f"{path} is a database, but not a MIMEA project")
        if version > SCHEMA_VERSION:
            engine.dispose()
            raise ProjectError(
                f"{path} was written by a newer version (format {version}, "
                f"this program reads {SCHEMA_VERSION}); update MIMEA Explorer"
            )
        return cls(path, engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for queries: one consistent snapshot, never written back."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in a write transaction, on disk when the block ends, rolled back if it raises."""
        with Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"begin": "IMMEDIATE"})
            yield session
            session.commit()

    def close(self) -> None:
        """Close all connections; the write-ahead log is folded into the file."""
        self.engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_MILLISECONDS / 1000})

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: Any) -> None:
        # Transactions are begun below: the driver's own rules would start them late and as readers.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        # FULL: a verdict that was shown as saved survives a power cut too, not only a killed process.
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        kind = connection.get_execution_options().get("begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {kind}")

    return engine


def _reason(error: Exception) -> str:
    return str(error.orig) if isinstance(error, DatabaseError) and error.orig else str(error)
