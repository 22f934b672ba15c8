from __future__ import annotations

import pytest
from PIL import Image

from core.errors import InputError
from core.kg.dataset import open_dataset, open_pair

TRIPLES = "/m/1 /film/film/genre /m/2 .\n/m/2 /film/film/genre /m/3 .\n"
OTHERS = "<http://d/A> <http://d/p> <http://d/B> .\n"
LINK = "/m/1 <SameAs> <http://d/A> .\n"
PAIR = {"FB15K_EntityTriples.txt": TRIPLES, "DB15K_EntityTriples.txt": OTHERS, "DB15K_SameAsLink.txt": LINK}


def test_the_graph_that_the_links_name_first_is_left(write, read) -> None:
    dataset = open_dataset(write(PAIR))
    assert (dataset.format, dataset.left.name, dataset.right.name) == ("mmkb", "FB15K", "DB15K")
    assert "DB15K_EntityTriples.txt" in dataset.reason
    assert read(dataset.left.parts).relations == [
        ("/m/1", "/film/film/genre", "/m/2"),
        ("/m/2", "/film/film/genre", "/m/3"),
    ]
    assert read(dataset.right.parts).relations == [("http://d/A", "http://d/p", "http://d/B")]
    assert read(dataset.links.parts).links == [("/m/1", "http://d/A", "DB15K_SameAsLink.txt")]


def test_without_links_the_order_is_that_of_the_names(write) -> None:
    dataset = open_dataset(write({k: v for k, v in PAIR.items() if "SameAs" not in k}))
    assert (dataset.left.name, dataset.links) == ("DB15K", None)


@pytest.mark.parametrize(
    "text",
    [
        "/m/1 /r /m/2 .\n\n/m/2 /r /m/3 .",
        "/m/1 /r /m/2 .\r\n/m/2 /r /m/3 .\r\n",
        "\ufeff/m/1\t/r\t/m/2\t.\n/m/2 /r   /m/3 .  \n",
    ],
    ids=["blank line, no last line end", "CRLF", "BOM, tabs, trailing spaces"],
)
def test_line_ends_and_spaces_do_not_matter(write, read, text: str) -> None:
    folder = write({**PAIR, "FB15K_EntityTriples.txt": text})
    assert read(open_dataset(folder).left.parts).relations == [("/m/1", "/r", "/m/2"), ("/m/2", "/r", "/m/3")]


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        (TRIPLES + "/m/1 /r .\n", 3, "3 terms"),
        (TRIPLES + "a b .\n. x y z .\n", 3, "3 terms"),
        ("a b c . d e f .\ng h\ni .\n", 1, "8 terms"),
        (TRIPLES + "/m/1 /r /m/2\n", 3, "3 terms"),
        ("/m/1 /r /m/2 ;\n", 1, "4 terms"),
        ("", None, "an empty file"),
        (b"/m/1 /r /m/2 .\n/m/1 /r \xff .\n", 2, r"b'/m/1 /r \xff .'"),
    ],
)
def test_a_wrong_line_is_named(write, read, text: str | bytes, line: int | None, found: str) -> None:
    dataset = open_dataset(write({**PAIR, "FB15K_EntityTriples.txt": text}))
    with pytest.raises(InputError) as caught:
        read(dataset.left.parts)
    assert caught.value.line == line
    assert caught.value.path.name == "FB15K_EntityTriples.txt"
    assert found in caught.value.found


def test_numerical_triples_are_attributes(write, read) -> None:
    double = "http://www.w3.org/2001/XMLSchema#double"
    lines = [
        "/m/1\t<http://n/longitude>\t9.70404945",
        "/m/1 <http://n/area> -1.5E3 .",
        "/m/2\t<http://n/when>\t1969-07-20",
        '/m/2\t<http://n/size>\t"7"^^<http://www.w3.org/2001/XMLSchema#integer>',
        '/m/2\t<http://n/big>\t"8"',
    ]
    folder = write({**PAIR, "FB15K_NumericalTriples.txt": "\n".join(lines)})
    assert read(open_dataset(folder).left.parts).attributes == [
        ("/m/1", "http://n/longitude", "9.70404945", double, ""),
        ("/m/1", "http://n/area", "-1.5E3", double, ""),
        ("/m/2", "http://n/when", "1969-07-20", "", ""),
        ("/m/2", "http://n/size", "7", "http://www.w3.org/2001/XMLSchema#integer", ""),
        ("/m/2", "http://n/big", "8", double, ""),
    ]


def test_labels_come_from_a_file(write, read) -> None:
    folder = write({**PAIR, "FB15K_EntityLabels.tsv": "/m/1\tDenton\tcity in Texas\n/m/2\tEl Paso\n"})
    assert read(open_dataset(folder).left.parts).entities == [
        ("/m/1", "Denton", "city in Texas"),
        ("/m/2", "El Paso", ""),
    ]


def test_images_are_those_that_exist(write, read, tmp_path) -> None:
    index = "/m/1\tFBIMG1\n/m/2\tFBIMG2\n/m/3\tFBIMG3\n"
    folder = write({**PAIR, "FB15K_ImageIndex.txt": index})
    for name in (
        "image-graph_images/m.1/google_1.jpg",
        "image-graph_images/m.1/bing_2.jpg",
        "images/FBIMG2.png",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 3)).save(folder / name)
    found = read(open_dataset(folder).left.parts)
    assert [(entity, path.name) for entity, path in found.images] == [
        ("/m/1", "bing_2.jpg"),
        ("/m/1", "google_1.jpg"),
        ("/m/2", "FBIMG2.png"),
    ]
    assert found.notes == ["1 image that FB15K_ImageIndex.txt names is not here"]


def test_a_graph_can_be_given_as_its_file(write, read) -> None:
    folder = write(PAIR)
    dataset = open_pair(
        folder / "DB15K_EntityTriples.txt",
        folder / "FB15K_EntityTriples.txt",
        links=folder / "DB15K_SameAsLink.txt",
    )
    assert (dataset.left.name, dataset.right.name) == ("DB15K", "FB15K")
    assert [link[:2] for link in read(dataset.links.parts).links] == [("/m/1", "http://d/A")]


def test_precomputed_features_are_noted(write, read) -> None:
    folder = write({**PAIR, "FB15K_ImageData.h5": b"\x89HDF\r\n"})
    notes = read(open_dataset(folder).left.parts).notes
    assert notes == ["FB15K_ImageData.h5 holds image features; a run can take them as they are"]
