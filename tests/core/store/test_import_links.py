"""Links added to a project after its graphs."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from core.errors import InputError
from core.kg.alignment import NAMESPACE
from core.kg.dataset import open_pair
from core.store.importer import import_dataset
from core.store.links import import_links, role_of
from core.store.project_file import ProjectFile

LEFT, RIGHT = "http://l/", "http://r/"
SAME = "http://www.w3.org/2002/07/owl#sameAs"
FILES = {
    "links.tsv": f"{LEFT}1\t{RIGHT}1\n{RIGHT}2\t{LEFT}2\n{LEFT}1\t{RIGHT}9\n",
    "links.nt": "".join(f"<{LEFT}{i}> <{SAME}> <{RIGHT}{i}> .\n" for i in (1, 2, 9)),
    "links.ttl": f"@prefix l: <{LEFT}> . @prefix r: <{RIGHT}> .\n"
    + "".join(f"l:{i} <{SAME}> r:{i} .\n" for i in (1, 2, 9)),
    "links.sssom.tsv": f"#curie_map:\n#  l: {LEFT}\n#  r: {RIGHT}\n"
    "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
    + "".join(f"l:{i}\towl:sameAs\tr:{i}\tsemapv:MappingReview\n" for i in (1, 2, 9)),
    "links.rdf": f'<rdf:RDF xmlns="{NAMESPACE}" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    "<Alignment>"
    + "".join(
        f'<map><Cell><entity1 rdf:resource="{LEFT}{i}"/><entity2 rdf:resource="{RIGHT}{i}"/>'
        "<relation>=</relation></Cell></map>"
        for i in (1, 2, 9)
    )
    + "</Alignment></rdf:RDF>",
}


@pytest.fixture
def project(tmp_path: Path):
    for name, base in (("l", LEFT), ("r", RIGHT)):
        triples = f"<{base}1> <http://p> <{base}2> .\n<{base}2> <http://p> <{base}3%20x> .\n"
        (tmp_path / f"{name}.nt").write_text(triples)
    (tmp_path / "known.tsv").write_text(f"{LEFT}1\t{RIGHT}1\n")
    dataset = open_pair(tmp_path / "l.nt", tmp_path / "r.nt", links=tmp_path / "known.tsv")
    import_dataset(tmp_path / "pair.mimea", dataset)
    project = ProjectFile.open(tmp_path / "pair.mimea")
    yield project
    project.close()


def links(project: ProjectFile) -> list[tuple[str, str, str]]:
    query = (
        "SELECT l.uri, r.uri, link.source FROM link JOIN entity l ON l.id = left_id "
        "JOIN entity r ON r.id = right_id ORDER BY 1, 2"
    )
    with project.read() as session:
        return [(row[0], row[1], row[2]) for row in session.execute(text(query))]


@pytest.mark.parametrize("name", FILES)
def test_every_format_adds_links_with_their_role(project, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FILES[name])
    report = import_links(project, tmp_path / name, "seeds")
    assert (report.added, report.changed, report.unchanged, report.unknown) == (1, 1, 0, 1)
    assert links(project) == [
        (f"{LEFT}1", f"{RIGHT}1", f"seeds: {name}"),
        (f"{LEFT}2", f"{RIGHT}2", f"seeds: {name}"),
    ]
    again = import_links(project, tmp_path / name, "seeds")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert "1 link added" in report.lines()[0]
    assert report.lines()[1:] == ["  1 link was left out: an end is in neither graph or in the wrong one"]


def test_denied_pairs_make_no_links_and_are_told(project, tmp_path: Path) -> None:
    (tmp_path / "some.nt").write_text(
        f"<{LEFT}2> <{SAME}> <{RIGHT}2> .\n"
        f"<{LEFT}1> <{SAME.replace('sameAs', 'differentFrom')}> <{RIGHT}2> .\n"
    )
    report = import_links(project, tmp_path / "some.nt", "seeds")
    assert (report.added, report.notes) == (1, ["1 pair is said not to be the same, which makes no link"])
    (tmp_path / "some.unsure.nt").write_text(f"<{LEFT}1> <{SAME}> <{RIGHT}2> .\n")
    with pytest.raises(InputError, match="left unsure, by its name"):
        import_links(project, tmp_path / "some.unsure.nt", "seeds")


def test_the_role_can_be_read_off_the_source(project, tmp_path: Path) -> None:
    (tmp_path / "gold.tsv").write_text(f"{LEFT}2\t{RIGHT}2\n")
    import_links(project, tmp_path / "gold.tsv", "reference")
    assert [role_of(source) for _, _, source in links(project)] == [None, "reference"]
    assert role_of("seeds: a.nt") == "seeds"


def test_identifiers_may_be_written_as_iris(project, tmp_path: Path) -> None:
    (tmp_path / "encoded.tsv").write_text(f"{LEFT}3 x\t{RIGHT}3%20x\n")
    assert import_links(project, tmp_path / "encoded.tsv", "seeds").added == 1


def test_freebase_ids_may_be_written_as_iris(tmp_path: Path) -> None:
    (tmp_path / "FB15K_EntityTriples.txt").write_text("/m/06rf7 /r /m/2 .\n")
    (tmp_path / "r.nt").write_text(f"<{RIGHT}1> <http://p> <{RIGHT}2> .\n")
    dataset = open_pair(tmp_path / "FB15K_EntityTriples.txt", tmp_path / "r.nt")
    import_dataset(tmp_path / "fb.mimea", dataset)
    project = ProjectFile.open(tmp_path / "fb.mimea")
    (tmp_path / "l.nt").write_text(f"<http://rdf.freebase.com/ns/m.06rf7> <{SAME}> <{RIGHT}1> .\n")
    assert import_links(project, tmp_path / "l.nt", "seeds").added == 1
    assert links(project) == [("/m/06rf7", f"{RIGHT}1", "seeds: l.nt")]
    project.close()


@pytest.mark.parametrize("content", ["", f"{LEFT}2\t{RIGHT}2\nalone\n", b"\xff\n", "a\0b\tc\n"])
def test_a_wrong_file_changes_nothing(project, tmp_path: Path, content) -> None:
    path = tmp_path / "wrong.tsv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = links(project)
    with pytest.raises(InputError) as caught:
        import_links(project, path, "seeds")
    assert caught.value.path == path
    assert links(project) == before
    with pytest.raises(InputError, match="no such file"):
        import_links(project, tmp_path / "nowhere.tsv", "seeds")
    with pytest.raises(InputError, match="a folder"):
        import_links(project, tmp_path, "seeds")
