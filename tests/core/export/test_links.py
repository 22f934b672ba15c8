from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core import __version__
from core.errors import MimeaError
from core.export import links
from core.export.candidates import candidate_lines
from core.export.iri import BASES, NoIRIError, absolute_iri
from core.export.links import (
    FORMATS,
    ExportError,
    FileExistsAlreadyError,
    Preview,
    Written,
    preview,
    write_links,
)
from core.export.ntriples import OWL_SAME_AS
from core.export.options import ExportOptions, checked_orcid
from core.export.tables import csv_line
from core.kg.csv_text import unmarked
from core.review.journal import Decision, decide
from core.store.project_file import ProjectFile
from core.store.schema import Entity
from tests.core.export.conftest import ACCEPTED, REJECTED, UNSURE


@pytest.mark.parametrize(("format", "rdf"), [("nt", "nt"), ("ttl", "turtle")])
def test_an_independent_reader_finds_exactly_the_accepted_pairs(
    decided: ProjectFile, tmp_path: Path, format: str, rdf: str
) -> None:
    out = tmp_path / f"links.{format}"
    assert write_links(decided, out, format) == Written(3, 0, 0, (out,))
    graph = rdflib.Graph().parse(out, format=rdf)
    assert {(str(s), str(o)) for s, _, o in graph} == ACCEPTED
    assert {str(p) for p in graph.predicates()} == {OWL_SAME_AS}


def test_statements_of_difference_go_to_files_of_their_own(decided: ProjectFile, tmp_path: Path) -> None:
    out = tmp_path / "links.nt"
    written = write_links(decided, out, "nt", ExportOptions(rejected=True, unsure=True))
    assert [path.name for path in written.files] == ["links.nt", "links.rejected.nt", "links.unsure.nt"]
    assert (written.links, written.rejected, written.unsure) == (3, 1, 1)
    found = [{(str(s), str(p)[30:], str(o)) for s, p, o in rdflib.Graph().parse(f)} for f in written.files]
    assert found == [
        {(left, "sameAs", right) for left, right in ACCEPTED},
        {(left, "differentFrom", right) for left, right in REJECTED},
        {(left, "sameAs", right) for left, right in UNSURE},
    ]


def test_turtle_says_where_it_comes_from(decided: ProjectFile) -> None:
    told = preview(decided, "ttl", 20, ExportOptions(exporter="ada", orcid="0000-0002-1825-0097")).text
    assert f"# program: MIMEA Explorer {__version__}\n# project: small\n" in told
    assert re.search(
        r"# run: run 1 of 2026-01-01T.*, 13 seeds, random seed 0, configuration sha256:[0-9a-f]{64}", told
    )
    assert "# exporter: ada\n# orcid: https://orcid.org/0000-0002-1825-0097\n# exported: 20" in told


def test_csv_keeps_labels_scores_and_text_as_they_are(decided: ProjectFile, tmp_path: Path) -> None:
    out = tmp_path / "links.csv"
    written = write_links(decided, out, "csv", ExportOptions(rejected=True))
    assert written.files == (out,)
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["left_uri"], row["right_uri"]) for row in rows if row["verdict"] == "accepted"} == ACCEPTED
    assert [row["verdict"] for row in rows] == [
        "accepted", "accepted", "rejected", "no_counterpart", "accepted",
    ]  # fmt: skip
    first = rows[0]
    assert (first["score"], first["author"], first["run"]) == ("0.9712", "ada", "1")
    assert first["probability"] == ""  # the run is not calibrated
    assert first["note"] == 'so "clear", yes'
    assert float(first["score_visual"]) == pytest.approx(0.986)
    assert rows[1]["score"] == rows[1]["score_visual"] == ""


def test_support_is_written_where_the_run_has_it(decided: ProjectFile, tmp_path: Path) -> None:
    def first_row(format: str) -> dict[str, str]:
        out = tmp_path / f"links.{format}"
        write_links(decided, out, format, ExportOptions(replace=True))
        lines = [line for line in out.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
        rows = csv.DictReader(lines, delimiter="," if format == "csv" else "\t")
        return next(row for row in rows if row.get("score") or row.get("similarity_score"))

    assert "score_support" not in first_row("csv") and "ext_support" not in first_row("sssom")
    assert "score_support" not in "".join(candidate_lines(decided, 1, 1))
    with decided.write() as session:
        session.execute(text("UPDATE candidate SET score_support = 0.25"))
    assert first_row("csv")["score_support"] == "0.25"
    assert first_row("sssom")["ext_support"] == "0.25"
    out = (tmp_path / "links.sssom").read_text(encoding="utf-8")
    assert "#- slot_name: ext_support\n#  property: mimea:support\n#  type_hint: xsd:double\n" in out
    assert "and support by matched neighbours" in out
    header, line, *_ = csv.reader(candidate_lines(decided, 1, 1))
    assert line[header.index("score_support")] == "0.25"


def test_openea_links_are_the_identifiers_as_they_are(decided: ProjectFile, tmp_path: Path) -> None:
    with decided.write() as session:
        session.execute(text("UPDATE entity SET uri = '/m/06rf7' WHERE id = 1"))
    out = tmp_path / "ent_links"
    write_links(decided, out, "openea")
    pairs = {tuple(line.split("\t")) for line in out.read_text().splitlines()}
    assert ("/m/06rf7", "http://example.org/2/0001") in pairs and len(pairs) == 3
    with decided.write() as session:
        session.execute(text("UPDATE entity SET uri = 'a' || char(9) || 'b' WHERE id = 1"))
    with pytest.raises(MimeaError, match="holds a tab"):
        preview(decided, "openea")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (ExportOptions(author="ada"), {1, 6}),
        (ExportOptions(author="grace"), {2}),
        (ExportOptions(author="nobody"), set()),
        (ExportOptions(run_id=1), {1, 6}),
        (ExportOptions(since=date(2000, 1, 1)), {1, 2, 6}),
        (ExportOptions(since=date(2999, 1, 1)), set()),
    ],
)
def test_options_choose_among_the_accepted(
    decided: ProjectFile, tmp_path: Path, options: ExportOptions, expected: set[int]
) -> None:
    write_links(decided, tmp_path / "ent_links", "openea", options)
    lines = (tmp_path / "ent_links").read_text().splitlines()
    assert {int(line[-4:], 16) for line in lines} == expected


def test_what_an_author_decided_is_kept_beside_what_another_did_later(
    decided: ProjectFile, tmp_path: Path
) -> None:
    decide(decided, [Decision(1, 41, "rejected", 0.9712, 1, "grace")])
    assert preview(decided, "nt").links == 2
    assert preview(decided, "nt", options=ExportOptions(author="ada")).links == 2
    assert "1/0001>" in preview(decided, "nt", options=ExportOptions(author="ada")).text


def test_an_existing_file_is_replaced_only_when_that_was_said(decided: ProjectFile, tmp_path: Path) -> None:
    (tmp_path / "links.unsure.nt").write_text("old")
    with pytest.raises(FileExistsAlreadyError, match=r"links\.unsure\.nt exists already"):
        write_links(decided, tmp_path / "links.nt", "nt", ExportOptions(unsure=True))
    assert sorted(p.name for p in tmp_path.iterdir() if "links" in p.name) == ["links.unsure.nt"]
    write_links(decided, tmp_path / "links.nt", "nt", ExportOptions(unsure=True, replace=True))
    assert (tmp_path / "links.unsure.nt").read_text() != "old"


def test_nothing_accepted_writes_an_empty_file(project: ProjectFile, tmp_path: Path) -> None:
    out = tmp_path / "links.nt"
    assert write_links(project, out, "nt").links == 0
    assert out.read_bytes() == b""


def test_a_failed_export_leaves_the_old_file(decided: ProjectFile, tmp_path: Path) -> None:
    with decided.write() as session:
        entity = session.get(Entity, 2)
        assert entity is not None
        entity.uri = "no iri at all"
    out = tmp_path / "links.nt"
    out.write_text("old")
    with pytest.raises(NoIRIError, match="base IRI"):
        write_links(decided, out, "nt", ExportOptions(replace=True))
    assert out.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir() if "links" in p.name) == ["links.nt"]
    options = ExportOptions(base_iri="http://x.org/", replace=True)
    assert write_links(decided, out, "nt", options).links == 3
    assert "<http://x.org/no%20iri%20at%20all>" in out.read_text()


def test_an_unwritable_folder_is_said_in_one_sentence(decided: ProjectFile, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="can't be written"):
        write_links(decided, tmp_path / "missing" / "links.nt", "nt")
    with pytest.raises(ExportError, match="there is no run 2 in this project"):
        write_links(decided, tmp_path / "links.nt", "nt", ExportOptions(run_id=2))
    with pytest.raises(ExportError, match="no export format 'pdf'"):
        write_links(decided, tmp_path / "links.pdf", "pdf")


def test_the_preview_is_the_head_of_the_file(decided: ProjectFile, tmp_path: Path) -> None:
    write_links(decided, tmp_path / "links.nt", "nt")
    lines = (tmp_path / "links.nt").read_text().splitlines(keepends=True)
    assert preview(decided, "nt", 1) == Preview(lines[0], 0, 3, False, 3, 0, 0)


@pytest.mark.parametrize("format", FORMATS)
def test_a_preview_is_made_of_few_pairs_and_counts_all(
    decided: ProjectFile, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    monkeypatch.setattr(links, "_LOOKED_AT", 1)
    told = preview(decided, format, 20, ExportOptions(rejected=True, unsure=True))
    assert (told.of_pairs, told.links, told.rejected, told.unsure) == (1, 3, 1, 1)
    assert "0001" in told.text and "0002" not in told.text


@pytest.mark.parametrize("format", FORMATS)
def test_the_preview_has_the_header_and_then_rows(decided: ProjectFile, tmp_path: Path, format: str) -> None:
    write_links(decided, tmp_path / "links", format)
    lines = (tmp_path / "links").read_text(encoding="utf-8").splitlines()
    told = preview(decided, format, 2)
    shown = told.text.splitlines()
    assert len(shown) == told.header_lines + 2 and len(shown) < len(lines)
    rows = [number for number, line in enumerate(lines) if "0001" in line and line[0] != "#"]
    assert told.header_lines == rows[0] and "0001" in shown[told.header_lines]


def test_a_preview_of_nothing_says_so(project: ProjectFile) -> None:
    assert preview(project, "sssom").is_empty
    decide(project, [Decision(4, None, "no_counterpart", author="ada")])
    options = ExportOptions(rejected=True)
    assert not preview(project, "sssom", options=options).is_empty
    assert preview(project, "nt", options=options).is_empty


def test_an_exported_file_is_readable_by_others(decided: ProjectFile, tmp_path: Path) -> None:
    write_links(decided, tmp_path / "links.nt", "nt")
    assert (tmp_path / "links.nt").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("identifier", "base", "iri"),
    [
        ("/m/06rf7", "", "http://rdf.freebase.com/ns/m.06rf7"),
        ("/m/06rf7", BASES["freebase"], "http://rdf.freebase.com/ns/m.06rf7"),
        ("/m/06rf7", "http://x.org/", "http://x.org/m/06rf7"),
        ("Kenya", BASES["freebase"], "http://rdf.freebase.com/ns/Kenya"),
        ("http://dbpedia.org/resource/1._FC_Nürnberg", "", "http://dbpedia.org/resource/1._FC_Nürnberg"),
        ("http://x.org/a b<c>", "http://y.org/", "http://x.org/a%20b%3Cc%3E"),
        ("urn:isbn:0451450523", "", "urn:isbn:0451450523"),
    ],
)
def test_identifiers_become_iris(identifier: str, base: str, iri: str) -> None:
    assert absolute_iri(identifier, base) == iri


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        ("0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("https://orcid.org/0000-0002-1694-233X", "0000-0002-1694-233X"),
    ],
)
def test_orcids_are_checked(given: str, kept: str) -> None:
    assert checked_orcid(given) == kept
    if kept:
        with pytest.raises(MimeaError, match="does not fit"):
            checked_orcid(kept[:-1] + "5")
    with pytest.raises(MimeaError, match="no ORCID"):
        checked_orcid("ada")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_every_iri_written_parses(local: str) -> None:
    iri = absolute_iri(f"http://x.org/{local}")
    line = f"<{iri}> <{OWL_SAME_AS}> <{iri}> .\n"
    (triple,) = pyoxigraph.parse(line.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert (triple.subject.value, triple.object.value) == (iri, iri)


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_no_cell_of_csv_is_a_formula_and_its_text_comes_back(cells: list[str]) -> None:
    line = csv_line(cells)
    (row,) = csv.reader(io.StringIO(line, newline=""), strict=True) if any(cells) else [cells]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
    assert [unmarked(cell) for cell in row] == cells


def test_a_file_that_came_meanwhile_is_kept(
    decided: ProjectFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.nt"
    write = links._Staged.write

    def slowly(staged: links._Staged, target: Path, lines: Iterable[str]) -> None:
        write(staged, target, lines)
        target.write_text("mine")

    monkeypatch.setattr(links._Staged, "write", slowly)
    with pytest.raises(FileExistsAlreadyError, match=r"x\.nt exists already"):
        write_links(decided, path, "nt")
    assert path.read_text() == "mine"
    assert [each.name for each in tmp_path.glob("*x.nt*")] == ["x.nt"]
    write_links(decided, path, "nt", ExportOptions(replace=True))
    assert path.read_text() != "mine"


@pytest.mark.skipif(os.name != "posix", reason="permissions and links are POSIX's")
def test_permissions_are_those_of_any_new_file_and_links_stay(decided: ProjectFile, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_links(decided, tmp_path / "new.nt", "nt")
    finally:
        os.umask(before)
    assert (tmp_path / "new.nt").stat().st_mode & 0o777 == 0o640
    (tmp_path / "elsewhere").mkdir()
    target = tmp_path / "elsewhere" / "links.nt"
    target.touch()
    (tmp_path / "link.nt").symlink_to(target)
    write_links(decided, tmp_path / "link.nt", "nt", ExportOptions(replace=True))
    assert (tmp_path / "link.nt").is_symlink() and "sameAs" in target.read_text()


@pytest.mark.parametrize("format", FORMATS)
def test_nobodys_folders_are_published(decided: ProjectFile, tmp_path: Path, format: str) -> None:
    with decided.write() as session:
        session.execute(text("UPDATE graph SET source = '/home/ada/secret/atlas' WHERE id = 1"))
        session.execute(text("UPDATE graph SET source = 'https://example.org/factbook' WHERE id = 2"))
    written = write_links(decided, tmp_path / "x", format).files[0].read_text()
    assert "ada/secret" not in written
    if format == "alignment":
        assert "<location>https://example.org/factbook</location>" in written
        assert "from atlas" in written and written.count("<location>") == 1
