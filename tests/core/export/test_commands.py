from __future__ import annotations

import argparse
import csv
from pathlib import Path

import pytest

from core.cli import run
from core.export.links import FORMATS
from core.export_commands import add_export_options
from core.store.project_file import ProjectFile


def test_the_command_line_knows_every_format() -> None:
    parser = argparse.ArgumentParser()
    add_export_options(parser)
    (choices,) = [action.choices for action in parser._actions if action.dest == "format"]
    assert tuple(choices or ()) == tuple(FORMATS)


def test_every_option_reaches_the_export(
    decided: ProjectFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "links.csv"
    command = ["export", str(decided.path), "--format", "csv", "--out", str(out)]
    options = ["--with-rejected", "--with-unsure", "--author", "ada", "--run", "1", "--since", "2020-02-29"]
    assert run([*command, *options]) == 0
    assert capsys.readouterr().out == f"Wrote 2 links to {out}\n  and {tmp_path / 'links.unsure.csv'}\n"
    with out.open(encoding="utf-8", newline="") as file:
        assert [row["verdict"] for row in csv.DictReader(file)] == ["accepted", "rejected", "accepted"]
    turtle = ["export", str(decided.path), "--format", "ttl", "--out", str(tmp_path / "links.ttl")]
    names = ["--exporter", "Ada L", "--orcid", "0000-0002-1825-0097", "--base-iri", "freebase"]
    assert run([*turtle, *names]) == 0
    assert "# exporter: Ada L\n# orcid: https://orcid.org/0000-0002-1825-0097\n" in (
        tmp_path / "links.ttl"
    ).read_text(encoding="utf-8")
    capsys.readouterr()
    assert run([*turtle, "--force", "--orcid", "ada"]) == 1
    assert capsys.readouterr().err.startswith("mimea-explorer: 'ada' is no ORCID iD")
    with pytest.raises(SystemExit):
        run([*turtle, "--since", "yesterday"])
