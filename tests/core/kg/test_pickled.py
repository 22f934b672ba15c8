"""Pickles of vectors are read, and no pickle runs anything."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.kg.dataset import open_dataset
from core.kg.pickled import read_vectors
from core.kg.preview import preview

DBP15K = {
    "ent_ids_1": "0\thttp://a\n1\thttp://b\n",
    "ent_ids_2": "2\thttp://c\n3\thttp://d\n",
    "triples_1": "0\t0\t1\n",
    "triples_2": "2\t0\t3\n",
}


class Runs:
    def __init__(self, *call: object) -> None:
        self.call = call

    def __reduce__(self):
        function, *arguments = self.call
        return function, tuple(arguments)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("kind", [np.float32, np.float64, ">f8", np.int64])
def test_vectors_come_back(tmp_path: Path, protocol: int, kind) -> None:
    path = tmp_path / "vectors.pkl"
    path.write_bytes(pickle.dumps({0: np.arange(4, dtype=kind), 7: np.ones(4, dtype=kind)}, protocol))
    vectors = read_vectors(path)
    assert {number: vector.tolist() for number, vector in vectors.items()} == {
        0: [0.0, 1.0, 2.0, 3.0],
        7: [1.0] * 4,
    }
    assert all(vector.dtype == np.float32 for vector in vectors.values())
    assert np.dtype("f8").isnative


def test_lists_and_numpy_numbers_will_do(tmp_path: Path) -> None:
    path = tmp_path / "vectors.pkl"
    path.write_bytes(pickle.dumps({np.int64(3): [0.5, np.float32(1)]}))
    assert read_vectors(path)[3].tolist() == [0.5, 1.0]


@pytest.mark.parametrize(
    "call",
    [
        (os.system, "touch ran"),
        (eval, "open('ran', 'w')"),
        (exec, "open('ran', 'w')"),
        (getattr, "text", "format"),
        (np.load, "x.npy"),
        (bytearray, 10),
    ],
)
@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_that_runs_code_is_refused(tmp_path: Path, monkeypatch, call, protocol: int) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "evil.pkl"
    path.write_bytes(pickle.dumps({0: Runs(*call)}, protocol))
    with pytest.raises(InputError, match=r"one that would run .*Nothing was run") as caught:
        read_vectors(path)
    assert caught.value.path == path
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "content",
    [
        [1, 2],
        {"0": np.zeros(2)},
        {True: np.zeros(2)},
        {0: "text"},
        {0: np.zeros((2, 2))},
        {0: np.zeros(2), 1: np.zeros(3)},
        {0: np.array(["a"])},
    ],
)
def test_other_contents_are_refused(tmp_path: Path, content) -> None:
    path = tmp_path / "vectors.pkl"
    path.write_bytes(pickle.dumps(content))
    with pytest.raises(InputError):
        read_vectors(path)


def test_arrays_of_objects_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "vectors.pkl"
    path.write_bytes(pickle.dumps({0: np.array([Path("x")], dtype=object)}))
    with pytest.raises(InputError):
        read_vectors(path)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_is_one_error(tmp_path_factory, data) -> None:
    whole = pickle.dumps({0: np.zeros(2, np.float32), 1: np.ones(2, np.float32)})
    place = data.draw(st.integers(0, len(whole) - 1))
    broken = data.draw(st.sampled_from([whole[:place], whole[:place] + b"\xff" + whole[place + 1 :]]))
    path = tmp_path_factory.mktemp("pickle") / "vectors.pkl"
    path.write_bytes(broken)
    try:
        vectors = read_vectors(path)
    except InputError as error:
        assert error.path == path
    else:
        assert all(isinstance(number, int) for number in vectors)


def test_a_dataset_says_that_it_has_features(write, read) -> None:
    pickled = pickle.dumps({0: np.zeros(2), 2: np.ones(2)})
    folder = write({**DBP15K, "pkls/zh_en_GA_id_img_feature_dict.pkl": pickled})
    notes = read(open_dataset(folder).left.parts).notes
    assert notes == ["zh_en_GA_id_img_feature_dict.pkl holds image features of 1 of 2 entities"]


def test_features_are_loaded_once_for_both_graphs_and_anew_when_they_changed(
    write, read, monkeypatch
) -> None:
    loaded: list[Path] = []
    monkeypatch.setattr(
        "core.kg.dbp15k_vectors.read_vectors", lambda path: [loaded.append(path), read_vectors(path)][1]
    )
    name = "x_id_img_feature_dict.pkl"
    dataset = open_dataset(folder := write({**DBP15K, name: pickle.dumps({0: np.zeros(2)})}))
    preview(dataset, 5)
    assert [read(graph.parts).notes[0].split()[-4:] for graph in (dataset.left, dataset.right)] == [
        ["1", "of", "2", "entities"],
        ["0", "of", "2", "entities"],
    ]
    assert len(loaded) == 1
    write({name: pickle.dumps({0: np.zeros(2), 1: np.ones(2)})})
    assert "of 2 of 2" in read(open_dataset(folder).left.parts).notes[0]


def test_a_dataset_with_an_evil_pickle_is_refused(write, read) -> None:
    evil = pickle.dumps({0: Runs(os.system, "true")})
    folder = write({**DBP15K, "zh_en_GA_id_img_feature_dict.pkl": evil})
    with pytest.raises(InputError, match="would run"):
        read(open_dataset(folder).left.parts)
