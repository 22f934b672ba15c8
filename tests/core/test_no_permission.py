"""Files and folders that whoever runs a command may not enter: one sentence that names them, and status 1."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import cli
from tests.support import build_project, plain_user

NT = b"<http://a> <http://p> <http://b> .\n"

COMMANDS = {
    "project": ("evaluate", "SHUT/p.mimea"),
    "new project": ("import", "SHUT/new.mimea", "--left", "g.nt", "--right", "g.nt"),
    "dataset": ("import", "new.mimea", "--dataset", "SHUT/in"),
    "graph": ("import", "new.mimea", "--left", "SHUT/g.nt", "--right", "g.nt"),
    "images": ("import", "new.mimea", "--left", "g.nt", "--right", "g.nt", "--images-left", "SHUT/images"),
    "links of a new project": (
        "import",
        "new.mimea",
        "--left",
        "g.nt",
        "--right",
        "g.nt",
        "--links",
        "SHUT/l.nt",
    ),
    "links": ("links", "p.mimea", "SHUT/l.nt", "--as", "seeds"),
    "new version": ("reimport", "p.mimea", "--side", "left", "--source", "SHUT/g.nt", "--yes"),
    "settings": ("train", "p.mimea", "--config", "SHUT/run.json"),
    "export": ("export", "p.mimea", "--format", "nt", "--out", "SHUT/links.nt"),
    "candidates": ("candidates", "p.mimea", "--csv", "SHUT/candidates.csv"),
    "simulation": ("simulate", "p.mimea", "--csv", "SHUT/rounds.csv"),
    "backup": ("backup", "p.mimea", "--out", "SHUT/copy.mimea"),
    "sets of links": ("diff", "SHUT/a.nt", "g.nt"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A project and a graph, and a folder that is shut."""
    build_project(tmp_path / "p.mimea", images=False).close()
    (tmp_path / "g.nt").write_bytes(NT)
    (tmp_path / "shut").mkdir(mode=0)
    yield tmp_path
    (tmp_path / "shut").chmod(0o700)


@pytest.mark.parametrize("case", COMMANDS)
def test_a_shut_folder_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.chdir(folder)
    with plain_user():
        assert cli.run([part.replace("SHUT", str(folder / "shut")) for part in COMMANDS[case]]) == 1
    told = capsys.readouterr().err
    assert told.startswith("mimea-explorer: ") and told.count("\n") == 1, told
    assert str(folder / "shut") in told and "Permission denied" in told
    (folder / "shut").chmod(0o700)
    assert not list((folder / "shut").iterdir())
    assert not (folder / "new.mimea").exists()
