from __future__ import annotations

from pathlib import Path

import pytest
import rdflib

from core.export.links import write_links
from core.export.options import ExportOptions
from core.review.journal import Decision, decide
from core.store.project_file import ProjectFile
from tests.core.export.conftest import ACCEPTED, REJECTED, UNSURE
from tests.core.export.readers import read_alignment


def test_a_reader_of_the_alignment_api_finds_the_pairs(decided: ProjectFile, tmp_path: Path) -> None:
    options = ExportOptions(rejected=True, unsure=True, exporter="ada")
    written = write_links(decided, tmp_path / "links.rdf", "alignment", options)
    assert [path.name for path in written.files] == ["links.rdf", "links.rejected.rdf", "links.unsure.rdf"]
    accepted, rejected, unsure = map(read_alignment, written.files)
    assert {(c.entity1, c.entity2) for c in accepted.cells} == ACCEPTED
    assert {(c.entity1, c.entity2, c.relation) for c in rejected.cells} == {
        (*pair, "!=") for pair in REJECTED
    }
    assert {(c.entity1, c.entity2, c.relation) for c in unsure.cells} == {(*pair, "=") for pair in UNSURE}
    assert accepted.type == "11"
    assert [c.measure for c in accepted.cells] == [0.9712, 1.0, 0.956]
    assert accepted.extensions["creator"] == ["ada"]
    assert "configuration sha256:" in accepted.extensions["run"][0]


def test_it_is_rdf_too(decided: ProjectFile, tmp_path: Path) -> None:
    write_links(decided, tmp_path / "links.rdf", "alignment")
    graph = rdflib.Graph().parse(tmp_path / "links.rdf", format="xml")
    align = rdflib.Namespace("http://knowledgeweb.semanticweb.org/heterogeneity/alignment#")
    ends = {(str(graph.value(c, align.entity1)), str(graph.value(c, align.entity2)))
            for c in graph.subjects(rdflib.RDF.type, align.Cell)}  # fmt: skip
    assert ends == ACCEPTED


def test_only_a_one_to_one_alignment_says_that_it_is_one(decided: ProjectFile, tmp_path: Path) -> None:
    decide(decided, [Decision(7, 41, "accepted", 0.5, 1)])
    write_links(decided, tmp_path / "links.rdf", "alignment")
    assert read_alignment(tmp_path / "links.rdf").type == "**"


@pytest.mark.parametrize("note", ['<b> & "quotes" ]]>', "\x00\x08\ud7ff\ufffe", "=1+1"])
def test_any_note_is_text(decided: ProjectFile, tmp_path: Path, note: str) -> None:
    decide(decided, [Decision(1, 41, "accepted", -0.1, 1, note=note)])
    write_links(decided, tmp_path / "links.rdf", "alignment")
    cells = read_alignment(tmp_path / "links.rdf").cells
    assert {(c.entity1, c.entity2) for c in cells} == ACCEPTED
    assert cells[0].measure == 1.0
