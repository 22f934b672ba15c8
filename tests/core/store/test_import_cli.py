"""Importing from the command line: every format by name, columns of tables, links afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import cli
from core.errors import ConfigError
from core.kg.csv_graph import CsvMapping
from core.store.graphs import project_info
from core.store.project_file import ProjectFile


def info(path: Path):
    project = ProjectFile.open(path)
    try:
        with project.read() as session:
            return project_info(session)
    finally:
        project.close()


@pytest.mark.parametrize(
    ("format", "files"),
    [
        ("openea", {"rel_triples_1": "a\tr\tb\n", "rel_triples_2": "x\tr\ty\n", "ent_links": "a\tx\n"}),
        ("csv", {"l/g.csv": "head,relation,tail\na,r,b\n", "r/g.tsv": "x\ts\ty\n", "links.csv": "a,x\n"}),
    ],
)
def test_a_format_may_be_named(tmp_path: Path, format: str, files: dict[str, str]) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    target = tmp_path / "p.mimea"
    assert cli.run(["import", str(target), "--dataset", str(tmp_path), "--format", format]) == 0
    assert info(target).links == 1


def test_columns_and_later_links(tmp_path: Path, capsys) -> None:
    (tmp_path / "l.csv").write_text("von,art,nach\na,r,b\n")
    (tmp_path / "r.csv").write_text("1,x,s,y\n")
    (tmp_path / "links.tsv").write_text("a\tx\nb\tnobody\n")
    target = tmp_path / "p.mimea"
    columns = [
        "--columns-left",
        "head=von,relation=art,tail=nach",
        "--columns-right",
        "head=2,relation=3,tail=4",
    ]
    paths = ["--left", str(tmp_path / "l.csv"), "--right", str(tmp_path / "r.csv")]
    assert cli.run(["import", str(target), *paths, *columns]) == 0
    assert (info(target).left.relation_triples, info(target).right.relation_triples) == (1, 1)
    capsys.readouterr()
    assert cli.run(["links", str(target), str(tmp_path / "links.tsv"), "--as", "reference"]) == 0
    assert "reference: links.tsv: 1 link added" in capsys.readouterr().out
    assert cli.run(["links", str(target), str(tmp_path / "nowhere"), "--as", "seeds"]) == 1
    assert "found no such file" in capsys.readouterr().err
    assert cli.run(["import", str(tmp_path / "q.mimea"), *paths, "--columns-left", "who=von"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("written", ["", "head=a", "id=", "x=y", "head=a,relation=b"])
def test_columns_that_say_nothing_are_refused(written: str) -> None:
    with pytest.raises(ConfigError):
        CsvMapping.parse(written)


def test_columns_by_number_mean_no_header() -> None:
    assert CsvMapping.parse("head=1, relation=2,tail=3").header is False
    assert CsvMapping.parse("id=uri,label=name") == CsvMapping(id="uri", label="name")
