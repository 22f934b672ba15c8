from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InputError
from core.kg.alignment import NAMESPACE
from core.kg.links import open_links, refuse_doubtful
from core.kg.preview import first_rows
from core.kg.records import LinkBatch
from core.kg.source import LinkSource


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("http://a\thttp://b\n", [("http://a", "http://b", "links.tsv")]),
        ("left\tright\tkind\nhttp://a\thttp://b\tcity\n", [("http://a", "http://b", "city")]),
        ("Source\tTarget\nhttp://a\thttp://b\n", [("http://a", "http://b", "links.tsv")]),
        ("left_id\tright_id\n<http://a>\t<http://b>\n", [("http://a", "http://b", "links.tsv")]),
        ("http://a b\thttp://c d\n", [("http://a b", "http://c d", "links.tsv")]),
        ("/m/1 <SameAs> <http://b> .\n\n", [("/m/1", "http://b", "links.tsv")]),
        ("0 5\n1 6\n", [("0", "5", "links.tsv"), ("1", "6", "links.tsv")]),
        ("http://a\thttp://b\t\n", [("http://a", "http://b", "links.tsv")]),
    ],
)
def test_columns_in_their_usual_forms(write, read, text: str, links: list[tuple[str, str, str]]) -> None:
    assert read(open_links(write({"links.tsv": text}) / "links.tsv").parts).links == links


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("http://a\n", 1),
        ("a\tb\nc\td\te\tf\tg\n", 2),
        ("a b c d\n", 1),
        ("http://a\thttp://b\n\thttp://c\n", 2),
        ("", None),
        (b"\xff\n", 1),
    ],
)
def test_what_is_wrong_is_named(write, read, text: str | bytes, line: int | None) -> None:
    with pytest.raises(InputError) as caught:
        read(open_links(write({"links.tsv": text}) / "links.tsv").parts)
    assert caught.value.line == line


SSSOM = """\
#curie_map:
#  a: http://a/
#  "b": "http://b/"
#mapping_set_id: https://e/set
#license: https://e/license
subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification\tcomment
a:1\towl:sameAs\t\tb:1\tsemapv:SemanticSimilarityThresholdMatching\t
a:1\towl:sameAs\t\tb:1\tsemapv:MappingReview\t"with a ""quote"" in it"
a:2\tskos:exactMatch\t\tb:x:y\tsemapv:MappingReview\t
a:3\towl:sameAs\tNot\tb:3\tsemapv:MappingReview\t
a:4\tskos:broadMatch\t\tb:4\tsemapv:MappingReview\t
a:5\towl:sameAs\t\tsssom:NoTermFound\tsemapv:MappingReview\t
"""


def test_sssom_says_what_is_the_same_and_what_is_not(write, read) -> None:
    found = read(open_links(write({"m.sssom.tsv": SSSOM}) / "m.sssom.tsv").parts)
    assert found.links == [
        ("http://a/1", "http://b/1", "m.sssom.tsv"),
        ("http://a/2", "http://b/x:y", "m.sssom.tsv"),
    ]
    assert found.denied == [("http://a/3", "http://b/3")]
    assert found.notes == [
        "1 row of m.sssom.tsv with the predicate skos:broadMatch was left out",
        "1 row of m.sssom.tsv without a counterpart was left out",
    ]


CURIE = "a CURIE with a prefix that the curie_map declares"


@pytest.mark.parametrize(
    ("old", "new", "line", "expected"),
    [
        ("a:3\t", "c:3\t", 10, CURIE),  # denied
        ("a:2\t", "c:2\t", 9, CURIE),
        ("a:2\t", "http://a/2\t", 9, CURIE),
        ("a:2\t", "<http://a/2>\t", 9, CURIE),
        ("b:x:y", "http://b/x:y", 9, CURIE),
        (
            "skos:exactMatch",
            "http://www.w3.org/2004/02/skos/core#exactMatch",
            9,
            CURIE,
        ),
        ("b:3\t", "http://b/3\t", 10, CURIE),  # denied
        ("a:2\t", "a:2\tmore\t", 9, "6 columns"),
        ("predicate_id\t", "predicate\t", 6, "the column predicate_id"),
    ],
)
def test_what_is_wrong_in_sssom_is_named(write, read, old, new, line, expected) -> None:
    path = write({"m.tsv": SSSOM.replace(old, new)}) / "m.tsv"
    with pytest.raises(InputError) as caught:
        read(open_links(path).parts)
    assert (caught.value.line, caught.value.expected) == (line, expected)


def test_sssom_may_quote_line_ends(write, read) -> None:
    text = SSSOM.replace('"with a ""quote"" in it"', '"over\ntwo ""lines"""')
    found = read(open_links(write({"m.sssom.tsv": text}) / "m.sssom.tsv").parts)
    assert [first for first, _, _ in found.links] == ["http://a/1", "http://a/2"]
    with pytest.raises(InputError) as caught:
        read(open_links(write({"m.tsv": text.replace("a:2\t", "c:2\t")}) / "m.tsv").parts)
    assert caught.value.line == 10


@pytest.mark.parametrize("cell", ['"' + "x" * 200_000 + '"', '"never closed', '"closed" too early'])
def test_sssom_that_cant_be_split_is_told(write, read, cell: str) -> None:
    path = write({"m.tsv": SSSOM.replace('"with a ""quote"" in it"', cell)}) / "m.tsv"
    with pytest.raises(InputError, match="a row that can't be split"):
        read(open_links(path).parts)


def test_what_a_reviewer_doubts_is_no_link(write, read) -> None:
    header = SSSOM.replace("\tcomment", "\treviewer_agreement")
    rows = header[: header.index("a:1")] + "".join(
        f"a:{n}\towl:sameAs\t\tb:{n}\tsemapv:MappingReview\t{agreement}\n"
        for n, agreement in enumerate(["0.0", "-1", "0.5", ""])
    )
    found = read(open_links(write({"m.tsv": rows}) / "m.tsv").parts)
    assert [first for first, _, _ in found.links] == ["http://a/2", "http://a/3"]
    assert found.notes == ["2 rows of m.tsv doubted by their reviewer were left out"]


OWL = "http://www.w3.org/2002/07/owl#"


@pytest.mark.parametrize("name", ["l.nt", "l.ttl"])
def test_rdf_says_what_is_the_same_and_what_is_not(write, read, name: str) -> None:
    lines = [f"<http://a> <{OWL}{said}> <http://b> .\n" for said in ("sameAs", "differentFrom", "versionOf")]
    found = read(open_links(write({name: "".join(lines)}) / name).parts)
    assert found.links == [("http://a", "http://b", "owl:sameAs")]
    assert (found.denied, found.notes) == ([("http://a", "http://b")], [])
    found = read(open_links(write({name: lines[1]}) / name).parts)
    assert (found.links, found.denied, found.notes) == ([], [("http://a", "http://b")], [])
    found = read(open_links(write({name: lines[2]}) / name).parts)
    assert found.notes == [f"{name} has no statement with owl:sameAs, skos:exactMatch, owl:differentFrom"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("x.unsure.nt", "left unsure"),
        ("x.unsure.sssom.tsv", "left unsure"),
        ("x.unsure.ent_links", "left unsure"),
        ("x.unsure.rdf.gz", "left unsure"),
        ("x.rejected.ent_links", "rejected"),
    ],
)
def test_pairs_that_are_no_links_by_their_name(name: str, found: str) -> None:
    with pytest.raises(InputError, match=f"found pairs that were {found}, by its name"):
        refuse_doubtful(Path(name))


@pytest.mark.parametrize(
    "name", ["x.nt", "unsure.nt", "x.unsure.csv", "x.rejected.nt", "x.rejected.rdf", "rejected.ent_links"]
)
def test_names_that_say_nothing_against_their_pairs(name: str) -> None:
    refuse_doubtful(Path(name))


@pytest.mark.parametrize("ending", ["#", ""])
@pytest.mark.parametrize("name", ["a.rdf", "a.xml", "a.alignment", "a"])
def test_alignments_in_either_namespace(write, read, ending: str, name: str) -> None:
    def cell(number: int, relation: str) -> str:
        ends = [f'<entity{i} rdf:resource="http://{i}/{number}"/>' for i in (1, 2)]
        said = f"<relation>{relation}</relation><measure>0.9</measure>"
        return (
            f"<map><Cell>{said}{ends[0]}{ends[1]}</Cell></map>"
            if number % 2
            else (f"<map><Cell>{ends[0]}{ends[1]}{said}</Cell></map>")
        )

    text = (
        f'<?xml version="1.0"?>\n<rdf:RDF xmlns="{NAMESPACE}{ending}" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n<Alignment><xml>yes</xml><level>0</level>'
        f'<onto1><Ontology rdf:about="http://1"/></onto1>{cell(1, "=")}{cell(2, "=")}{cell(3, "!=")}'
        f"{cell(4, '&lt;')}{cell(5, '!=')}</Alignment></rdf:RDF>"
    )
    found = read(open_links(write({name: text}) / name).parts)
    assert found.links == [("http://1/1", "http://2/1", name), ("http://1/2", "http://2/2", name)]
    assert found.denied == [("http://1/3", "http://2/3"), ("http://1/5", "http://2/5")]
    assert found.notes == [f"1 cell of {name} with the relation < was left out"]


# As AgreementMakerLight writes it, and the reference of the OAEI's anatomy track: a namespace without "#",
# bare URIs of the ontologies, a type that is not known, a datatype that is no IRI of XML Schema.
AML = f"""\
<?xml version='1.0' encoding='utf-8'?>
<rdf:RDF xmlns='{NAMESPACE}'
\t xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'
\t xmlns:xsd='http://www.w3.org/2001/XMLSchema#' >

<Alignment>
\t<xml>yes</xml>
\t<level>0</level>
\t<type>??</type>
\t<onto1>http://mouse.owl</onto1>
\t<onto2>http://human.owl</onto2>
\t<uri1>http://mouse.owl</uri1>
\t<uri2>http://human.owl</uri2>
\t<map>
\t\t<Cell>
\t\t\t<entity1 rdf:resource="http://mouse.owl#MA_0002401"/>
\t\t\t<entity2 rdf:resource="http://human.owl#NCI_C52561"/>
\t\t\t<measure rdf:datatype="xsd:float">1.0</measure>
\t\t\t<relation>=</relation>
\t\t</Cell>
\t</map>
\t<map>
\t\t<Cell>
\t\t\t<entity1 rdf:resource="http://mouse.owl#MA_0000270"/>
\t\t\t<entity2 rdf:resource="http://human.owl#NCI_C33736"/>
\t\t\t<measure rdf:datatype="http://www.w3.org/2001/XMLSchema#float">0.93</measure>
\t\t\t<relation>&lt;</relation>
\t\t</Cell>
\t</map>
</Alignment>
</rdf:RDF>
"""


def test_an_alignment_as_agreementmaker_writes_it(write, read) -> None:
    opened = open_links(write({"reference.rdf": AML}) / "reference.rdf")
    found = read(opened.parts)
    assert opened.format == "Alignment RDF"
    assert found.links == [
        ("http://mouse.owl#MA_0002401", "http://human.owl#NCI_C52561", "reference.rdf"),
    ]
    assert (found.denied, found.notes) == (
        [], ["1 cell of reference.rdf with the relation < was left out"]
    )  # fmt: skip


def test_an_alignment_is_read_a_stretch_at_a_time(write) -> None:
    cell = '<map><Cell><entity1 rdf:resource="http://1"/><entity2 rdf:resource="http://2"/>'
    cells = f"{cell}<relation>=</relation></Cell></map>\n" * 3_000 + f"{cell}</Cell></map>\n"
    text = (
        f'<rdf:RDF xmlns="{NAMESPACE}#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        f"<Alignment>{cells}</Alignment>"
    )
    part = open_links(write({"a.rdf": text}) / "a.rdf").parts[0]
    (rows,) = first_rows(LinkSource("", (part,)), 5)
    assert len(rows.rows) == 5 and not rows.problem  # that it is cut short stands after 3,000 links
    batches = part.read()
    first = next(batches)
    assert isinstance(first, LinkBatch) and 0 < len(first.firsts) < 3_000 and 0 < first.done < part.size
    with pytest.raises(InputError, match="cut short"):
        list(batches)
    whole = write({"b.rdf": f"{text}</rdf:RDF>"}) / "b.rdf"
    read_back = [batch for batch in open_links(whole).parts[0].read() if isinstance(batch, LinkBatch)]
    assert sum(len(batch.firsts) for batch in read_back) == 3_001  # one says no relation: they are the same


def test_csv_links_with_verdicts(write, read) -> None:
    text = (
        'left_uri,left_label,right_uri,verdict\na,"x, y",b,accepted\nc,z,d,rejected\n\'=e,=cmd(),f,accepted\n'
        "g,y,h,unsure\n"
    )
    found = read(open_links(write({"l.csv": text}) / "l.csv").parts)
    assert found.links == [("a", "b", "l.csv"), ("=e", "f", "l.csv")]
    assert found.denied == [("c", "d")]
    assert found.notes == ["1 row of l.csv neither accepted nor rejected was left out"]


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("a,b\nc\n", 2, "1 column"),
        ("a,b,c\n", 1, "3 columns in 'a,b,c'"),
        ("a,b\n,c\n", 2, "an empty one in ',c'"),
        ("left_uri,right_uri,verdict\na\n", 2, "1 column"),
    ],
)
def test_what_is_wrong_in_csv_is_named(write, read, text: str, line: int, found: str) -> None:
    with pytest.raises(InputError) as caught:
        read(open_links(write({"l.csv": text}) / "l.csv").parts)
    assert (caught.value.line, caught.value.found) == (line, found)
