"""Whatever a file holds, a reader reads it or raises InputError, and the line it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.kg.dataset import open_dataset
from core.kg.source import Dataset
from core.kg.text import blocks

FIXTURES = {
    "mmkb": {
        "A_EntityTriples.txt": "a r b .\n",
        "B_EntityTriples.txt": "c r d .\n",
        "B_SameAsLink.txt": "a <SameAs> c .\n",
        "A_NumericalTriples.txt": "a\tp\t1\n",
        "A_EntityLabels.tsv": "a\tA\n",
        "A_ImageIndex.txt": "a\tA1\n",
    },
    "dbp15k": {
        "ent_ids_1": "0\ta\n1\tb\n",
        "ent_ids_2": "2\tc\n3\td\n",
        "triples_1": "0\t0\t1\n",
        "triples_2": "2\t1\t3\n",
        "ill_ent_ids": "0\t2\n",
        "rel_ids_1": "0\tr\n",
        "training_attrs_1": "a\tp\n",
        "dbp_a_b.json": '[[0, ["a"]]]',
    },
    "openea": {
        "rel_triples_1": "a\tr\tb\n",
        "rel_triples_2": "c\tr\td\n",
        "attr_triples_1": "a\tp\t1\n",
        "ent_links": "a\tc\n",
        "721_5fold/1/train_links": "a\tc\n",
    },
    "csv": {
        "a/g.csv": "head,relation,tail\na,r,b\n",
        "b/g.tsv": "id\tlabel\nc\tC\n",
        "links.csv": "a,c\n",
    },
    "rdf": {
        "a/more.rdf": '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>\n',
        "a/more.nq": "<http://a> <http://p> <http://b> <http://g> .\n",
        "a/more.trig": "<http://g> { <http://a> <http://p> <http://b> }\n",
        "a/more.jsonld": '{"@id": "http://a", "http://p": 1}\n',
        "a/g.nt": "<http://a> <http://p> <http://b> .\n",
        "b/g.ttl": "<http://a> <http://p> <http://b> .\n",
        "links.tsv": "http://a\thttp://b\n",
        "a/images/index.tsv": "http://a\ta.png\n",
        "a/labels.tsv": "http://a\tA\n",
    },
}
TOKENS = st.sampled_from(
    [
        "a",
        "b",
        "<http://a>",
        "/m/1",
        "0",
        "1",
        "99",
        ".",
        "\t",
        " ",
        "\n",
        "\r\n",
        "\r",
        '"',
        "[",
        "]",
        "\x00",
        "_:x",
        "\ufeff",
        "\u2028",
        "²",
    ]
)
CONTENTS = st.binary(max_size=60) | st.lists(TOKENS, max_size=30).map(lambda tokens: "".join(tokens).encode())


def _read_all(dataset: Dataset) -> None:
    sources = [dataset.left, dataset.right, *([dataset.links] if dataset.links else [])]
    for source in sources:
        for part in source.parts:
            for _ in part.read():
                pass


@pytest.mark.parametrize(("format", "name"), [(f, name) for f, files in FIXTURES.items() for name in files])
@settings(max_examples=25, deadline=None)
@given(content=CONTENTS)
def test_any_content_is_read_or_refused(tmp_path_factory, format: str, name: str, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("dataset")
    for other, text in FIXTURES[format].items():
        (folder / other).parent.mkdir(parents=True, exist_ok=True)
        (folder / other).write_text(text)
    _read_all(open_dataset(folder, format))
    (folder / name).write_bytes(content)
    try:
        _read_all(open_dataset(folder, format))
    except InputError as error:
        assert error.path == folder / name or format == "dbp15k"  # its files refer to each other's numbers
        if error.line is not None and error.path == folder / name:
            assert 1 <= error.line <= len(re.findall(rb"[\r\n]", content)) + 1


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\ufeff\0")), min_size=1)
)
def test_lines_come_back_as_written(tmp_path_factory, lines: list[str]) -> None:
    path: Path = tmp_path_factory.mktemp("text") / "lines"
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())
    read = list(blocks(path, "lines"))
    assert [line for block in read for line in block.lines] == lines
    assert read[-1].done == path.stat().st_size
