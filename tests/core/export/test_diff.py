from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cli import run
from core.errors import InputError
from core.export.diff import Links, Scores, compare, read_links, score
from core.export.links import FORMATS, write_links
from core.export.options import ExportOptions
from core.kg.alignment import NAMESPACE
from core.store.project_file import ProjectFile
from tests.core.export.conftest import ACCEPTED


@pytest.mark.parametrize("format", FORMATS)
def test_every_export_comes_back_with_the_same_pairs(
    decided: ProjectFile, tmp_path: Path, format: str
) -> None:
    path = tmp_path / f"links{FORMATS[format].suffix}"
    options = ExportOptions(rejected=True, unsure=True, exporter="ada", orcid="0000-0002-1825-0097")
    write_links(decided, path, format, options)
    found = read_links(path)
    assert found.same == ACCEPTED
    assert bool(found.denied) == FORMATS[format].holds_rejections


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_of_nothing_comes_back_as_nothing(
    project: ProjectFile, tmp_path: Path, format: str
) -> None:
    path = tmp_path / f"links{FORMATS[format].suffix}"
    write_links(project, path, format)
    assert read_links(path) == Links(frozenset())


@pytest.mark.parametrize("name", ["a.nt", "a.nt.gz", "a.ttl", "ent_links", "a.tsv"])
def test_an_empty_file_is_an_empty_set_to_compare_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / name).write_bytes(gzip.compress(b"") if name.endswith(".gz") else b"")
    (tmp_path / "b.tsv").write_text("a\tx\n")
    assert run(["diff", str(tmp_path / name), str(tmp_path / "b.tsv")]) == 0
    assert "0 links in both\n1 added\n" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["a.rdf", "a.sssom.tsv", "a.csv", "a.jsonld"])
def test_an_empty_file_is_told_where_its_format_needs_something(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(InputError, match="an empty file"):
        read_links(tmp_path / name)


def test_identifiers_and_iris_of_one_thing_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("/m/06rf7\thttp://x.org/1\n")
    (tmp_path / "b.nt").write_text(
        "<http://x.org/1> <http://www.w3.org/2002/07/owl#sameAs> <http://rdf.freebase.com/ns/m.06rf7> .\n"
    )
    changes = compare(read_links(tmp_path / "a.tsv"), read_links(tmp_path / "b.nt"))
    assert (changes.common, changes.added, changes.removed) == (1, (), ())


def test_what_came_went_and_contradicts() -> None:
    old = frozenset({("a", "1"), ("b", "2"), ("c", "3")})
    new = frozenset({("a", "1"), ("b", "4"), ("d", "5")})
    changes = compare(Links(old), Links(new))
    assert changes.common == 1
    assert changes.added == (("b", "4"), ("d", "5"))
    assert changes.removed == (("b", "2"), ("c", "3"))
    assert changes.contradicting == (("b", "4"),)


def test_scores_against_a_reference() -> None:
    found = frozenset({("a", "1"), ("b", "9")})
    true = frozenset({("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")})
    assert score(Links(found), Links(true)) == Scores(0.5, 0.25, pytest.approx(1 / 3), 1)
    assert score(Links(frozenset()), Links(true)) == Scores(0.0, 0.0, 0.0, 0)


pairs = st.frozensets(st.tuples(st.sampled_from("abcde"), st.sampled_from("12345")), max_size=12)


@given(pairs, pairs, pairs, pairs)
def test_the_parts_make_up_the_whole(old, new, old_denied, new_denied) -> None:
    changes = compare(Links(old, old_denied), Links(new, new_denied))
    assert (old - set(changes.removed)) | set(changes.added) == new
    assert changes.common + len(changes.added) == len(new)
    assert set(changes.contradicting) <= set(changes.added) | set(changes.removed)
    for pair in (old & new_denied - new) | (new & old_denied - old):
        assert pair in changes.contradicting
    turned = Links(*(frozenset((right, left) for left, right in each) for each in (new, new_denied)))
    assert compare(Links(old, old_denied), turned) == changes or not (old | old_denied) & (new | new_denied)
    assert score(Links(new), Links(new)).f1 == (1.0 if new else 0.0)


@pytest.mark.parametrize("name", ["b.csv", "b.sssom.tsv", "b.rdf"])
def test_what_one_accepts_and_the_other_rejects_contradicts(tmp_path: Path, name: str) -> None:
    files = {
        "b.csv": "left_uri,right_uri,verdict\nhttp://l/1,http://r/1,rejected\nhttp://l/2,http://r/2,unsure\n",
        "b.sssom.tsv": "#curie_map:\n#  l: http://l/\n#  r: http://r/\n"
        "subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification\n"
        "l:1\towl:sameAs\tNot\tr:1\tsemapv:MappingReview\n"
        "l:2\tskos:closeMatch\tNot\tr:2\tsemapv:MappingReview\n",
        "b.rdf": f'<rdf:RDF xmlns="{NAMESPACE}" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<Alignment><map><Cell><entity1 rdf:resource="http://l/1"/><entity2 rdf:resource="http://r/1"/>'
        '<relation>!=</relation></Cell></map><map><Cell><entity1 rdf:resource="http://l/2"/>'
        '<entity2 rdf:resource="http://r/2"/><relation>&lt;</relation></Cell></map></Alignment></rdf:RDF>',
    }
    (tmp_path / name).write_text(files[name])
    (tmp_path / "a.tsv").write_text("http://l/1\thttp://r/1\nhttp://l/2\thttp://r/2\n")
    a, b = read_links(tmp_path / "a.tsv"), read_links(tmp_path / name)
    assert compare(a, b).contradicting == compare(b, a).contradicting == (("http://l/1", "http://r/1"),)


def test_the_command_line_compares_files(
    decided: ProjectFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project, a, b = str(decided.path), tmp_path / "a.ttl", tmp_path / "b.sssom.tsv"
    assert run(["export", project, "--format", "ttl", "--out", str(a)]) == 0
    assert run(["export", project, "--format", "sssom", "--out", str(b), "--author", "ada"]) == 0
    assert run(["export", project, "--format", "ttl", "--out", str(a)]) == 1
    assert "exists already; choose another name or replace it (--force)" in capsys.readouterr().err
    assert run(["export", project, "--format", "ttl", "--out", str(a), "--force"]) == 0
    capsys.readouterr()
    assert run(["diff", str(a), str(b), "--reference", str(a), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["common"] == 2 and told["added"] == told["contradicting"] == []
    assert told["removed"] == [["http://example.org/1/0002", "http://example.org/2/0002"]]
    assert told["reference"]["B"]["recall"] == pytest.approx(2 / 3) and told["reference"]["A"]["f1"] == 1
    assert run(["diff", str(a), str(b), "--reference", str(a)]) == 0
    text = capsys.readouterr().out
    assert (
        "2 links in both\n0 added\n1 removed\n  http://example.org/1/0002\thttp://example.org/2/0002\n"
        in text
    )
    assert "B: precision 1.000, recall 0.667, F1 0.800" in text
    assert run(["diff", str(a), str(tmp_path / "missing.nt")]) == 1
