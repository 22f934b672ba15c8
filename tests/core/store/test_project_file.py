from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from core.cli import run
from core.errors import ProjectError
from core.review.journal import Decision, current_verdicts, decide
from core.store.backup import problems
from core.store.engines import failure
from core.store.project_file import ProjectFile
from core.store.schema import APPLICATION_ID, SCHEMA_VERSION, Entity, Graph
from tests.support import full_disk


def test_a_new_project_is_one_sqlite_file_that_says_what_it_is(tmp_path: Path) -> None:
    project = ProjectFile.create(tmp_path / "new.mimea")
    project.close()
    connection = sqlite3.connect(tmp_path / "new.mimea")
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    assert [p.name for p in tmp_path.iterdir()] == ["new.mimea"]


def test_every_connection_enforces_foreign_keys(project: ProjectFile) -> None:
    with pytest.raises(IntegrityError), project.write() as session:
        session.execute(text("INSERT INTO image (entity_id, path, sha256, width, height, status) "
                             "VALUES (9999, 'x', '', 0, 0, 'ok')"))  # fmt: skip


@pytest.mark.parametrize("writable", [True, False])  # a command that only reads asks for no less
def test_a_project_in_a_folder_that_cant_be_written_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writable: bool
) -> None:
    path = tmp_path / "new.mimea"
    ProjectFile.create(path).close()
    monkeypatch.setattr("core.store.engines.os.access", lambda _path, _mode: False)
    project = ProjectFile.open(path, writable=writable)
    with project.read() as session:
        assert session.scalars(select(Graph.name)).all() == []
        assert [each.name for each in tmp_path.iterdir()] == ["new.mimea"]  # no file beside, which would fail
    project.close()


def test_a_failed_write_changes_nothing(project: ProjectFile) -> None:
    with pytest.raises(RuntimeError), project.write() as session:
        session.execute(text("UPDATE graph SET name = 'changed'"))
        raise RuntimeError
    with project.read() as session:
        assert "changed" not in session.scalars(select(Graph.name)).all()


def test_readers_do_not_wait_for_a_writer(project: ProjectFile) -> None:
    with project.write() as writer:
        writer.execute(text("UPDATE graph SET name = 'half done'"))
        names: list[str] = []

        def read() -> None:
            with project.read() as reader:
                names.extend(reader.scalars(select(Graph.name)))

        thread = threading.Thread(target=read)
        thread.start()
        thread.join(5)
        assert names == ["Atlas", "Factbook"]


def test_writers_of_several_threads_all_succeed(project: ProjectFile) -> None:
    def add() -> None:
        for _ in range(10):
            with project.write() as session:
                session.execute(text("UPDATE graph SET license = license || 'x' WHERE id = 1"))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with project.read() as session:
        assert session.scalar(text("SELECT length(license) FROM graph WHERE id = 1")) == 8 + 40


def _text_file(path: Path) -> None:
    path.write_text("these are no links\n" * 100)


def _other_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (x)")
    connection.close()


def _newer_project(path: Path) -> None:
    ProjectFile.create(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_text_file, "is not a MIMEA project"),
        (_other_database, "is a database, but not a MIMEA project"),
        (_newer_project, "was written by a newer version"),
        (Path.touch, "is a database, but not a MIMEA project"),
        (Path.mkdir, "there is no project"),
        (lambda path: None, "there is no project"),
    ],
)
def test_what_is_no_project_is_refused_and_left_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], make, message: str
) -> None:
    path = tmp_path / "other.mimea"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(ProjectError, match=message):
        ProjectFile.open(path)
    assert run(["info", str(path)]) == 1
    told = capsys.readouterr().err
    assert message in told and "other.mimea" in told and told.count("\n") == 1
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_place_that_vanishes_and_comes_back(project: ProjectFile, tmp_path: Path) -> None:
    """A network drive: what is left of it is a folder with nothing in it, in which nothing may be made."""
    place = tmp_path / "drive"
    place.mkdir()
    project.close()
    project.path.rename(place / "p.mimea")
    opened = ProjectFile.open_for_editing(place / "p.mimea")
    decide(opened, [Decision(1, 41, "accepted")])
    opened.engine.dispose()  # as its connections end with the drive
    place.rename(tmp_path / "gone")
    place.mkdir()
    with pytest.raises(OperationalError) as caught:
        decide(opened, [Decision(2, 42, "accepted")])
    assert failure(caught.value) == "the project can't be read or written: unable to open database file"
    assert list(place.iterdir()) == []
    place.rmdir()
    (tmp_path / "gone").rename(place)
    decide(opened, [Decision(3, 43, "accepted")])
    with opened.read() as session:
        assert [v.left_id for v in current_verdicts(session)] == [1, 3]
    opened.close()


def test_a_full_disk_is_one_sentence_and_changes_nothing(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted")])
    with full_disk(project), pytest.raises(OperationalError) as caught, project.write() as session:
        session.connection().exec_driver_sql("UPDATE entity SET description = hex(zeroblob(20000))")
    assert failure(caught.value) == "the project can't be read or written: database or disk is full"
    with project.read() as session:
        assert [v.left_id for v in current_verdicts(session)] == [1]
        assert session.get_one(Entity, 1).description == "thing number 1"
    assert problems(project.path) == []


@pytest.mark.parametrize("pages", [0, 1, 3])
def test_verdicts_up_to_a_full_disk_are_kept_and_those_after_it_too(project: ProjectFile, pages: int) -> None:
    saved = []
    with full_disk(project, pages), pytest.raises(OperationalError, match="disk is full"):
        for i in range(100_000):
            step = [Decision(1 + (i + k) % 40, 41 + (i + k) % 40, "unsure", note="x" * 900) for k in (0, 1)]
            decide(project, step)
            saved += [each.left_id for each in step]
    with project.read() as session:
        assert session.scalars(text("SELECT left_id FROM verdict ORDER BY id")).all() == saved
    assert problems(project.path) == []
    decide(project, [Decision(1, 41, "accepted")])
    with project.read() as session:
        assert ("accepted", 1) in [(v.kind, v.left_id) for v in current_verdicts(session)]


def test_an_existing_file_is_never_overwritten(project: ProjectFile) -> None:
    with pytest.raises(ProjectError, match="exists already"):
        ProjectFile.create(project.path)


def test_an_impossible_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ProjectError, match="can't be created"):
        ProjectFile.create(tmp_path / "file" / "p.mimea")
