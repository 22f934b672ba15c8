from __future__ import annotations

import csv
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text as sql

from core.export.curies import NoPrefixError, Prefixes
from core.export.iri import absolute_iri
from core.export.links import write_links
from core.export.options import ExportOptions
from core.export.sssom import _scalar
from core.review.journal import BULK_REJECTED_NOTE, Decision, decide
from core.store.project_file import ProjectFile
from core.store.schema import Entity
from tests.core.export.conftest import ACCEPTED, REJECTED, UNSURE

yaml = pytest.importorskip("yaml")

# In a process of its own: the package logs to the root logger and warns of its dependencies. In one for all
# tests: it takes seconds to import.
_VALIDATE = """
import json, logging, sys
logging.disable(logging.INFO)
from sssom.constants import SchemaValidationType as Kind
from sssom.parsers import parse_sssom_table
from sssom.validators import validate
answers, sys.stdout = sys.stdout, sys.stderr
for path in map(json.loads, sys.stdin):
    table = parse_sssom_table(path)
    validate(table, [Kind.JsonSchema, Kind.PrefixMapCompleteness, Kind.StrictCurieFormat])
    rows = table.df.astype(str).to_dict("records")
    for row in rows:
        for end in ("subject_id", "object_id"):
            row[end] = table.converter.expand(row[end])
    print(json.dumps(rows), file=answers, flush=True)
"""

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def validated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Rows]]:
    """Gives the rows of a file that the `sssom` package finds valid, with IRIs in place of CURIEs."""
    if importlib.util.find_spec("sssom") is None:
        pytest.skip("the sssom package is in the dev extra")
    told = tmp_path_factory.mktemp("sssom") / "told"
    with (
        told.open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-c", _VALIDATE],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
        ) as process,
    ):  # fmt: skip
        assert process.stdin and process.stdout
        questions, answers = process.stdin, process.stdout

        def rows_of(path: Path) -> Rows:
            print(json.dumps(str(path)), file=questions, flush=True)
            line = answers.readline()
            assert line, told.read_text()
            assert "not a standard SSSOM" not in told.read_text()
            found: Rows = json.loads(line)
            return found

        yield rows_of
        questions.close()


def parts(path: Path) -> tuple[dict[str, Any], list[str], list[dict[str, str]]]:
    """Metadata, columns and rows by the rules of the format."""
    raw = path.read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf") and b"\r" not in raw
    lines = raw.decode().splitlines(keepends=True)
    head = [line for line in lines if line.startswith("#")]
    assert lines[: len(head)] == head and "\n" not in lines
    assert all(line[1] != " " or line.startswith("#  ") for line in head)
    table = csv.DictReader(lines[len(head) :], delimiter="\t")
    rows = list(table)
    return yaml.safe_load("".join(line[1:] for line in head)), list(table.fieldnames or ()), rows


def test_the_package_finds_every_file_valid_and_reads_the_same_pairs(
    decided: ProjectFile, tmp_path: Path, validated: Callable[[Path], Rows]
) -> None:
    options = ExportOptions(rejected=True, unsure=True, exporter="ada", orcid="0000-0002-1825-0097")
    written = write_links(decided, tmp_path / "links.sssom.tsv", "sssom", options)
    assert [path.name for path in written.files] == ["links.sssom.tsv", "links.unsure.sssom.tsv"]
    plain = write_links(decided, tmp_path / "plain.sssom.tsv", "sssom")
    rows, unsure, accepted = map(validated, (*written.files, *plain.files))
    missing = "https://w3id.org/sssom/NoTermFound"

    def pairs(rows: list[dict[str, str]]) -> set[tuple[str, str]]:
        return {(row["subject_id"], row["object_id"]) for row in rows}

    assert (
        pairs([r for r in rows if r["predicate_modifier"] != "Not" and r["object_id"] != missing]) == ACCEPTED
    )
    assert pairs([r for r in rows if r["predicate_modifier"] == "Not"]) == REJECTED
    assert pairs([r for r in rows if r["object_id"] == missing]) == {("http://example.org/1/0004", missing)}
    assert pairs(unsure) == UNSURE
    assert pairs(accepted) == ACCEPTED


def test_each_justification_has_its_row(decided: ProjectFile, tmp_path: Path) -> None:
    path = tmp_path / "links.sssom.tsv"
    write_links(
        decided, path, "sssom", ExportOptions(rejected=True, exporter="ada", orcid="0000-0002-1825-0097")
    )
    meta, columns, rows = parts(path)
    short = [
        (row["subject_label"], row["mapping_justification"].removeprefix("semapv:"),
         row["author_id"] or row["author_label"], row["predicate_modifier"], row["similarity_score"])
        for row in rows
    ]  # fmt: skip
    ada = "orcid:0000-0002-1825-0097"
    assert short == [
        ("France 1", "MappingReview", ada, "", ""),
        ("France 1", "SemanticSimilarityThresholdMatching", "", "", "0.971"),
        ("Chad 2", "ManualMappingCuration", "grace", "", ""),
        ("Niger 3", "MappingReview", ada, "Not", ""),
        ("Peru 4", "ManualMappingCuration", ada, "", ""),
        ("Oman 6", "SemanticSimilarityThresholdMatching", "", "", "0.956"),
    ]
    assert {row["predicate_id"] for row in rows} == {"owl:sameAs"}
    assert "confidence" not in columns  # what the model computes is no probability
    assert rows[1]["ext_similarity_visual"] == "0.986" and rows[1]["mapping_tool"] == "MIMEA Explorer"
    assert [d["slot_name"] for d in meta["extension_definitions"]] == columns[-4:]
    assert meta["object_source"] == "project:right" and "sssom_version" not in meta
    assert meta["license"].startswith("https://") and meta["mapping_set_id"].startswith("urn:uuid:")
    assert "configuration sha256:" in meta["comment"]


def test_a_pair_rejected_in_bulk_is_denied_by_the_model(project: ProjectFile, tmp_path: Path) -> None:
    decide(project, [Decision(3, 43, "rejected", 0.4, 1, "ada", BULK_REJECTED_NOTE)])
    (path,) = write_links(project, tmp_path / "x.sssom.tsv", "sssom", ExportOptions(rejected=True)).files
    _, columns, (row,) = parts(path)
    assert row["mapping_justification"] == "semapv:SemanticSimilarityThresholdMatching"
    assert (row["predicate_modifier"], row["comment"]) == ("Not", "rejected in bulk")
    assert row["similarity_score"] == "0.4" and "author_label" not in columns


def test_the_probability_of_what_a_row_says_is_its_confidence(
    decided: ProjectFile, tmp_path: Path, validated: Callable[[Path], Rows]
) -> None:
    decide(decided, [Decision(7, 47, "rejected", 0.4, 1, "ada", BULK_REJECTED_NOTE)])
    with decided.write() as session:
        session.execute(sql("UPDATE candidate SET probability = 0.875"))
    (path,) = write_links(decided, tmp_path / "x.sssom.tsv", "sssom", ExportOptions(rejected=True)).files
    _, columns, rows = parts(path)
    assert columns.index("confidence") == columns.index("similarity_score") - 1
    said = {
        (row["mapping_justification"][7:10], row["predicate_modifier"], row["confidence"]) for row in rows
    }
    # A curator's own word has none: that is 1.
    assert said == {
        ("Sem", "", "0.875"),
        ("Sem", "Not", "0.125"),
        ("Map", "", ""),
        ("Map", "Not", ""),
        ("Man", "", ""),
    }
    assert len(validated(path)) == len(rows)


def test_the_form_is_canonical(decided: ProjectFile, tmp_path: Path) -> None:
    written = write_links(
        decided, tmp_path / "x.sssom.tsv", "sssom", ExportOptions(rejected=True, unsure=True)
    )
    order = [
        "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label",
        "mapping_justification", "author_id", "author_label", "reviewer_id", "reviewer_label", "subject_type",
        "subject_source", "object_type", "object_source", "mapping_tool", "mapping_tool_version",
        "mapping_date", "review_date", "confidence", "reviewer_agreement", "similarity_score",
        "similarity_measure", "comment",
    ]  # fmt: skip
    for path in written.files:
        meta, columns, rows = parts(path)
        standard = [name for name in columns if not name.startswith("ext_")]
        assert standard == sorted(standard, key=order.index) and columns[: len(standard)] == standard
        assert all(any(row[name] for row in rows) for name in columns)
        assert not (set(columns) - {"comment"}) & set(meta)  # a set's comment is its own
        assert [tuple(row.values()) for row in rows] == sorted(tuple(row.values()) for row in rows)
    (unsure,) = rows
    assert meta["sssom_version"] == "1.1"
    assert (unsure["reviewer_label"], unsure["reviewer_agreement"]) == ("ada", "0.0")
    assert meta["similarity_measure"] and meta["mapping_tool"] == "MIMEA Explorer"


def test_awkward_text_stays_what_it_is(
    decided: ProjectFile, tmp_path: Path, validated: Callable[[Path], Rows]
) -> None:
    with decided.write() as session:
        for number, uri, label in (
            (1, "http://x.org/a#b|c d", 'tab\there "x" | y'),
            (2, "urn:isbn:1", "#no comment"),
            (6, "/m/06rf7", "a\nb"),
        ):
            entity = session.get_one(Entity, number)
            entity.uri, entity.label = uri, label
    decide(decided, [Decision(1, 41, "accepted", 0.97, 1, "a|b\\c", "yes: no # maybe")])
    (path,) = write_links(decided, tmp_path / "x.sssom.tsv", "sssom").files
    rows = validated(path)
    by_label = {row["subject_label"]: row for row in rows}
    assert by_label['tab\there "x" | y']["subject_id"] == "http://x.org/a#b%7Cc%20d"
    assert by_label["#no comment"]["subject_id"] == "urn:isbn:1"
    assert by_label["a b"]["subject_id"] == "http://rdf.freebase.com/ns/m.06rf7"
    (review,) = [row for row in parts(path)[2] if "Review" in row["mapping_justification"]]
    assert (review["author_label"], review["comment"]) == (r"a\|b\\c", "yes: no # maybe")


def test_nothing_accepted_is_a_valid_file(project: ProjectFile, tmp_path: Path) -> None:
    (path,) = write_links(project, tmp_path / "x.sssom.tsv", "sssom").files
    meta, columns, rows = parts(path)
    assert meta["mapping_set_id"] and rows == []
    assert columns == ["subject_id", "predicate_id", "object_id", "mapping_justification"]


def test_no_prefix_is_invented_where_there_is_no_namespace() -> None:
    with pytest.raises(NoPrefixError, match="choose another format"):
        Prefixes(["http://kenya", "http://peru"])


def test_very_many_namespaces_become_one() -> None:
    iris = [f"http://x.org/{i}/name" for i in range(100)]
    prefixes = Prefixes(iris)
    assert list(prefixes.declared().values()) == ["http://x.org/"]
    assert prefixes.curie(iris[7]).endswith(":7/name")


def test_titles_with_slashes_are_in_the_namespace_of_all_others() -> None:
    dbr = "http://dbpedia.org/resource/"
    iris = [f"{dbr}Kenya", f"{dbr}AC/DC", *(f"{dbr}{i}/x" for i in range(87)), f"{dbr}/leading"]
    prefixes = Prefixes(iris)
    assert prefixes.declared()["dbr"] == dbr and len(prefixes.declared()) == 2
    assert prefixes.curie(f"{dbr}AC/DC") == "dbr:AC/DC"
    assert prefixes.curie(f"{dbr}/leading") == "resource:leading"
    assert Prefixes([f"{dbr}AC/DC"]).curie(f"{dbr}AC/DC") == "dbr:AC/DC"


def test_very_many_namespaces_become_one_of_each_authority() -> None:
    iris = [f"http://{host}.org/{i}/name" for host in ("x", "y") for i in range(40)]
    prefixes = Prefixes([*iris, "urn:isbn:1"])
    assert set(prefixes.declared().values()) == {"http://x.org/", "http://y.org/", "urn:isbn:"}
    assert prefixes.curie(iris[47]).endswith(":7/name")


def test_identifiers_with_slashes_make_a_valid_file(
    project: ProjectFile, tmp_path: Path, validated: Callable[[Path], Rows]
) -> None:
    with project.write() as session:
        for number in range(1, 41):
            session.get_one(Entity, number).uri = f"http://dbpedia.org/resource/{number}/x"
    decide(project, [Decision(number, 40 + number, "accepted") for number in range(1, 41)])
    (path,) = write_links(project, tmp_path / "x.sssom.tsv", "sssom").files
    rows = validated(path)
    assert {row["subject_id"] for row in rows} == {
        f"http://dbpedia.org/resource/{number}/x" for number in range(1, 41)
    }


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=40, unique=True))
def test_every_curie_expands_to_its_iri(locals_: list[str]) -> None:
    iris = [absolute_iri(f"http://x.org/{local}", "") for local in locals_]
    prefixes = Prefixes(iris)
    for iri in iris:
        prefix, _, local = prefixes.curie(iri).partition(":")
        assert prefixes.declared()[prefix] + local == iri
        assert local


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_yaml_reads_every_scalar_back(text: str) -> None:
    assert str(yaml.safe_load(f"key: {_scalar(text)}\n")["key"]) == text
