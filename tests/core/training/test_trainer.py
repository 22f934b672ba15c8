"""The one-pass epoch against the naive one, and the parts of training that need no store."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from core.config import RunConfig, TrainingConfig
from core.errors import TrainingError
from core.features.graph_data import GraphData, load_graph_data
from core.training.background import with_progress
from core.training.devices import describe, pick_device
from core.training.embeddings import load_embeddings, save_embeddings
from core.training.events import Progress
from core.training.pseudo_seeds import Buffer
from core.training.split import split_links
from core.training.stopping import EarlyStopping
from core.training.trainer import Trainer
from tests.core.training.conftest import MakeProject

CPU = torch.device("cpu")


@pytest.fixture
def data(make_project: MakeProject, quick: RunConfig) -> GraphData:
    project = make_project(images=True)
    return load_graph_data(project, quick.features, quick.model.modalities)


def _pairs(m: int) -> np.ndarray:
    return np.stack([np.arange(m), 60 + np.arange(m)], axis=1)


def test_leaf_gradients_are_those_of_a_backward_pass_per_batch(data: GraphData, quick: RunConfig) -> None:
    """The paper's way, an encoder pass and a backward pass per batch, sums to the same gradient."""
    config = quick.replace(batch_size=8, transport="")
    trainer, naive = (Trainer(data, config, CPU) for _ in range(2))
    trainer.optimizer.step = lambda: None  # type: ignore[method-assign]
    pairs = _pairs(20)
    trainer.epoch(pairs, threading.Event())

    order = torch.randperm(20, generator=naive.generator)
    present = naive.inputs.present
    for batch in order.tensor_split(3):
        hidden = naive.model.encode(naive.inputs)
        left, right = torch.from_numpy(pairs[batch.numpy()]).unbind(1)
        losses = naive.model.losses(
            {modality: h[left] for modality, h in hidden.items()},
            {modality: h[right] for modality, h in hidden.items()},
            (present[left], present[right]),
            {},
            config.training.tau,
            config.training.gamma,
        )
        (naive.model.uncertainty(losses) * (len(batch) / 20)).backward()
    theirs = dict(naive.model.named_parameters())
    for name, parameter in trainer.model.named_parameters():
        assert (parameter.grad is None) == (theirs[name].grad is None), name
        if parameter.grad is not None:
            torch.testing.assert_close(parameter.grad, theirs[name].grad, rtol=1e-4, atol=1e-6, msg=name)


def test_an_epoch_that_is_stopped_changes_nothing(data: GraphData, quick: RunConfig) -> None:
    trainer = Trainer(data, quick, CPU)
    before = [parameter.clone() for parameter in trainer.model.parameters()]
    stop = threading.Event()
    stop.set()
    assert trainer.epoch(_pairs(10), stop) is None
    assert all(torch.equal(a, b) for a, b in zip(before, trainer.model.parameters(), strict=True))


def test_a_pair_without_the_modality_takes_no_part_in_its_loss(data: GraphData, quick: RunConfig) -> None:
    trainer = Trainer(data, quick, CPU)
    without_image = np.array([[2, 62], [5, 65], [8, 68]])  # every third entity, from 0
    losses = trainer.epoch(without_image, threading.Event())
    assert losses is not None
    assert "visual" not in losses and "structure" in losses
    assert trainer.model.encoders["visual"].weight.grad is None or not (
        trainer.model.encoders["visual"].weight.grad.any()
    )


def test_embeddings_come_back_as_they_were(data: GraphData, quick: RunConfig, tmp_path) -> None:  # type: ignore[no-untyped-def]
    kept = Trainer(data, quick, CPU).embed()
    torch.testing.assert_close(kept.joint.norm(dim=1), torch.ones(data.n))
    save_embeddings(tmp_path / "run" / "e.safetensors", kept)
    loaded = load_embeddings(tmp_path / "run" / "e.safetensors", CPU)
    assert loaded.n_left == kept.n_left and np.array_equal(loaded.entity_ids, kept.entity_ids)
    assert torch.equal(loaded.joint, kept.joint) and torch.equal(loaded.weights, kept.weights)
    assert list(loaded.by_modality) == list(kept.by_modality)
    assert all(torch.equal(loaded.by_modality[m], part) for m, part in kept.by_modality.items())
    (tmp_path / "bad").write_bytes(b"no tensors")
    for name in ("bad", "missing"):
        with pytest.raises(TrainingError, match="train again"):
            load_embeddings(tmp_path / name, CPU)


def test_split_is_disjoint_complete_and_seeded() -> None:
    links = np.stack([np.arange(100), np.arange(100, 200)], axis=1)
    config = TrainingConfig(seed_ratio=0.3, validation_ratio=0.2)
    split = split_links(links, config)
    assert (len(split.seed), len(split.validation), len(split.test)) == (24, 6, 70)
    together = np.concatenate([split.seed, split.validation, split.test])
    assert sorted(together.tolist()) == links.tolist()
    assert np.array_equal(split_links(links, config).seed, split.seed)
    other = split_links(links, TrainingConfig(seed_ratio=0.3, validation_ratio=0.2, random_seed=1))
    assert not np.array_equal(other.seed, split.seed)


@pytest.mark.parametrize("ratio", [0.0, 0.001])
def test_a_split_without_seeds_is_refused(ratio: float) -> None:
    links = np.stack([np.arange(10), np.arange(10, 20)], axis=1)
    with pytest.raises(TrainingError, match="raise seed_ratio"):
        split_links(links, TrainingConfig(seed_ratio=ratio))


def test_early_stopping() -> None:
    stopping = EarlyStopping(patience=2)
    assert [stopping.improved(metric) for metric in (0.1, 0.3, 0.3, 0.2)] == [True, True, False, False]
    assert stopping.exhausted
    never = EarlyStopping(patience=0)
    assert [never.improved(0.0) for _ in range(5)].count(True) == 1
    assert not never.exhausted


def test_buffer_promotes_what_stays() -> None:
    buffer = Buffer(probation=10)
    assert buffer.update([(1, 2), (3, 4)], 5) == []
    assert buffer.update([(1, 2)], 10) == []  # (3, 4) left: its probation starts anew
    assert buffer.update([(1, 2), (3, 4)], 15) == [(1, 2)]
    assert buffer.update([(3, 4)], 20) == []
    assert buffer.update([(3, 4)], 25) == [(3, 4)]


def test_progress_of_work_in_the_background() -> None:
    def work(report) -> int:  # type: ignore[no-untyped-def]
        report("reading", 1, 2)
        report("reading", 2, 2)
        return 7

    generator = with_progress(work, threading.Event())
    seen = []
    while True:
        try:
            seen.append(next(generator))
        except StopIteration as end:
            assert end.value == 7
            break
    assert seen == [Progress("reading", 1, 2), Progress("reading", 2, 2)]


def test_devices() -> None:
    assert pick_device("cpu") == CPU
    assert describe(CPU) == "CPU, 1 thread"
    if not torch.cuda.is_available():
        assert pick_device("auto") == CPU
        with pytest.raises(TrainingError, match="no CUDA device"):
            pick_device("cuda")
