from __future__ import annotations

import pytest

from core.errors import InputError
from core.kg.dataset import open_dataset, open_pair

FILES = {
    "rel_triples_1": "http://a/1\thttp://a/r\thttp://a/2\n",
    "rel_triples_2": "http://b/1\thttp://b/r\thttp://b/2\n",
    "ent_links": "http://a/1\thttp://b/1\nhttp://a/2\thttp://b/2\n",
}


def test_both_graphs_and_their_links(write, read) -> None:
    dataset = open_dataset(write(FILES))
    assert (dataset.format, dataset.reason) == ("openea", "it holds rel_triples_1 and rel_triples_2")
    assert read(dataset.left.parts).relations == [("http://a/1", "http://a/r", "http://a/2")]
    assert read(dataset.right.parts).relations == [("http://b/1", "http://b/r", "http://b/2")]
    assert read(dataset.links.parts).links == [
        ("http://a/1", "http://b/1", "ent_links"),
        ("http://a/2", "http://b/2", "ent_links"),
    ]


def test_attribute_values_are_read_as_openea_does(write, read) -> None:
    text = (
        "http://a/1\thttp://p\tplain value .\n"
        "http://a/1\thttp://p\tone\ttwo\tthree.\n"
        "http://a/1\thttp://p\n"
        'http://a/1\thttp://p\t"Wien"@de\n'
        'http://a/1\thttp://p\t"9.7"^^<http://www.w3.org/2001/XMLSchema#double> .\n'
        "\n"
    )
    found = read(open_dataset(write({**FILES, "attr_triples_1": text})).left.parts)
    assert [row[2:] for row in found.attributes] == [
        ("plain value", "", ""),
        ("one two three", "", ""),
        ("Wien", "", "de"),
        ("9.7", "http://www.w3.org/2001/XMLSchema#double", ""),
    ]
    assert found.notes == ["1 line of attr_triples_1 with fewer than 3 columns was left out"]


def test_links_say_which_published_split_they_are_of(write, read) -> None:
    folds = {
        "721_5fold/1/train_links": "http://a/1\thttp://b/1\n",
        "721_5fold/1/test_links": "http://a/2\thttp://b/2\n",
    }
    found = read(open_dataset(write({**FILES, **folds})).links.parts)
    assert [source for _, _, source in found.links] == ["train_links", "test_links"]
    assert found.notes == ["each link says in which file of 721_5fold/1 it is"]


def test_dbp2_has_only_splits(write, read) -> None:
    files = {name: text for name, text in FILES.items() if name != "ent_links"}
    splits = {"train_links": "a\tb\n", "test_links": "c\td\n", "test_unlinked_ent1": "e\nf\n"}
    folder = write(files | {f"splits/{name}": text for name, text in splits.items()})
    found = read(open_dataset(folder).links.parts)
    assert found.links == [("a", "b", "train_links"), ("c", "d", "test_links")]
    assert found.notes == ["2 entities are said to have no counterpart; verdicts are the curator's to make"]


def test_one_graph_by_its_file_or_folder(write, read) -> None:
    folder = write({**FILES, "alone/rel_triples_2": "x\tr\ty\n"})
    dataset = open_pair(folder / "rel_triples_1", folder / "alone", links=folder / "ent_links")
    assert read(dataset.left.parts).relations == [("http://a/1", "http://a/r", "http://a/2")]
    assert read(dataset.right.parts).relations == [("x", "r", "y")]
    assert [first for first, _, _ in read(dataset.links.parts).links] == ["http://a/1", "http://a/2"]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("rel_triples_1", "a\tr\tb\na\tr\n", 2),
        ("rel_triples_1", "a\tr\tb\tc\td\n", 1),
        ("rel_triples_1", "a r b\n", 1),
        ("rel_triples_1", "a\t\tb\n", 1),
        ("ent_links", "a\tb\nc\n", 2),
        ("ent_links", "a\tb\tc\n", 1),
        ("ent_links", "", None),
        ("attr_triples_1", b"a\tp\t\xff\n", 1),
    ],
)
def test_what_is_wrong_is_named(write, read, name, text, line) -> None:
    dataset = open_dataset(write({**FILES, name: text}))
    with pytest.raises(InputError) as caught:
        read([*dataset.left.parts, *dataset.links.parts])
    assert (caught.value.path.name, caught.value.line) == (name, line)
