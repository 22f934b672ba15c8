"""Looking after a project file: copies, room given back, and whether it is sound."""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from core.errors import FileExistsAlreadyError, ProjectError
from core.store.disk import sync, sync_folder
from core.store.engines import no_project
from core.store.schema import APPLICATION_ID

_BUSY_SECONDS = 10.0
_MOST_PROBLEMS = 20
_AUTOSAVES = 5
_AUTOSAVED = re.compile(r"\d{4}-\d\d-\d\d(-\d+)?")  # what follows the occasion in its name


def backup(project: Path, target: Path | None = None, *, replace: bool = False) -> Path:
    """Copy the project to ``target``, also while others write to it; returns where the copy is.

    Without ``target`` it goes beside the project as ``NAME.backup-DATE.mimea``. It holds everything but the
    folder of features and checkpoints.

    Raises:
        FileExistsAlreadyError: ``target`` is there and ``replace`` is not set.
        ProjectError: ``project`` is none, or the copy can't be written.
    """
    if target is None:
        target = _free(project.with_name(f"{project.stem}.backup-{_today()}{project.suffix}"))
    target = target.expanduser().absolute()
    if target.exists() and not replace:
        raise FileExistsAlreadyError(target)
    if target.exists() and target.samefile(project):
        raise ProjectError(f"{target} is the project itself; choose another name for its copy")
    return _copy(project, target)


def autosave(project: Path, occasion: str) -> Path:
    """Copy the project to ``NAME.mimea.backup-OCCASION-DATE`` beside it, before something that changes much.

    Of each occasion the last few are kept.

    Raises:
        ProjectError: the copy can't be written.
    """
    name = f"{project.name}.backup-{occasion}-"
    copy = _copy(project, _free(project.with_name(f"{name}{_today()}")))
    copies = [path for path in project.parent.iterdir() if _AUTOSAVED.fullmatch(path.name.removeprefix(name))]
    for old in sorted(copies, key=lambda path: path.stat().st_mtime_ns)[:-_AUTOSAVES]:
        with suppress(OSError):  # one that stays is no harm
            old.unlink()
    return copy


def compact(project: Path) -> tuple[int, int]:
    """Give unused room in the file back to the disk; returns its size before and after.

    Raises:
        ProjectError: ``project`` is none, is in use elsewhere, or the disk is too full to rewrite it.
    """
    before = project.stat().st_size if project.is_file() else 0
    with _connection(project) as connection:
        try:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise ProjectError(f"{project} can't be compacted: {error}") from error
    return before, project.stat().st_size


def problems(project: Path) -> list[str]:
    """What is wrong with the file, a sentence each; nothing for a sound one.

    Raises:
        ProjectError: ``project`` is none at all.
    """
    with _connection(project) as connection:
        try:
            found = [row[0] for row in connection.execute(f"PRAGMA integrity_check({_MOST_PROBLEMS})")]
            dangling = connection.execute("PRAGMA foreign_key_check").fetchmany(_MOST_PROBLEMS)
        except sqlite3.DatabaseError as error:
            return [f"the file is damaged: {error}"]
    return [text for text in found if text != "ok"] + [
        f"{table}: row {row if row is not None else '?'} points to a missing {parent}"
        for table, row, parent, _ in dangling
    ]


@contextmanager
def _connection(project: Path) -> Iterator[sqlite3.Connection]:
    project = project.expanduser().absolute()
    if not project.is_file():
        raise ProjectError(f"there is no project {project}")
    with closing(sqlite3.connect(project, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
        try:
            application_id = connection.execute("PRAGMA application_id").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise no_project(project, error) from error
        if application_id != APPLICATION_ID:
            raise ProjectError(f"{project} is a database, but not a MIMEA project")
        yield connection


def _copy(project: Path, target: Path) -> Path:
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with (
            _connection(project) as source,
            closing(sqlite3.connect(part, isolation_level=None)) as copy,
        ):
            source.backup(copy)
            # One file, without a log beside it, wherever it is moved.
            copy.execute("PRAGMA journal_mode = DELETE")
        sync(part)
        part.replace(target)
        sync_folder(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise ProjectError(f"{target} can't be written: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return target


def _free(path: Path) -> Path:
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(
            f"{path.stem}-{number}{path.suffix}" if path.suffix == ".mimea" else f"{path.name}-{number}"
        )
    return free


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
