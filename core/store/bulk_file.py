"""A new project file filled at full speed beside its place, and put there only when it is complete."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from core.errors import Cancelled, ProjectError
from core.store.disk import move_new, sync, sync_folder
from core.store.import_report import STOPPED
from core.store.lock import ProcessLock
from core.store.many_rows import connect_to_fill
from core.store.project_file import ProjectFile

PART_SUFFIX = ".part"
_BESIDE_SUFFIX, _LOCK_SUFFIX = "-beside", ".lock"
_STEPS_BETWEEN_CHECKS = 100_000


class BulkFile:
    """``TARGET.part`` while the ``with`` block runs; :meth:`publish` makes it the target, else it vanishes.

    Inside, the connection is in one transaction without a journal and without secondary indexes: a crash
    may damage the file, which then is only a part to be thrown away. ``beside`` is where another process
    may put what this file is to hold: it vanishes with the block.
    """

    connection: sqlite3.Connection

    def __init__(self, target: Path, stopped: Callable[[], bool]) -> None:
        self.target = target.expanduser().absolute()
        self.part = self.target.with_name(self.target.name + PART_SUFFIX)
        self.beside = self.part.with_name(self.part.name + _BESIDE_SUFFIX)
        self._lock = ProcessLock(self.part.with_name(self.part.name + _LOCK_SUFFIX))
        self._stopped = stopped
        self._indexes: list[str] = []
        self._new_folders: list[Path] = []
        self._published = False

    def __enter__(self) -> BulkFile:
        """Begin.

        Raises:
            ProjectError: the target exists, can't be written, or is being imported by another process.
        """
        if self.target.exists():
            raise ProjectError(f"{self.target} exists already; choose another name or open it")
        self._new_folders = [folder for folder in self.target.parents if not folder.exists()]
        try:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            is_ours = self._lock.take()
        except (OSError, ProjectError) as error:
            self._remove_new_folders()
            raise ProjectError(f"{self.target} can't be created: {error}") from error
        if not is_ours:
            raise ProjectError(f"{self.target} is being imported by another process")
        try:
            if self.part.exists():  # a killed import left it
                self._remove_part()
            ProjectFile.create(self.part).close()
            self._connect()
        except BaseException as error:
            self._discard()
            if isinstance(error, sqlite3.Error | OSError):
                raise ProjectError(f"{self.target} can't be created: {error}") from error
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._published:
            self.connection.close()
            self._discard()
        if isinstance(error, sqlite3.OperationalError) and self._stopped():
            raise Cancelled(STOPPED) from error
        if isinstance(error, sqlite3.Error):
            raise ProjectError(f"{self.target} can't be written: {error}") from error

    def table_schema(self) -> list[str]:
        """The statements that make the tables, without secondary indexes."""
        rows = self.connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
        return [sql for (sql,) in rows]

    def build_indexes(self) -> None:
        """Make the secondary indexes, in one sort each instead of row by row."""
        for sql in self._indexes:
            self.connection.execute(sql)

    def publish(self) -> None:
        """Put the complete file in its place, safe on disk, without ever overwriting another.

        Raises:
            ProjectError: something has come to be at the target meanwhile, or the disk fails.
        """
        self.connection.execute("COMMIT")
        self.connection.set_progress_handler(None, 0)
        self.connection.execute("PRAGMA main.locking_mode = NORMAL")
        self.connection.execute("PRAGMA main.journal_mode = WAL")
        self.connection.close()
        try:
            self.beside.unlink(missing_ok=True)
            sync(self.part)
            move_new(self.part, self.target)
            self._published = True
            self._lock.release()
            sync_folder(self.target.parent)
        except FileExistsError as error:
            found = f"{self.target} has come to exist meanwhile; choose another name"
            raise ProjectError(found) from error
        except OSError as error:
            raise ProjectError(f"{self.target} can't be written: {error.strerror or error}") from error

    def _connect(self) -> None:
        connection = self.connection = connect_to_fill(self.part)
        connection.execute("BEGIN EXCLUSIVE")
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        )
        for name, sql in rows.fetchall():
            connection.execute(f'DROP INDEX "{name}"')
            self._indexes.append(sql)
        # A long statement (an index, a sort) is interrupted by this; the readers ask between batches.
        connection.set_progress_handler(self._stopped, _STEPS_BETWEEN_CHECKS)

    def _discard(self) -> None:
        with suppress(OSError):  # what made the import fail is told, not what comes of it here
            self._remove_part()
        self._lock.release()
        self._remove_new_folders()

    def _remove_part(self) -> None:
        for suffix in ("", "-wal", "-shm", "-journal", _BESIDE_SUFFIX):
            self.part.with_name(self.part.name + suffix).unlink(missing_ok=True)

    def _remove_new_folders(self) -> None:
        with suppress(OSError):
            for folder in self._new_folders:
                if folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()
