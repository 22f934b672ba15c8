"""The headless contract of DESIGN section 5, run the way a shell runs it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import rdflib

import main
from core.cli import build_parser, run
from core.terminal import login_name
from tests.support import REPOSITORY, build_project


def write_pair(folder: Path, size: int = 30) -> None:
    """Two small RDF graphs of the same shape with other names, and the links between them."""
    links = ["left\tright\tkind"]
    for side, word in (("one", "near"), ("two", "beside")):
        lines = []
        for i in range(size):
            subject = f"<http://x.org/{side}/{i}>"
            lines.append(f'{subject} <http://www.w3.org/2000/01/rdf-schema#label> "thing {i}"@en .')
            lines.append(f'{subject} <http://x.org/{side}/size> "{i * i}" .')
            lines += [
                f"{subject} <http://x.org/{side}/{word}{s % 2}> <http://x.org/{side}/{(s * i + 1) % size}> ."
                for s in (1, 2, 5)
            ]
        (folder / side).mkdir(parents=True)
        (folder / side / "graph.nt").write_text("\n".join(lines) + "\n")
    links += [f"http://x.org/one/{i}\thttp://x.org/two/{i}\tthing" for i in range(size)]
    (folder / "links.tsv").write_text("\n".join(links) + "\n")


def test_from_import_to_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_pair(tmp_path / "pair")
    project, out = str(tmp_path / "p.mimea"), tmp_path / "links.ttl"
    assert run(["import", project, "--dataset", str(tmp_path / "pair")]) == 0
    quick = ["--epochs", "30", "--seed-ratio", "0.5", "--set", "dimension=32", "--device", "cpu"]
    assert run(["train", project, *quick]) == 0
    text = capsys.readouterr().out
    assert "Run 1 on CPU" in text and "without visual" in text and "Run 1 done at epoch" in text

    assert run(["evaluate", project, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["run"] == 1 and result["candidates"] == "test"
    assert {"cosine", "csls", "sinkhorn"} <= set(result["decodings"])
    for metrics in result["decodings"].values():
        assert 0 <= metrics["hits@1"] <= metrics["mrr"] <= metrics["hits@10"] <= 1
    assert run(["evaluate", project, "--candidates", "all", "--json"]) == 0
    everything = json.loads(capsys.readouterr().out)
    assert everything["candidates"] == "all"

    assert run(["candidates", project, "--top", "2"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 60 and {row["rank"] for row in rows} == {"1", "2"}
    assert all(row["score_visual"] == "" for row in rows)

    table = tmp_path / "candidates.csv"
    table.write_text("mine")
    assert run(["candidates", project, "--csv", str(table)]) == 1
    told = capsys.readouterr().err
    assert "exists already" in told and told.endswith("(--force)\n") and table.read_text() == "mine"
    assert run(["candidates", project, "--csv", str(table), "--force"]) == 0
    assert f"Candidates written to {table}" in capsys.readouterr().out
    assert table.read_text().startswith("left_uri,")

    assert run(["accept", project, "--one-to-one", "--author", "ada"]) == 0
    assert run(["export", project, "--format", "ttl", "--out", str(out)]) == 0
    capsys.readouterr()
    assert run(["info", project, "--json"]) == 0
    info = json.loads(capsys.readouterr().out)
    graph = rdflib.Graph().parse(out, format="turtle")
    assert len(graph) == info["verdicts"]["accepted"] > 10  # seeds are not decided
    assert run(["info", project]) == 0
    assert "accepted" in capsys.readouterr().out


def test_the_same_seed_gives_the_same_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = []
    for name in ("a", "b"):
        path = tmp_path / name / "p.mimea"
        build_project(path, run=False, images=False).close()
        assert run(["train", str(path), "--epochs", "5", "--set", "dimension=16", "--device", "cpu"]) == 0
        capsys.readouterr()
        assert run(["evaluate", str(path), "--json"]) == 0
        results.append(capsys.readouterr().out)
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["train", "MISSING"], 1, "there is no project"),
        (["train", "PROJECT", "--set", "speed=9"], 1, "there is no setting 'speed'"),
        (["train", "PROJECT", "--set", "speed"], 1, "--set takes KEY=VALUE"),
        (["train", "PROJECT", "--epochs", "0"], 1, "epochs must be between"),
        (["train", "PROJECT", "--config", "MISSING"], 1, "can't be read"),
        (["evaluate", "PROJECT"], 1, "train first"),
        (["candidates", "PROJECT"], 1, "train first"),
        (["accept", "PROJECT"], 2, "say which"),
        (["accept", "PROJECT", "--mutual"], 1, "train first"),
        (["import", "PROJECT"], 2, "give --left and --right"),
        (["import", "NEW", "--dataset", "MISSING"], 1, "MISSING"),
        (["import", "NEW", "--dataset", "EMPTY"], 1, "EMPTY"),
        (["export", "PROJECT", "--format", "nt", "--out", "MISSING/x.nt"], 1, "can't be written"),
    ],
)
def test_errors_are_one_line_on_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, message: str
) -> None:
    build_project(tmp_path / "PROJECT", run=False, images=False, size=4).close()
    (tmp_path / "EMPTY").mkdir()
    before = (tmp_path / "PROJECT").read_bytes()
    words = ("PROJECT", "MISSING", "NEW", "EMPTY", "MISSING/x.nt")
    assert run([str(tmp_path / a) if a in words else a for a in arguments]) == status
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err and captured.err.count("\n") == 1
    assert (tmp_path / "PROJECT").read_bytes() == before
    assert not (tmp_path / "NEW").exists()


@pytest.mark.parametrize("arguments", [["frobnicate"], [], ["export", "p.mimea"], ["train"]])
def test_wrong_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_main_knows_every_command() -> None:
    usage = build_parser().format_help()
    commands = re.findall(r"^ {4}([a-z]+)\b", usage, re.MULTILINE)
    assert tuple(commands) == main.COMMANDS


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    return subprocess.run(
        [sys.executable, "main.py", *arguments],
        cwd=REPOSITORY, env=env | environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="these always have a display")
def test_without_a_display_one_line_names_the_headless_commands() -> None:
    done = start()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "no display" in done.stderr and "export" in done.stderr


def test_a_project_that_is_not_there_is_wrong_usage() -> None:
    done = start("nowhere.mimea", QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 2
    assert (
        done.stderr == "mimea-explorer: 'nowhere.mimea' is neither a project file nor a command; see --help\n"
    )


@pytest.mark.parametrize("error", [KeyError("uid 1234"), OSError("no such user"), ImportError("pwd")])
def test_a_user_without_a_name_is_nobody(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> str:
        raise error

    monkeypatch.setattr("getpass.getuser", fail)
    assert login_name() == ""
    with pytest.raises(SystemExit) as left:
        run(["accept", "--help"])
    assert left.value.code == 0 and "--author" in capsys.readouterr().out
