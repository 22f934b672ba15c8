"""`ablate` the way a shell runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli import run
from tests.support import REPOSITORY, build_project

QUICK = ["--epochs", "2", "--device", "cpu", "--set", "dimension=8", "--set", "transport_sample=16"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    build_project(tmp_path / "small.mimea", size=12, run=False, images=False).close()
    return tmp_path / "small.mimea"


def test_a_table_is_written_where_it_is_said(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    command = ["ablate", str(path), "--table", "7", "--seeds", "2", *QUICK, "--out", str(out)]
    assert run(command) == 0
    captured = capsys.readouterr()
    assert "4 cells" not in captured.err  # no bar where nobody watches
    assert f"Wrote {out / 'table7.md'}" in captured.out and f"Wrote {out / 'table7.csv'}" in captured.out
    page = (out / "table7.md").read_text(encoding="utf-8")
    assert "| Pivot: attribute |" in page and "dimension = 8" in page
    assert run(command) == 0
    assert "6 cells, 6 measured before" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--table", "3"],
        ["--figure", "4"],
        ["--table", "4", "--figure", "3"],
        ["--table", "4", "--seeds", "0"],
    ],
)
def test_wrong_usage_exits_with_2(
    path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["ablate", str(path), *arguments])
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "speed=9"], "there is no setting 'speed'"),
        (["--seed-ratio", "1"], "lower seed_ratio"),
        (["--set", "modalities=visual"], "nothing to train on"),
    ],
)
def test_errors_are_one_line(
    path: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ablate", str(path), "--table", "4", *arguments]) == 1
    captured = capsys.readouterr()
    assert captured.out == "" and message in captured.err and captured.err.count("\n") == 1
    assert not (path.parent / "small.mimea.d" / "ablations").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT as a shell does")
def test_ctrl_c_says_how_to_go_on(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["ablate", str(path), "--table", "5", "--seeds", "2", *QUICK]
    process = subprocess.Popen(
        [sys.executable, "main.py", *command], cwd=REPOSITORY, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    while "random seed 0: MRR" not in (line := process.stdout.readline()):  # the first cell is on disk then
        assert line, process.communicate()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=200)
    assert process.returncode == 130, errors
    assert "the same command goes on from there" in errors and "Traceback" not in errors
    cells = path.parent / "small.mimea.d" / "ablations" / "cells.jsonl"
    measured = cells.read_text().count("\n")
    assert 1 <= measured < 6
    assert run(command) == 0
    assert f"6 cells, {measured} measured before" in capsys.readouterr().out
    assert cells.read_text().count("\n") == 6
