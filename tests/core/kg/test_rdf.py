from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, URIRef
from rdflib import Literal as RdflibLiteral

from core.errors import InputError
from core.kg import aside
from core.kg.aside import Aside
from core.kg.dataset import open_dataset, open_pair
from core.kg.rdf_graph import read_graph
from core.kg.records import AttributeBatch, RelationBatch

PREFIXES = """\
@prefix : <http://e/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix schema: <https://schema.org/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix dct: <http://purl.org/dc/terms/> .
"""
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


@pytest.fixture
def graph(write, read):
    """Reads Turtle given without its prefixes."""

    def _graph(turtle: str, **others: str):
        folder = write({"graph.ttl": PREFIXES + turtle, **others})
        return read(open_pair(folder, folder).left.parts)

    return _graph


def test_iris_make_relation_triples_and_literals_attributes(graph) -> None:
    found = graph(':a a :City ; :near :b ; :area 4.5 ; :founded "1237" ; :motto "Gruß"@DE-at .')
    assert found.relations == [
        ("http://e/a", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "http://e/City"),
        ("http://e/a", "http://e/near", "http://e/b"),
    ]
    assert found.attributes == [
        ("http://e/a", "http://e/area", "4.5", "http://www.w3.org/2001/XMLSchema#decimal", ""),
        ("http://e/a", "http://e/founded", "1237", "", ""),
        ("http://e/a", "http://e/motto", "Gruß", "", "de-at"),
    ]


@pytest.mark.parametrize(
    ("turtle", "label", "others"),
    [
        (':a rdfs:label "Wien"@de , "Vienna"@en , "Vienne"@fr .', "Vienna", {"Wien", "Vienne"}),
        (':a rdfs:label "Vienna"@en-GB , "Wien" .', "Vienna", {"Wien"}),
        (':a rdfs:label "Wien" , "Vienne"@fr .', "Wien", {"Vienne"}),
        (':a rdfs:label "维也纳"@zh .', "维也纳", set()),
        (':a skos:prefLabel "B" ; schema:name "C" ; rdfs:label "A" .', "A", {"B", "C"}),
        (':a schema:name "C"@en ; rdfs:label "A" .', "C", {"A"}),
        (':a rdfs:label "A" , "A" .', "A", set()),
    ],
)
def test_the_label_is_english_or_untagged_and_the_others_stay_attributes(
    graph, turtle, label, others
) -> None:
    found = graph(turtle)
    assert found.entities == [("http://e/a", label, "")]
    assert {value for _, _, value, _, _ in found.attributes} == others


def test_labels_that_are_not_shown_wait_on_disk(graph, monkeypatch) -> None:
    monkeypatch.setattr(aside, "_ROWS", 2)
    written = ", ".join(f'"{number}"@x{chr(97 + number)}' for number in range(7))
    found = graph(f":a rdfs:label {written} . :p rdfs:label {written} . :a :p :a .")
    assert found.entities == [("http://e/a", "0", "")]
    assert [(value, language) for *_, value, _, language in found.attributes] == [
        (str(number), f"x{chr(97 + number)}") for number in range(1, 7)
    ]
    with Aside() as rows:
        for number in range(5):
            rows.put((str(number),))
        assert len(rows._rows) == 1
        assert [list(map(tuple, chunk)) for chunk in rows.chunks()] == [
            [("0",), ("1",)], [("2",), ("3",)], [("4",)],
        ]  # fmt: skip


def test_descriptions(graph) -> None:
    found = graph(':a rdfs:comment "Stadt"@de , "city"@en . :b dct:description "hill" .')
    assert found.entities == [("http://e/a", "", "city"), ("http://e/b", "", "hill")]
    assert [value for _, _, value, _, _ in found.attributes] == ["Stadt"]


def test_what_describes_a_property_names_it_and_makes_no_entity(graph) -> None:
    found = graph(
        ':near a owl:ObjectProperty ; rdfs:label "lies near"@en , "nahe"@de ; rdfs:domain :City ; '
        'rdfs:comment "where" ; :since "2001" ; :maker :b .\n:a :near :b .'
    )
    assert found.names == {"http://e/near": "lies near"}
    assert found.relations == [("http://e/a", "http://e/near", "http://e/b")]
    assert found.entities == []
    assert found.attributes == []


def test_blank_nodes_are_numbered_by_file(write, read) -> None:
    folder = write(
        {
            "one.nt": "_:x <http://p> _:y .\n_:x <http://p> <http://a> .\n",
            "two.ttl": "<http://a> <http://p> [ <http://q> 1 ] .",
        }
    )
    found = read(open_pair(folder, folder).left.parts)
    assert found.relations == [
        ("_:one-1", "http://p", "_:one-2")
        if found.relations[0][0] == "_:one-1"
        else ("_:one-2", "http://p", "_:one-1"),
        (found.relations[0][0], "http://p", "http://a"),
        ("http://a", "http://p", "_:two-1"),
    ]
    assert found.attributes[0][0] == "_:two-1"
    assert read(open_pair(folder, folder).left.parts).relations == found.relations


def test_same_as_is_a_link_and_declares_nothing(graph) -> None:
    found = graph(":a owl:sameAs <http://f/a> .")
    assert found.links == [("http://e/a", "http://f/a", "owl:sameAs")]
    assert (found.relations, found.entities) == ([], [])


def test_depictions_are_files_in_the_folder_only(graph, tmp_path) -> None:
    found = graph(
        ':a foaf:depiction <images/a.png> . :b schema:image "b%20.png" .\n'
        ":c foaf:depiction <http://x/c.png> .\n"
        ':d schema:image "../d.png" , <file:///etc/d.png> , "http://[x" .'
    )
    assert found.images == [("http://e/a", tmp_path / "images/a.png"), ("http://e/b", tmp_path / "b%20.png")]
    assert found.notes == ["4 depictions lie outside the folder or on the web; none was fetched"]


def test_an_index_names_images_and_a_file_labels(write, read, tmp_path) -> None:
    folder = write(
        {
            "graph.nt": "<http://a> <http://p> <http://b> .\n",
            "images/index.tsv": "http://a\ta.png\n<http://b>\tsub/b.png\nhttp://b\t../b.png\n",
            "labels.tsv": "http://a\tAlpha\n",
        }
    )
    found = read(open_pair(folder, folder).left.parts)
    images = tmp_path / "images"
    assert found.images == [("http://a", images / "a.png"), ("http://b", images / "sub/b.png")]
    assert found.notes == ["1 image that index.tsv names is not here"]
    assert found.entities[-1] == ("http://a", "Alpha", "")


def test_a_dataset_is_two_folders_and_links(write, read) -> None:
    nt = "<http://{0}/1> <http://p> <http://{0}/2> .\n"
    folder = write(
        {
            "atlas/graph.nt": nt.format("l"),
            "factbook/graph.nt": nt.format("r"),
            "links.tsv": "left\tright\tkind\nhttp://l/1\thttp://r/1\tcity\n",
            "factbook/LICENSE": "CC0 1.0\nUniversal\n\nMore.",
        }
    )
    dataset = open_dataset(folder)
    assert (dataset.left.name, dataset.right.name, dataset.format) == ("atlas", "factbook", "rdf")
    assert (dataset.left.license, dataset.right.license) == ("", "CC0 1.0 Universal")
    assert read(dataset.links.parts).links == [("http://l/1", "http://r/1", "city")]


def test_links_may_be_rdf(write, read) -> None:
    owl, skos = "http://www.w3.org/2002/07/owl#sameAs", "http://www.w3.org/2004/02/skos/core#exactMatch"
    folder = write(
        {
            "g.nt": "<http://a> <http://p> <http://b> .\n",
            "l.nt": f"<http://a> <{owl}> <http://x> .\n<http://b> <{skos}> <http://y> .\n"
            f'<http://b> <{owl}> "z" .\n',
        }
    )
    dataset = open_pair(folder / "g.nt", folder / "g.nt", links=folder / "l.nt")
    assert read(dataset.links.parts).links == [
        ("http://a", "http://x", "owl:sameAs"),
        ("http://b", "http://y", "skos:exactMatch"),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"<http://a> <http://p> <http://b> .\n<http://a> <http://p> .\n", 2),
        (b'<http://a> <http://p> "\xff" .\n', 1),
        (b"<http://a> <http://p> <relative> .\n", 1),
        (b"", None),
        (b"# nothing but a comment\n", None),
    ],
)
def test_a_syntax_error_names_the_line(write, read, text: bytes, line: int | None) -> None:
    folder = write({"graph.nt": text})
    with pytest.raises(InputError) as caught:
        read(open_pair(folder, folder).left.parts)
    assert (caught.value.path.name, caught.value.line) == ("graph.nt", line)


IRIS = st.from_regex(r"http://e/[a-zA-Z0-9_]{1,8}", fullmatch=True)
VALUES = st.text(max_size=20).filter(lambda text: "\0" not in text)


@given(st.lists(st.tuples(IRIS, IRIS, IRIS | VALUES.map(lambda text: (text,)))))
def test_what_another_writer_wrote_is_read_back(tmp_path_factory, triples) -> None:
    graph = Graph()
    for head, relation, tail in triples:
        target = URIRef(tail) if isinstance(tail, str) else RdflibLiteral(tail[0])
        graph.add((URIRef(head), URIRef(relation), target))
    path = tmp_path_factory.mktemp("graph") / "graph.nt"
    graph.serialize(path, format="nt", encoding="utf-8")
    if not triples:
        return
    found: set[tuple[str, str, str | tuple[str]]] = set()
    for batch in read_graph([path]):
        if isinstance(batch, RelationBatch):
            found |= set(zip(batch.heads, batch.relations, batch.tails, strict=True))
        elif isinstance(batch, AttributeBatch):
            values = [(value,) for value in batch.values]
            found |= set(zip(batch.entities, batch.attributes, values, strict=True))
    assert found == set(triples)


WRITTEN = {
    "graph.nt": "<http://e/a> <http://e/p> <http://e/b> .\n",
    "graph.ttl": "@prefix e: <http://e/> .\ne:a e:p e:b .\n",
    "graph.rdf": f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:e="http://e/">\n<rdf:Description rdf:about="http://e/a">\n'
    '<e:p rdf:resource="http://e/b"/></rdf:Description></rdf:RDF>\n',
    "graph.nq": "<http://e/a> <http://e/p> <http://e/b> <http://e/g> .\n",
    "graph.trig": "<http://e/g> { <http://e/a> <http://e/p> <http://e/b> }\n",
    "graph.jsonld": '{"@context": {"p": {"@id": "http://e/p", "@type": "@id"}},\n'
    '"@id": "http://e/a", "p": "http://e/b"}\n',
}


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("name", WRITTEN)
def test_every_syntax_says_the_same(write, read, name: str, mark: str) -> None:
    path = write({name: mark + WRITTEN[name]}) / name
    found = read(open_pair(path, path).left.parts)
    assert found.relations == [("http://e/a", "http://e/p", "http://e/b")]
    named = name.endswith((".nq", ".trig"))
    assert found.notes == ["the statements of 1 named graph are taken as one graph's"] * named


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("g.ttl", "<http://a> <http://p> <http://b> .\n<http://a> <http://p> .\n", 2),
        ("g.nq", "<http://a> <http://p> <http://b> <http://g> .\n<http://a> <http://p c> <http://b> .\n", 2),
        ("g.trig", "<http://g> {\n<http://a> <http://p> }\n", 2),
        ("g.rdf", WRITTEN["graph.rdf"].replace("</rdf:Description>", "</x>"), 3),
        ("g.rdf", WRITTEN["graph.rdf"].replace('"http://e/b"', '"http://e/ b"'), 3),
        ("g.rdf", WRITTEN["graph.rdf"].replace("</rdf:RDF>", ""), 3),
        ("g.jsonld", '{"@id": "http://a",\n"http://p" 1}', 2),
        ("g.ttl", b"<http://a> <http://p> \"\xff\" .\n", 1),
        ("g.ttl", '<http://a> <http://p> "a\0b" .\n', 1),
        ("g.ttl", "<http://a> <http://p> <http://b> .\n".encode("utf-16"), 1),
        ("g.rdf", b"\x89PNG\r\n\x1a\n", 1),
    ],
)  # fmt: skip
def test_a_mistake_in_any_syntax_names_the_line(write, read, name, text, line) -> None:
    path = write({name: text}) / name
    with pytest.raises(InputError) as caught:
        read(open_pair(path, path).left.parts)
    assert (caught.value.path, caught.value.line) == (path, line)


DECLARED = '<!ENTITY b "x">'
EXPANDED = WRITTEN["graph.rdf"].replace('<e:p rdf:resource="http://e/b"/>', "<e:p>&b;</e:p>")


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "aaaa">\n<!ENTITY b "&a;&a;&a;&a;">',
        '<!ENTITY b SYSTEM "file:///etc/passwd">',
        '<!ENTITY b "x">',
    ],
)
def test_xml_entities_are_not_expanded(write, read, declared: str) -> None:
    path = write({"g.rdf": f"<?xml version='1.0'?>\n<!DOCTYPE r [{declared}]>\n{EXPANDED}"}) / "g.rdf"
    with pytest.raises(InputError, match="without entity declarations, found <!ENTITY") as caught:
        read(open_pair(path, path).left.parts)
    assert caught.value.line == 2


@pytest.mark.parametrize(
    "before",
    [
        f"<!-- see <http://ex.org> -->\n<!DOCTYPE r [{DECLARED}]>\n",
        f"<?pi <x> ?>\n<!DOCTYPE r [{DECLARED}]>\n",
        f"<!DOCTYPE r SYSTEM '<x>' [\n{DECLARED}]>\n",
        f"<!DOCTYPE r [<!-- <x>\n{DECLARED} -->]>\n",
        f"<!-- {'-' * 70_000} -->\n<!DOCTYPE r [{DECLARED}]>\n",
    ],
)
def test_xml_entities_are_found_behind_what_looks_like_a_root(write, read, before: str) -> None:
    path = write({"g.rdf": before + EXPANDED}) / "g.rdf"
    with pytest.raises(InputError, match="without entity declarations"):
        read(open_pair(path, path).left.parts)


def test_xml_entities_are_found_after_the_root(write, read) -> None:
    text = EXPANDED.replace("<rdf:Description", f"<!DOCTYPE r [\n{DECLARED}]>\n<rdf:Description", 1)
    path = write({"g.rdf": text}) / "g.rdf"
    with pytest.raises(InputError, match="without entity declarations"):
        read(open_pair(path, path).left.parts)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<!-- see <http://ex.org> -->\n", ""),
        ("<!-- more\n<http://ex.org>\n-->\n<?pi <x>\n?>\n<!DOCTYPE r SYSTEM '<y>'>\n", ""),
        ("", f"<!-- {'as long as it is ' * 100} -->\n" * 2),
        ("", "<?end?>\n<!-- <x> -->"),
    ],
)  # fmt: skip
def test_comments_around_the_root_are_no_matter(write, read, before: str, after: str) -> None:
    path = write({"g.rdf": f"{before}{WRITTEN['graph.rdf']}\n{after}"}) / "g.rdf"
    assert read(open_pair(path, path).left.parts).relations == [("http://e/a", "http://e/p", "http://e/b")]


def test_an_element_that_stays_open_is_found_behind_comments(write, read) -> None:
    text = WRITTEN["graph.rdf"].replace("</rdf:RDF>", "<!-- </rdf:RDF> -->" * 40 + "<!--x-->\n")
    path = write({"g.rdf": text}) / "g.rdf"
    with pytest.raises(InputError, match="an end before </rdf:RDF>: the file is cut short"):
        read(open_pair(path, path).left.parts)


def test_blank_nodes_of_files_that_differ_in_their_suffix_are_apart(write, read) -> None:
    folder = write({"g.nt": "_:x <http://p> <http://b> .\n", "g.ttl": "_:x <http://p> <http://c> .\n"})
    found = read(open_pair(folder, folder).left.parts)
    assert [head for head, _, _ in found.relations] == ["_:g.nt-1", "_:g.ttl-1"]


def test_nothing_is_fetched(write, read, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    folder = write(
        {
            "g.jsonld": '{"@context": "http://schema.org/", "@id": "http://a", "name": "x"}',
            "g.ttl": f"{PREFIXES}<http://a> foaf:depiction <http://x/c.png> ; <http://p> <http://b> .",
        }
    )
    with pytest.raises(InputError, match="one on the web, which is not fetched"):
        read(open_pair(folder / "g.jsonld", folder / "g.ttl").left.parts)
    right = read(open_pair(folder / "g.jsonld", folder / "g.ttl").right.parts)
    assert (right.relations, right.images) == ([("http://a", "http://p", "http://b")], [])


def test_a_term_beyond_the_parsers_bounds_is_told(write, read) -> None:
    path = write({"g.ttl": '<http://a> <http://p> "' + "x" * 17_000_000 + '" .'}) / "g.ttl"
    with pytest.raises(InputError, match="buffer") as caught:
        read(open_pair(path, path).left.parts)
    assert caught.value.line == 1


def test_ten_megabytes_in_a_line_are_read(write, read) -> None:
    for name in ("g.ttl", "g.nt"):
        path = write({name: '<http://a> <http://p> "' + "x" * 10_000_000 + '" .\n'}) / name
        assert read(open_pair(path, path).left.parts).attributes[0][2] == "x" * 10_000_000
