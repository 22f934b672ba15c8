from __future__ import annotations

import pytest

from core.errors import InputError
from core.kg.dataset import open_dataset, open_pair, open_side
from core.kg.detect import FORMATS, detect

NT = "<http://a> <http://b> <http://c> .\n"


@pytest.mark.parametrize(
    ("names", "format"),
    [
        (["FB15K_EntityTriples.txt", "DB15K_EntityTriples.txt"], "mmkb"),
        (["FB15K_EntityTriples.txt"], "mmkb"),
        (["ent_ids_1", "ent_ids_2", "triples_1", "triples_2"], "dbp15k"),
        (["ent_ids_2", "triples_2"], "dbp15k"),
        (["a/graph.nt", "b/graph.TTL", "c/readme.txt"], "rdf"),
        (["graph.ttl"], "rdf"),
    ],
)
def test_the_format_is_told_by_the_names(write, names: list[str], format: str) -> None:
    detection = detect(write(dict.fromkeys(names, NT)))
    assert detection.format == format
    assert names[0].rpartition("/")[2] in detection.reason or names[0].partition("/")[0] in detection.reason


def test_what_was_expected_and_found_is_named(write) -> None:
    folder = write({"notes.doc": "", "a/picture.png": ""})
    with pytest.raises(InputError) as caught:
        open_dataset(folder)
    for known in FORMATS:
        assert known.dataset_layout in caught.value.expected
    assert caught.value.found == "a/, notes.doc"


def test_nothing_there_an_empty_folder_and_another_file_are_told_apart(tmp_path) -> None:
    (tmp_path / "file.doc").touch()
    (tmp_path / "empty").mkdir()
    for name, found in (
        ("nowhere", "nothing there"),
        ("empty", "an empty folder"),
        ("file.doc", "another file"),
    ):
        with pytest.raises(InputError) as caught:
            detect(tmp_path / name)
        assert caught.value.found == found


def test_a_folder_that_cannot_be_read_is_told(tmp_path, monkeypatch) -> None:
    def refuse(_folder: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.iterdir", refuse)
    with pytest.raises(InputError, match="a folder that can be read, found Permission denied"):
        detect(tmp_path)


def test_a_format_that_is_asked_for_must_fit(write) -> None:
    folder = write({"FB15K_EntityTriples.txt": "", "DB15K_EntityTriples.txt": ""})
    assert open_dataset(folder, "mmkb").reason.startswith("asked for, and")
    with pytest.raises(InputError, match="DBP15K"):
        open_dataset(folder, "dbp15k")
    with pytest.raises(InputError, match="mmkb, dbp15k, openea, rdf, csv"):
        open_dataset(folder, "excel")


def test_tables_beside_the_files_of_a_dataset_are_no_graph_by_themselves(write) -> None:
    triples = {f"{name}_EntityTriples.txt": "a r b .\n" for name in ("FB15K", "DB15K")}
    folder = write({**triples, "FB15K_EntityLabels.tsv": "/m/1\tVienna\t\n"})
    left = open_side(folder, "left")
    assert (left.format, left.reason.partition("; ")[2]) == ("mmkb", f"{left.name} is its left graph")
    assert open_side(folder, "left", format="csv").format == "csv"
    with pytest.raises(InputError, match="found something else"):
        open_side(folder, "left", format="rdf")


def test_a_pair_may_mix_formats(write, read) -> None:
    folder = write(
        {"fb/FB15K_EntityTriples.txt": "/m/1 /r /m/2 .\n", "g.nt": NT, "links.tsv": "/m/1\thttp://a\n"}
    )
    dataset = open_pair(folder / "fb", folder / "g.nt", links=folder / "links.tsv")
    assert dataset.format == "mmkb+rdf"
    assert read(dataset.links.parts).links == [("/m/1", "http://a", "links.tsv")]


def test_missing_companions_of_a_pair_are_named(write) -> None:
    folder = write({"g.nt": NT})
    with pytest.raises(InputError, match="no such file"):
        open_pair(folder / "g.nt", folder / "g.nt", links=folder / "links.tsv")
    with pytest.raises(InputError, match="a folder of images, found nothing there"):
        open_pair(folder / "g.nt", folder / "g.nt", images_left=folder / "pictures")


def test_a_folder_where_a_file_belongs_is_named(write, read) -> None:
    folder = write({"DB15K_EntityTriples.txt": "a b c .", "FB15K_EntityTriples.txt/x": ""})
    with pytest.raises(InputError, match=r"FB15K_EntityTriples\.txt: expected .* found a folder"):
        open_dataset(folder)
