"""A project on disk: ``NAME.mimea`` (one SQLite database) and ``NAME.mimea.d/`` (tensors, checkpoints).

A team's project has its tables on a PostgreSQL server instead; the folder stays on each one's own disk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from core.errors import ProjectError
from core.store.backup import autosave
from core.store.engines import WRITING, keep_log, no_project, reason, server_engine, sqlite_engine
from core.store.lock import EditingLock
from core.store.migrations import create_schema, drop_schema, schema_version, upgrade
from core.store.places import SUFFIX, Place, local_file, without_password
from core.store.schema import SCHEMA_VERSION

__all__ = ["SUFFIX", "ProjectFile", "ReadOnlyError"]


class ReadOnlyError(ProjectError):
    """A project that is open for looking only."""


class ProjectFile:
    """An open project. Safe to share between threads: every session is its own connection and short-lived.

    ``read_only`` says why nothing can be written; it is empty where writing is possible.
    """

    def __init__(
        self, path: Path, engine: Engine, *, read_only: str = "", lock: EditingLock | None = None
    ) -> None:
        self.path = path
        self.engine = engine
        self.read_only = read_only
        self._lock = lock

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
            path.touch(exist_ok=False)
            engine = sqlite_engine(path)
            keep_log(engine)
            with engine.begin() as connection:
                create_schema(connection)
        except (OSError, DatabaseError) as error:
            raise ProjectError(f"{path} can't be created: {reason(error)}") from error
        return cls(path, engine)

    @classmethod
    def open(cls, place: Place, *, writable: bool = True) -> ProjectFile:
        """Open an existing project, as commands do: any number of processes may, and writers take turns.

        One of an earlier format is brought up to date first, with a copy of it left beside; a server's
        backups are its own affair.

        Raises:
            ProjectError: no such file, not a project, damaged, made by a newer version, or made by an older
                one and not ``writable``; or the server can't be reached.
        """
        if isinstance(place, str):
            return cls._open_url(place, writable=writable)
        path = place.expanduser().absolute()
        if not path.is_file():
            raise ProjectError(f"there is no project {path}")
        engine = sqlite_engine(path, writable=writable)
        try:
            version = _version(engine, path)
            if version is None:
                raise ProjectError(f"{path} is a database, but not a MIMEA project")
            if version < SCHEMA_VERSION:
                if not writable:
                    raise ProjectError(f"{path} was written by an older version; open it for writing once")
                autosave(path, f"v{version}")
                _upgrade(engine, path)
            if writable:
                with suppress(sqlite3.OperationalError):  # somebody is at it: then it is left as it is
                    keep_log(engine)  # a backup that was put in its place has none
        except BaseException:
            engine.dispose()
            raise
        return cls(path, engine, read_only="" if writable else f"{path.name} was opened for looking only")

    @classmethod
    def open_for_editing(cls, place: Place) -> ProjectFile:
        """Open a project as a window does: the first can change it, every other gets it ``read_only``.

        On a server all can: that is what it is for.

        Raises:
            ProjectError: as :meth:`open`.
        """
        if isinstance(place, str):
            return cls._open_url(place)
        path = place.expanduser().absolute()
        if not path.is_file():
            raise ProjectError(f"there is no project {path}")
        lock, why = EditingLock(path), ""
        try:
            if not lock.take():
                why = f"{path.name} is open in another window; here it can be looked at, not changed"
        except ProjectError as error:
            why = f"{error}; the project can be looked at, not changed"
        try:
            project = cls.open(path, writable=not why)
        except BaseException:
            lock.release()
            raise
        project.read_only, project._lock = why, None if why else lock
        return project

    @classmethod
    def create_url(cls, url: str) -> ProjectFile:
        """Make an empty project in the database at ``url``, any that SQLAlchemy knows as PostgreSQL's.

        Raises:
            ProjectError: there is a project already, or the server can't be reached or written.
        """
        engine = server_engine(url)
        try:
            with engine.connect().execution_options(**WRITING[engine.dialect.name]) as connection:
                if schema_version(connection) is not None:
                    raise ProjectError(f"{without_password(url)} holds a project already; open it")
                create_schema(connection)
                connection.commit()
        except DatabaseError as error:
            engine.dispose()
            place = without_password(url)
            raise ProjectError(f"no project can be made at {place}: {reason(error)}") from error
        except ProjectError:
            engine.dispose()
            raise
        return cls(local_file(url), engine)

    @classmethod
    def _open_url(cls, url: str, *, writable: bool = True) -> ProjectFile:
        engine = server_engine(url)
        shown = without_password(url)
        try:
            version = _version(engine, shown)
            if version is None:
                raise ProjectError(f"{shown} holds no MIMEA project")
            if version < SCHEMA_VERSION:
                if not writable:
                    raise ProjectError(f"{shown} was written by an older version; open it for writing once")
                _upgrade(engine, shown)
        except BaseException:
            engine.dispose()
            raise
        return cls(
            local_file(url), engine, read_only="" if writable else f"{shown} was opened for looking only"
        )

    @property
    def place(self) -> str:
        """Where it is, for people: its path, or the address without a password."""
        return str(self.path) if not self.is_shared else without_password(str(self.engine.url))

    @property
    def location(self) -> Place:
        """Where another process opens it; of a server's with the password, so not to be shown or kept."""
        return self.engine.url.render_as_string(hide_password=False) if self.is_shared else self.path

    @property
    def is_shared(self) -> bool:
        """Whether it lives on a server, which then looks after it."""
        return self.engine.dialect.name != "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for queries: one consistent snapshot, never written back."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in a write transaction, on disk when the block ends, rolled back if it raises.

        Raises:
            ReadOnlyError: the project is open for looking only.
        """
        if self.read_only:
            raise ReadOnlyError(self.read_only)
        with Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options=WRITING[self.engine.dialect.name])
            yield session
            session.commit()

    def autosave(self, occasion: str) -> None:
        """Leave a copy beside the project before it is changed much; a server's backups are its own affair.

        Raises:
            ProjectError: the copy can't be written.
        """
        if not self.is_shared:
            autosave(self.path, occasion)

    def drop(self) -> None:
        """Remove an empty or half-filled project from its server."""
        with self.engine.connect().execution_options(**WRITING[self.engine.dialect.name]) as connection:
            drop_schema(connection)
            connection.commit()

    def close(self) -> None:
        """Close all connections; the write-ahead log is folded into the file."""
        self.engine.dispose()
        if self._lock is not None:
            self._lock.release()


def _version(engine: Engine, place: object) -> int | None:
    try:
        with engine.connect() as connection:
            version = schema_version(connection)
    except DatabaseError as error:
        if engine.dialect.name == "sqlite":
            raise no_project(place, error) from error
        raise ProjectError(f"{place} can't be opened: {reason(error)}") from error
    if version is not None and version > SCHEMA_VERSION:
        raise ProjectError(
            f"{place} was written by a newer version (format {version}, "
            f"this program reads {SCHEMA_VERSION}); update MIMEA Explorer"
        )
    return version


def _upgrade(engine: Engine, place: object) -> None:
    try:
        upgrade(engine)
    except DatabaseError as error:
        raise ProjectError(f"{place} can't be brought up to date: {reason(error)}") from error
