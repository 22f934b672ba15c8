from __future__ import annotations

import csv
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from core.export.iri import NoIRIError, absolute_iri
from core.export.links import OWL_SAME_AS, ExportError, preview, write_links
from core.review.journal import Decision, decide
from core.store.project_file import ProjectFile
from core.store.schema import Entity

PAIRS = {(f"http://example.org/1/{i:04x}", f"http://example.org/2/{i:04x}") for i in (1, 2)}


@pytest.fixture
def decided(project: ProjectFile) -> ProjectFile:
    decide(project, [Decision(1, 41, "accepted", 0.9712, 1, "ada", 'so "clear", yes')])
    decide(project, [Decision(2, 42, "accepted", 0.5, 1)])
    decide(project, [Decision(3, 43, "rejected", 0.4, 1)])
    decide(project, [Decision(4, None, "no_counterpart")])
    return project


@pytest.mark.parametrize(("format", "rdf"), [("nt", "nt"), ("ttl", "turtle")])
def test_an_independent_reader_finds_exactly_the_accepted_pairs(
    decided: ProjectFile, tmp_path: Path, format: str, rdf: str
) -> None:
    out = tmp_path / f"links.{format}"
    assert write_links(decided, out, format) == 2
    graph = rdflib.Graph().parse(out, format=rdf)
    assert {(str(s), str(o)) for s, _, o in graph} == PAIRS
    assert {str(p) for p in graph.predicates()} == {OWL_SAME_AS}


def test_csv_keeps_labels_scores_and_text_as_they_are(decided: ProjectFile, tmp_path: Path) -> None:
    out = tmp_path / "links.csv"
    write_links(decided, out, "csv")
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["left_uri"], row["right_uri"]) for row in rows} == PAIRS
    assert rows[0]["score"] == "0.9712"
    assert rows[0]["author"] == "ada"
    assert rows[0]["note"] == 'so "clear", yes'


def test_nothing_accepted_writes_an_empty_file(project: ProjectFile, tmp_path: Path) -> None:
    out = tmp_path / "links.nt"
    assert write_links(project, out, "nt") == 0
    assert out.read_bytes() == b""


def test_a_failed_export_leaves_the_old_file(decided: ProjectFile, tmp_path: Path) -> None:
    with decided.write() as session:
        entity = session.get(Entity, 2)
        assert entity is not None
        entity.uri = "no iri at all"
    out = tmp_path / "links.nt"
    out.write_text("old")
    with pytest.raises(NoIRIError, match="base IRI"):
        write_links(decided, out, "nt")
    assert out.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir() if "links" in p.name) == ["links.nt"]
    assert write_links(decided, out, "nt", base_iri="http://x.org/") == 2
    assert "<http://x.org/no%20iri%20at%20all>" in out.read_text()


def test_an_unwritable_folder_is_said_in_one_sentence(decided: ProjectFile, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="can't be written"):
        write_links(decided, tmp_path / "missing" / "links.nt", "nt")
    with pytest.raises(ExportError, match="no export format 'pdf'"):
        write_links(decided, tmp_path / "links.pdf", "pdf")


def test_the_preview_is_the_head_of_the_file(decided: ProjectFile, tmp_path: Path) -> None:
    write_links(decided, tmp_path / "links.nt", "nt")
    lines = (tmp_path / "links.nt").read_text().splitlines(keepends=True)
    assert preview(decided, "nt", 1) == (lines[0], 2)


def test_an_exported_file_is_readable_by_others(decided: ProjectFile, tmp_path: Path) -> None:
    write_links(decided, tmp_path / "links.nt", "nt")
    assert (tmp_path / "links.nt").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("identifier", "iri"),
    [
        ("/m/06rf7", "http://rdf.freebase.com/ns/m.06rf7"),
        ("http://dbpedia.org/resource/1._FC_Nürnberg", "http://dbpedia.org/resource/1._FC_Nürnberg"),
        ("http://x.org/a b<c>", "http://x.org/a%20b%3Cc%3E"),
        ("urn:isbn:0451450523", "urn:isbn:0451450523"),
    ],
)
def test_identifiers_become_iris(identifier: str, iri: str) -> None:
    assert absolute_iri(identifier) == iri


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_every_iri_written_parses(text: str) -> None:
    iri = absolute_iri(f"http://x.org/{text}")
    line = f"<{iri}> <{OWL_SAME_AS}> <{iri}> .\n"
    triples = list(pyoxigraph.parse(line.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES))
    assert len(triples) == 1
