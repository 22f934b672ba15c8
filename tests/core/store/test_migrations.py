from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import ProjectError
from core.review.disagreement import disagreements
from core.review.journal import current_verdicts, history_state, redo
from core.store import migrations
from core.store.graphs import project_info
from core.store.project_file import ProjectFile
from core.store.schema import SCHEMA_VERSION
from tests.support import REPOSITORY

VERDICTS = [(1, 7, "rejected"), (2, None, "no_counterpart")]
FIXTURES = sorted((REPOSITORY / "tests" / "fixtures").glob("v*.mimea"))


def pragma(path: Path, name: str) -> object:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]
    finally:
        connection.close()


def schema_of(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path)
    try:
        return dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    finally:
        connection.close()


def dump_of(path: Path) -> list[str]:
    """All that a database holds, as SQL."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def shape_of(path: Path) -> dict[str, object]:
    """Columns of each table, in any order, and the text of all else."""
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {
            name: {column[1:] for column in connection.execute(f"PRAGMA table_info({name})")}
            if kind == "table"
            else sql
            for kind, name, sql in rows.fetchall()
        }
    finally:
        connection.close()


@pytest.fixture(params=FIXTURES, ids=lambda path: path.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copy(request.param, tmp_path / "old.mimea"))


def test_there_is_a_fixture_of_every_earlier_format() -> None:
    assert [path.stem for path in FIXTURES] == [f"v{n}" for n in range(1, SCHEMA_VERSION)]


def test_a_project_of_an_earlier_format_opens_with_all_it_held(old: Path, tmp_path: Path) -> None:
    before, version_before = dump_of(old), pragma(old, "user_version")
    project = ProjectFile.open(old)
    with project.read() as session:
        info = project_info(session)
        assert (info.left.entities, info.right.entities, info.links, info.runs) == (6, 6, 6, 1)
        assert [(v.left_id, v.right_id, v.kind) for v in current_verdicts(session)] == VERDICTS
        assert history_state(session) == (True, True)
        assert [(d.left_id, d.right_id) for d in disagreements(session)] == [(1, 7)]
    redone = redo(project)
    assert redone is not None and [(d.left_id, d.kind) for d in redone.decisions] == [(3, "unsure")]
    project.close()
    assert pragma(old, "user_version") == SCHEMA_VERSION
    (copy,) = [path for path in tmp_path.iterdir() if ".backup-v" in path.name]
    assert copy.name.startswith(f"old.mimea.backup-v{version_before}-20")
    assert pragma(copy, "user_version") == version_before and shape_of(copy) != shape_of(old)
    assert dump_of(copy) == before


def test_an_upgraded_project_has_the_schema_of_a_new_one(old: Path, tmp_path: Path) -> None:
    ProjectFile.open(old).close()
    ProjectFile.create(tmp_path / "new.mimea").close()
    assert shape_of(old) == shape_of(tmp_path / "new.mimea")


def test_opening_again_upgrades_and_copies_nothing_more(old: Path, tmp_path: Path) -> None:
    ProjectFile.open(old).close()
    names = sorted(path.name for path in tmp_path.iterdir())
    ProjectFile.open(old).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_a_failed_step_leaves_the_project_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(connection) -> None:
        connection.exec_driver_sql("DELETE FROM verdict")
        connection.exec_driver_sql("SELECT * FROM nowhere")

    monkeypatch.setitem(migrations._MIGRATIONS, SCHEMA_VERSION, fail)
    before, version_before = schema_of(old), pragma(old, "user_version")
    with pytest.raises(ProjectError, match="can't be brought up to date: no such table: nowhere"):
        ProjectFile.open(old)
    assert pragma(old, "user_version") == SCHEMA_VERSION - 1
    if version_before == SCHEMA_VERSION - 1:
        assert schema_of(old) == before
    connection = sqlite3.connect(old)
    assert connection.execute("SELECT count(*) FROM verdict").fetchone() == (4,)
    connection.close()


def test_a_kill_during_a_step_loses_nothing(old: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from core.store import migrations
from core.store.project_file import ProjectFile
def die(connection):
    connection.exec_driver_sql("DELETE FROM verdict")
    os.kill(os.getpid(), {int(getattr(signal, "SIGKILL", signal.SIGTERM))})
migrations._MIGRATIONS[{SCHEMA_VERSION}] = die
ProjectFile.open(Path({str(old)!r}))
"""
    env = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    assert subprocess.run([sys.executable, "-c", code], env=env, check=False, timeout=60).returncode != 0
    project = ProjectFile.open(old)
    with project.read() as session:
        assert [(v.left_id, v.right_id, v.kind) for v in current_verdicts(session)] == VERDICTS
    project.close()


def test_an_old_project_for_looking_only_is_left_alone(old: Path) -> None:
    before = old.read_bytes()
    with pytest.raises(ProjectError, match="older version"):
        ProjectFile.open(old, writable=False)
    assert old.read_bytes() == before
