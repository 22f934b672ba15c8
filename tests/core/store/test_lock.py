from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import ProjectError
from core.review.journal import Decision, current_verdicts, decide
from core.store.project_file import ProjectFile, ReadOnlyError
from tests.support import REPOSITORY


def test_the_second_window_on_a_project_is_read_only_and_says_so(project: ProjectFile) -> None:
    first = ProjectFile.open_for_editing(project.path)
    second = ProjectFile.open_for_editing(project.path)
    assert first.read_only == ""
    assert second.read_only == "small.mimea is open in another window; here it can be looked at, not changed"
    decide(first, [Decision(1, 41, "accepted")])
    with second.read() as session:
        assert [v.left_id for v in current_verdicts(session)] == [1]
    with pytest.raises(ReadOnlyError, match="open in another window"):
        decide(second, [Decision(2, 42, "accepted")])
    first.close()
    second.close()
    third = ProjectFile.open_for_editing(project.path)
    assert third.read_only == ""
    third.close()
    assert not project.path.with_name("small.mimea.lock").exists()


def test_commands_may_use_a_project_that_a_window_has(project: ProjectFile) -> None:
    window = ProjectFile.open_for_editing(project.path)
    command = ProjectFile.open(project.path)
    decide(command, [Decision(1, 41, "accepted")])
    command.close()
    window.close()


def test_connections_of_a_reader_refuse_to_write(project: ProjectFile) -> None:
    reader = ProjectFile.open(project.path, writable=False)
    with pytest.raises(ReadOnlyError), reader.write():
        pass
    with reader.read() as session, pytest.raises(Exception, match="readonly"):
        session.connection().exec_driver_sql("UPDATE graph SET name = 'x'")
    reader.close()


def test_a_killed_window_holds_nothing(project: ProjectFile) -> None:
    code = f"""
import sys
from pathlib import Path
from core.store.project_file import ProjectFile
opened = ProjectFile.open_for_editing(Path({str(project.path)!r}))
print(repr(opened.read_only), flush=True)
sys.stdin.read()
"""
    other = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    )
    assert other.stdout is not None and other.stdin is not None
    assert other.stdout.readline() == "''\n"
    second = ProjectFile.open_for_editing(project.path)
    assert second.read_only == "small.mimea is open in another window; here it can be looked at, not changed"
    second.close()
    other.kill()
    other.wait(10)
    other.stdin.close()
    other.stdout.close()
    third = ProjectFile.open_for_editing(project.path)
    assert third.read_only == ""
    third.close()


def test_what_is_no_project_keeps_no_lock(tmp_path: Path) -> None:
    (tmp_path / "x.mimea").write_text("these are no links\n" * 100)
    with pytest.raises(ProjectError, match="is not a MIMEA project"):
        ProjectFile.open_for_editing(tmp_path / "x.mimea")
    with pytest.raises(ProjectError, match="there is no project"):
        ProjectFile.open_for_editing(tmp_path / "y.mimea")
    assert [path.name for path in tmp_path.iterdir()] == ["x.mimea"]
