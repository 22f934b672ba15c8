from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.cli import run
from core.errors import FileExistsAlreadyError, ProjectError
from core.review.journal import Decision, current_verdicts, decide
from core.store import backup as care
from core.store.project_file import ProjectFile


def test_a_restored_backup_is_written_beside_its_readers_again(project: ProjectFile) -> None:
    copy = care.backup(project.path)
    ProjectFile.open(copy, writable=False).close()
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    with closing(ProjectFile.open(copy)) as restored, restored.write(), restored.read() as reader:
        assert list(current_verdicts(reader)) == []
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_last_few_autosaves_of_an_occasion_are_kept(project: ProjectFile) -> None:
    others = [care.autosave(project.path, "v3"), care.backup(project.path)]
    mine = project.path.with_name(f"{project.path.name}.backup-import-mine")
    mine.touch()
    copies = [care.autosave(project.path, "import") for _ in range(8)]
    assert len(list(project.path.parent.glob("*.backup-import-20*"))) == 5 and copies[-1].exists()
    assert mine.exists() and all(path.exists() for path in others)


def test_a_backup_is_a_project_made_while_another_writes(project: ProjectFile, tmp_path: Path) -> None:
    decide(project, [Decision(1, 41, "accepted")])
    with project.write() as session:
        session.connection().exec_driver_sql("UPDATE graph SET name = 'half done'")
        copy = care.backup(project.path)
    assert copy.name.startswith("small.backup-20") and copy.suffix == ".mimea"
    second = care.backup(project.path)
    assert second.stem == f"{copy.stem}-2"
    opened = ProjectFile.open(copy)
    with opened.read() as session:
        assert [v.left_id for v in current_verdicts(session)] == [1]
        names = session.connection().exec_driver_sql("SELECT name FROM graph").scalars().all()
        assert "half done" not in names
    opened.close()
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


def test_a_backup_replaces_nothing_unasked(project: ProjectFile, tmp_path: Path) -> None:
    (tmp_path / "copy.mimea").write_text("old")
    with pytest.raises(FileExistsAlreadyError, match="exists already"):
        care.backup(project.path, tmp_path / "copy.mimea")
    assert (tmp_path / "copy.mimea").read_text() == "old"
    care.backup(project.path, tmp_path / "copy.mimea", replace=True)
    assert care.problems(tmp_path / "copy.mimea") == []
    with pytest.raises(ProjectError, match="the project itself"):
        care.backup(project.path, project.path, replace=True)
    with pytest.raises(ProjectError, match="can't be written"):
        care.backup(project.path, tmp_path / "missing" / "copy.mimea")


def test_compacting_gives_room_back(project: ProjectFile) -> None:
    with project.write() as session:
        session.connection().exec_driver_sql("UPDATE entity SET description = hex(zeroblob(20000))")
    with project.write() as session:
        session.connection().exec_driver_sql("UPDATE entity SET description = ''")
    project.close()
    before, after = care.compact(project.path)
    assert after < before / 2 and after == project.path.stat().st_size
    assert care.problems(project.path) == []


def test_a_project_in_use_is_not_compacted(project: ProjectFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(care, "_BUSY_SECONDS", 0.1)
    with project.write() as session:
        session.connection().exec_driver_sql("UPDATE graph SET name = 'x'")
        with pytest.raises(ProjectError, match="can't be compacted: database is locked"):
            care.compact(project.path)


def test_damage_is_found(project: ProjectFile) -> None:
    assert care.problems(project.path) == []
    project.close()
    connection = sqlite3.connect(project.path)
    connection.execute("INSERT INTO link VALUES (9001, 9002, '')")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert any("points to a missing entity" in line for line in care.problems(project.path))
    size = project.path.stat().st_size
    with project.path.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xa5" * 8192)
    assert any("points to" not in line for line in care.problems(project.path))


def test_the_command_line_looks_after_a_project(
    project: ProjectFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project.close()
    path, copy = str(project.path), tmp_path / "copy.mimea"
    assert run(["backup", path, "--out", str(copy)]) == 0
    assert capsys.readouterr().out == f"Copied to {copy}\n"
    assert run(["backup", path, "--out", str(copy)]) == 1
    assert capsys.readouterr().err == (
        f"mimea-explorer: {copy} exists already; choose another name or replace it (--force)\n"
    )
    assert run(["backup", path, "--out", str(copy), "--force"]) == 0
    assert run(["compact", path]) == 0
    assert run(["check", path]) == 0
    assert capsys.readouterr().out.endswith(" is sound\n")
    connection = sqlite3.connect(project.path)
    connection.execute("INSERT INTO link VALUES (9001, 9002, '')")
    connection.commit()
    connection.close()
    assert run(["check", path]) == 1
    said = capsys.readouterr()
    assert "missing entity" in said.out and "is damaged" in said.err
    (tmp_path / "cut.mimea").write_bytes(copy.read_bytes()[:100_000])
    for command in ("check", "info"):
        assert run([command, str(tmp_path / "cut.mimea")]) == 1
        assert "cut.mimea is damaged; go back to a backup" in capsys.readouterr().err
    for command in ("backup", "compact", "check"):
        assert run([command, str(tmp_path / "missing.mimea")]) == 1
        assert "there is no project" in capsys.readouterr().err
