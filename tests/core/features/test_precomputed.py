"""Precomputed image features: every format, every way to name an entity, and what is wrong with a file."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sqlalchemy import update

from core.config import FeatureConfig
from core.errors import InputError, MimeaError, TrainingError
from core.features.feature_files import read_feature_file
from core.features.graph_data import GraphData, load_graph_data
from core.store.project_file import ProjectFile
from core.store.schema import Graph

Vectors = Mapping[str, NDArray[np.float32]]
URIS = [f"http://example.org/{graph}/{i:04x}" for graph in (1, 2) for i in range(1, 41)]
RANDOM = np.random.default_rng(0).normal(size=(80, 6)).astype(np.float32)
CONFIG = FeatureConfig(visual_encoder="precomputed")


def write_hdf5(path: Path, vectors: Vectors) -> None:
    with h5py.File(path, "w") as file:
        for name, vector in vectors.items():
            file[name] = vector


def write_numpy(path: Path, vectors: Vectors) -> None:
    np.savez(path, ids=np.array(list(vectors)), features=np.stack(list(vectors.values())))


def write_safetensors(path: Path, vectors: Vectors) -> None:
    save_file(dict(vectors), path)


def write_pickle(path: Path, vectors: Vectors) -> None:
    path.write_bytes(pickle.dumps({int(name): vector for name, vector in vectors.items()}))


WRITERS: dict[str, Callable[[Path, Vectors], None]] = {
    ".h5": write_hdf5,
    ".npz": write_numpy,
    ".safetensors": write_safetensors,
    ".pkl": write_pickle,
}


def load(project: ProjectFile, *files: Path) -> GraphData:
    config = replace(CONFIG, visual_features=" ; ".join(map(str, files)))
    return load_graph_data(project, config, ("visual",))


def expected(has: NDArray[np.bool_]) -> torch.Tensor:
    """Centred within each graph over the entities that have a vector, of length 1."""
    rows = np.where(has[:, None], RANDOM, 0)
    for side in (slice(0, 40), slice(40, 80)):
        rows[side][has[side]] -= rows[side][has[side]].mean(axis=0)
    return torch.from_numpy(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))


@pytest.mark.parametrize("suffix", [".h5", ".npz", ".safetensors"])
def test_vectors_are_known_by_uri(project: ProjectFile, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"features{suffix}"
    WRITERS[suffix](path, {uri: RANDOM[i] for i, uri in enumerate(URIS) if i % 3} | {"http://a/b": RANDOM[0]})
    data = load(project, path)
    has = np.arange(80) % 3 > 0
    assert data.masks["visual"].tolist() == has.tolist()
    torch.testing.assert_close(data.dense["visual"], expected(has))
    assert data.notes == ("Image features were found for 53 of 80 entities",)


def test_embeddings_as_openea_writes_them(project: ProjectFile, tmp_path: Path) -> None:
    order = np.random.default_rng(1).permutation(80)  # entity i is row order[i]
    rows = np.empty_like(RANDOM)
    rows[order] = RANDOM
    np.save(tmp_path / "ent_embeds.npy", rows)
    for name, entities in (("kg1_ent_ids", range(40)), ("kg2_ent_ids", range(40, 80))):
        (tmp_path / name).write_text("".join(f"{URIS[i]}\t{order[i]}\n" for i in entities))
    data = load(project, tmp_path / "ent_embeds.npy")
    torch.testing.assert_close(data.dense["visual"], expected(np.ones(80, dtype=bool)))
    (tmp_path / "kg2_ent_ids").write_text(f"{URIS[40]}\t79\n{URIS[41]}\t80\n")
    with pytest.raises(InputError, match="kg2_ent_ids, line 2: expected a URI and a row number"):
        load(project, tmp_path / "ent_embeds.npy")


@pytest.mark.parametrize("suffix", WRITERS)
def test_vectors_are_known_by_the_projects_numbers(project: ProjectFile, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"features{suffix}"
    WRITERS[suffix](path, {str(i + 1): RANDOM[i] for i in range(80)})
    torch.testing.assert_close(load(project, path).dense["visual"], expected(np.ones(80, dtype=bool)))


def test_vectors_are_known_by_the_numbers_of_the_dataset(project: ProjectFile, tmp_path: Path) -> None:
    folder = tmp_path / "zh_en"
    (folder / "pkls").mkdir(parents=True)
    # As published: one space of numbers, which are not the project's.
    for graph, numbers in (("1", range(40)), ("2", range(40, 80))):
        lines = [f"{79 - i}\t{URIS[i]}\n" for i in numbers]
        (folder / f"ent_ids_{graph}").write_text("".join(lines))
    path = folder / "pkls" / "zh_en_GA_id_img_feature_dict.pkl"
    write_pickle(path, {str(79 - i): RANDOM[i] for i in range(80) if i != 7})
    with project.write() as session:
        session.execute(update(Graph).values(source=str(folder)))
    has = np.arange(80) != 7
    torch.testing.assert_close(load(project, path).dense["visual"], expected(has))


def test_vectors_are_known_by_the_image_names_of_mmkb(project: ProjectFile, tmp_path: Path) -> None:
    files = []
    for side, name in enumerate(("FB", "DB")):
        own = range(40 * side, 40 * side + 40)
        lines = [f"<{URIS[i]}>\t{name}IMG{i:05d}\n" for i in own]
        (tmp_path / f"{name}15K_ImageIndex.txt").write_text("".join(lines))
        files.append(tmp_path / f"{name}15K_ImageData.h5")
        write_hdf5(files[-1], {f"{name}IMG{i:05d}": RANDOM[i : i + 1] for i in own})
    torch.testing.assert_close(load(project, *files).dense["visual"], expected(np.ones(80, dtype=bool)))


def test_several_vectors_of_an_entity_are_averaged(project: ProjectFile, tmp_path: Path) -> None:
    path = tmp_path / "features.h5"
    (tmp_path / "X_ImageIndex.txt").write_text(f"{URIS[0]}\tA\n{URIS[0]}\tB\n{URIS[1]}\tC\n{URIS[40]}\tD\n")
    write_hdf5(
        path,
        {"A": np.float32([4, 0]), "B": np.float32([0, 4]), "C": np.float32([0, 0]), "D": np.float32([1, 0])},
    )
    data = load(project, path)
    half = 0.5**0.5
    assert data.dense["visual"][[0, 1, 40]].tolist() == [
        pytest.approx([half, half]), pytest.approx([-half, -half]), [1, 0],
    ]  # fmt: skip


def test_a_graph_without_vectors_is_left_out(project: ProjectFile, tmp_path: Path) -> None:
    write_numpy(tmp_path / "a.npz", {URIS[3]: RANDOM[3]})
    config = replace(CONFIG, visual_features=str(tmp_path / "a.npz"))
    data = load_graph_data(project, config, ("structure", "visual"))
    assert data.left_out == {"visual": "no image features in the right graph"}


def test_a_name_with_the_separator_is_one_file(project: ProjectFile, tmp_path: Path) -> None:
    path = tmp_path / "a;b.npz"
    write_numpy(path, {uri: RANDOM[i] for i, uri in enumerate(URIS)})
    assert load(project, path).masks["visual"].all()


def test_features_of_nobody_are_an_error(project: ProjectFile, tmp_path: Path) -> None:
    write_numpy(tmp_path / "a.npz", {"http://else.where/1": RANDOM[0], "http://else.where/2": RANDOM[1]})
    message = (
        r"a\.npz: expected identifiers of this project's entities, such as 'http://example\.org/1/0001', "
        r"found 2 others, such as 'http://else\.where/1'"
    )
    with pytest.raises(InputError, match=message):
        load(project, tmp_path / "a.npz")
    write_numpy(tmp_path / "b.npz", {URIS[0]: RANDOM[0]})
    with pytest.raises(InputError, match=r"a\.npz: .* such as 'http://example\.org/2/0001'"):
        load(project, tmp_path / "b.npz", tmp_path / "a.npz")


def test_files_of_two_lengths_are_an_error(project: ProjectFile, tmp_path: Path) -> None:
    write_numpy(tmp_path / "a.npz", {URIS[0]: RANDOM[0]})
    write_numpy(tmp_path / "b.npz", {URIS[40]: RANDOM[0, :4]})
    with pytest.raises(
        InputError, match=r"b\.npz: expected vectors as long as those of a\.npz, found lengths 4"
    ):
        load(project, tmp_path / "a.npz", tmp_path / "b.npz")


@pytest.mark.parametrize("setting", ["", ";", "a;b;c"])
def test_the_setting_names_one_or_two_files(project: ProjectFile, setting: str) -> None:
    with pytest.raises(
        TrainingError, match="needs visual_features: a file of image features, or one for each"
    ):
        load_graph_data(project, replace(CONFIG, visual_features=setting), ("visual",))


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_damaged_file_is_told(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    with pytest.raises(InputError, match="expected image features by identifier, found no such file"):
        read_feature_file(path)
    WRITERS[suffix](path, {str(i): RANDOM[i] for i in range(20)})
    assert len(read_feature_file(path)) == 20
    for contents in (path.read_bytes()[: path.stat().st_size // 2], b"", b"not features"):
        path.write_bytes(contents)
        with pytest.raises(InputError, match=rf"a{suffix}: expected .*, found .*"):
            read_feature_file(path)


@pytest.mark.parametrize(
    ("vectors", "found"),
    [
        (
            {"a": RANDOM[0], "b": RANDOM[1, :5]},
            r"a vector of 6 numbers for 'b', found an array of shape \(5,\)",
        ),
        ({"a": RANDOM[:2]}, r"a vector for 'a', found an array of shape \(2, 6\)"),
        ({"a": np.array([1, np.nan])}, "numbers for 'a', found one that is not finite"),
        ({"a": np.array([1, np.inf])}, "numbers for 'a', found one that is not finite"),
        ({"a": np.array(["x", "y"])}, "numbers for 'a', found an array of <U1"),
        ({"a": np.empty(0)}, "found vectors without numbers"),
        ({}, "found none"),
        ({"ids": np.arange(3), "features": RANDOM[:4]}, r"found shapes \(3,\) and \(4, 6\)"),
        ({"a": np.array([{}])}, "found a file that can't be read"),
    ],
)
def test_what_is_wrong_with_the_arrays_is_told(tmp_path: Path, vectors: dict[str, Any], found: str) -> None:
    np.savez(tmp_path / "a.npz", **vectors)
    with pytest.raises(InputError, match=found):
        read_feature_file(tmp_path / "a.npz")


def test_numbers_of_half_precision_are_read(tmp_path: Path) -> None:
    from safetensors.torch import save_file as save_tensors

    save_tensors({"a": torch.tensor([1.5, 2.0], dtype=torch.bfloat16)}, tmp_path / "a.safetensors")
    assert read_feature_file(tmp_path / "a.safetensors")["a"].tolist() == [1.5, 2.0]


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("1 2 3")
    with pytest.raises(MimeaError, match=r"expected a file \.h5, .*, found one that ends in \.txt"):
        read_feature_file(tmp_path / "a.txt")


def test_a_pickle_runs_nothing(tmp_path: Path) -> None:
    class Harm:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "made",)

    (tmp_path / "a.pkl").write_bytes(pickle.dumps({1: Harm()}))
    with pytest.raises(InputError, match="Nothing was run"):
        read_feature_file(tmp_path / "a.pkl")
    assert not (tmp_path / "made").exists()
