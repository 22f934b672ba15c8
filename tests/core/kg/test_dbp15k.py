from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

from core.errors import InputError
from core.kg.dataset import open_dataset, open_pair

FILES = {
    "ent_ids_1": "0\thttp://zh.dbpedia.org/resource/阿\n1\thttp://zh.dbpedia.org/resource/金\n",
    "ent_ids_2": "2\thttp://dbpedia.org/resource/A\n3\thttp://dbpedia.org/resource/B\n",
    "triples_1": "0\t1123\t1\n",
    "triples_2": "2\t7\t3\n",
    "ill_ent_ids": "0\t2\n",
}


def test_numbers_become_uris(write, read) -> None:
    dataset = open_dataset(write(FILES))
    left = read(dataset.left.parts)
    assert dataset.format == "dbp15k"
    assert [uri for uri, _, _ in left.entities] == [
        "http://zh.dbpedia.org/resource/阿",
        "http://zh.dbpedia.org/resource/金",
    ]
    assert left.relations == [
        ("http://zh.dbpedia.org/resource/阿", "1123", "http://zh.dbpedia.org/resource/金")
    ]
    assert left.names == {"1123": "relation 1123"}
    assert read(dataset.links.parts).links == [
        ("http://zh.dbpedia.org/resource/阿", "http://dbpedia.org/resource/A", "ill_ent_ids")
    ]


def test_relation_names_are_used_where_given(write, read) -> None:
    folder = write({**FILES, "rel_ids_1": "1123\thttp://zh.dbpedia.org/property/birthPlace\n"})
    left = read(open_dataset(folder).left.parts)
    assert left.relations[0][1] == "http://zh.dbpedia.org/property/birthPlace"
    assert left.names == {}


@pytest.mark.parametrize("names", [("sup_ent_ids", "ref_ent_ids"), ("sup_pairs", "ref_pairs")])
def test_split_links_are_put_together(write, read, names: tuple[str, str]) -> None:
    files = {name: text for name, text in FILES.items() if name != "ill_ent_ids"}
    links = open_dataset(write({**files, names[0]: "0\t2\n", names[1]: "1\t3\n"})).links
    assert read(links.parts).links == [
        ("http://zh.dbpedia.org/resource/阿", "http://dbpedia.org/resource/A", names[0]),
        ("http://zh.dbpedia.org/resource/金", "http://dbpedia.org/resource/B", names[1]),
    ]


def test_attributes_are_types_without_values(write, read) -> None:
    text = "http://zh.dbpedia.org/resource/阿\thttp://p/a\thttp://p/b\nhttp://zh.dbpedia.org/resource/金\thttp://p/a\n"
    left = read(open_dataset(write({**FILES, "training_attrs_1": text})).left.parts)
    assert [(e[-1], a, v) for e, a, v, _, _ in left.attributes] == [
        ("阿", "http://p/a", ""),
        ("阿", "http://p/b", ""),
        ("金", "http://p/a", ""),
    ]


def test_translated_names_are_an_attribute_of_the_side_they_are_of(write, read) -> None:
    names = json.dumps([[0, ["abdullah", "gul"]], [2, ["a"]], [99, ["nobody"]]])
    dataset = open_dataset(write({**FILES, "dbp_zh_en.json": names}))
    assert read(dataset.left.parts).attributes == [
        ("http://zh.dbpedia.org/resource/阿", "translated name", "abdullah gul", "", "en")
    ]
    assert [value for _, _, value, _, _ in read(dataset.right.parts).attributes] == ["a"]


def test_names_and_features_may_lie_beside_and_above(write, read) -> None:
    names = {f"DBP15K/translated_ent_name/dbp_{pair}_en.json": '[[0, ["a"]]]' for pair in ("fr", "zh")}
    pickles = {
        f"pkls/{name}_id_img_feature_dict.pkl": pickle.dumps({0: np.zeros(2)})
        for name in ("FBDB15K", "FBYG15K", "fr_en_GA", "zh_en_GA")
    }
    folders = ("DBP15K/zh_en", "FBYG15K/norm")
    root = write(names | pickles | {f"{folder}/{k}": v for folder in folders for k, v in FILES.items()})
    zh_en, norm = (read(open_dataset(root / folder).left.parts) for folder in folders)
    assert [value for _, _, value, _, _ in zh_en.attributes] == ["a"]
    assert zh_en.notes[0].startswith("zh_en_GA_id_img_feature_dict.pkl holds image features of 1 of 2")
    assert norm.notes[0].startswith("FBYG15K_id_img_feature_dict.pkl holds image features of 1 of 2")


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("ent_ids_1", "0\thttp://a\nx\thttp://b\n", 2),
        ("ent_ids_1", "0 http://a\n", 1),
        ("ent_ids_1", "0\thttp://a\thttp://b\n", 1),
        ("triples_1", "0\t1\t1\n0\t1\t99\n", 2),
        ("triples_1", "0\t1\t2\n", 1),  # 2 is of the other graph
        ("triples_1", "0\t1\n", 1),
        ("triples_1", "", None),
        ("ill_ent_ids", "0\t2\n5\t2\n", 2),
        ("ill_ent_ids", "0\n", 1),
        ("rel_ids_1", "1\n", 1),
        ("training_attrs_1", "http://a\n", 1),
        ("dbp_zh_en.json", '[[0, ["a"]],\n[1 ["b"]]]', 2),
        ("dbp_zh_en.json", '{"0": "a"}', None),
        ("dbp_zh_en.json", '[[0, "a"]]', None),
        ("dbp_zh_en.json", "1" * 5000, None),
        ("dbp_zh_en.json", b"[\xff", None),
    ],
)
def test_what_is_wrong_is_named(write, read, name: str, text: str | bytes, line: int | None) -> None:
    dataset = open_dataset(write({**FILES, name: text}))
    with pytest.raises(InputError) as caught:
        read([*dataset.left.parts, *dataset.links.parts])
    assert (caught.value.path.name, caught.value.line) == (name, line)


def test_half_a_surrogate_pair_in_a_name_does_no_harm(write, read) -> None:
    dataset = open_dataset(write({**FILES, "dbp_zh_en.json": '[[0, ["\\ud800x"]]]'}))
    assert read(dataset.left.parts).attributes[0][2] == "?x"


def test_the_graphs_can_be_given_apart_with_links_by_number(write, read) -> None:
    folder = write(FILES)
    dataset = open_pair(folder / "ent_ids_2", folder / "triples_1", links=folder / "ill_ent_ids")
    assert read(dataset.left.parts).relations[0][1] == "7"
    assert read(dataset.links.parts).links[0][1] == "http://dbpedia.org/resource/A"
