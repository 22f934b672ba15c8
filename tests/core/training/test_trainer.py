"""The one-pass epoch against the naive one, and the parts of training that need no store."""

from __future__ import annotations

import math
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from core.config import RunConfig
from core.errors import TrainingError
from core.features.graph_data import GraphData, load_graph_data
from core.model.mimea import Batch
from core.training.background import with_progress
from core.training.devices import describe, pick_device
from core.training.embeddings import Embeddings, load_embeddings, save_embeddings
from core.training.events import Progress
from core.training.pseudo_seeds import Buffer
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


def _in_float64(data: GraphData, config: RunConfig) -> Trainer:
    data = replace(
        data,
        dense={modality: part.double() for modality, part in data.dense.items()},
        bags={modality: bag.astype(np.float64) for modality, bag in data.bags.items()},
    )
    trainer = Trainer(data, config, CPU)
    trainer.model.double()
    return trainer


@pytest.mark.parametrize("as_a_gpu", [False, True], ids=["as_a_processor", "as_a_gpu"])
@pytest.mark.parametrize("transport", ["", "relation,attribute"], ids=["as_they_are", "transported"])
def test_leaf_gradients_are_those_of_a_backward_pass_per_batch(
    data: GraphData, quick: RunConfig, transport: str, as_a_gpu: bool
) -> None:
    """The paper's way, an encoder pass and a backward pass per batch, sums to the same gradient."""
    config = quick.replace(batch_size=8, transport=transport, transport_sample=16)
    trainer, naive = (_in_float64(data, config) for _ in range(2))
    if as_a_gpu:
        trainer.inputs = replace(trainer.inputs, narrows=False)
        trainer.batches_at_once = 2
    pairs = _pairs(20)
    trainer.epoch(pairs, threading.Event())

    order = torch.randperm(20, generator=naive.generator)
    sample = torch.randperm(naive.data.n, generator=naive.generator)[:16]
    with torch.no_grad():
        some = {modality: h[sample] for modality, h in naive.model.encode(naive.inputs).items()}
        plans = naive.model.plans(some, naive.inputs.present[sample], naive.inputs.has[sample.numpy()])
    assert sorted(plans) == sorted(filter(None, transport.split(",")))
    for batch in order.tensor_split(3):
        rows = pairs[batch.numpy()].T.ravel()
        hidden = {modality: h[rows] for modality, h in naive.model.encode(naive.inputs).items()}
        losses = naive.model.losses(
            hidden,
            naive.model.fuse(hidden, naive.inputs.present[rows]),
            naive.inputs.has[rows],
            plans,
            Batch(pairs[batch.numpy()], pairs[:0]),
            config.training.tau,
            config.training.gamma,
        )
        (naive.model.overall_loss(losses) * (len(batch) / 20)).backward()
    theirs = dict(naive.model.named_parameters())
    for name, parameter in trainer.model.named_parameters():
        assert parameter.dtype == torch.float64
        assert (parameter.grad is None) == (theirs[name].grad is None), name
        if parameter.grad is not None:
            torch.testing.assert_close(parameter.grad, theirs[name].grad, rtol=1e-9, atol=1e-12, msg=name)


class _Waits(TorchDispatchMode):
    """Counts the operations that have the processor wait for a device: to read a number, to count entries."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        name = func.overloadpacket.__name__
        mask = name in ("index", "index_put", "index_put_", "_index_put_impl_") and any(
            index is not None and index.dtype == torch.bool for index in args[1]
        )
        if mask or name in ("_local_scalar_dense", "nonzero", "is_nonzero", "masked_select", "bincount"):
            self.seen.append(name)
        return func(*args, **(kwargs or {}))


def test_the_processor_waits_for_no_device_within_an_epoch(data: GraphData, quick: RunConfig) -> None:
    """But to report: ``tolist`` of a tensor on the processor needs no operation, so that one isn't seen.

    Transport is left out: its plans are solved on the processor, with one wait each.
    """
    trainer = Trainer(data, quick.replace(batch_size=8, transport=()), CPU)
    assert not data.masks["visual"].all()
    with _Waits() as waits:
        losses = trainer.epoch(_pairs(20), threading.Event())
    assert losses is not None and "visual" in losses
    assert waits.seen == []
    with _Waits() as waits:
        bool(torch.ones(3).any()), torch.ones(3)[torch.tensor([True, False, True])]
    assert waits.seen[0] == "_local_scalar_dense" and len(waits.seen) >= 2


def test_of_some_entities_the_model_says_what_it_says_of_all(data: GraphData, quick: RunConfig) -> None:
    trainer = Trainer(data, quick, CPU)
    rows = np.array([7, 100, 7, 0])
    everything, some = (trainer.model.encode(i) for i in (trainer.inputs, trainer.inputs.of(rows)))
    assert list(everything) == list(some)
    for modality, part in some.items():
        torch.testing.assert_close(part, everything[modality][rows], msg=modality)


def test_the_cosine_schedule_falls_to_nothing(data: GraphData, quick: RunConfig) -> None:
    trainer = Trainer(data, quick.replace(schedule="cosine", epochs=4), CPU)
    rates = []
    for _ in range(4):
        rates.append(trainer.optimizer.param_groups[0]["lr"])
        trainer.epoch(_pairs(10), threading.Event())
    assert rates == pytest.approx([0.02 * (1 + math.cos(math.pi * e / 4)) / 2 for e in range(4)])
    assert trainer.optimizer.param_groups[0]["lr"] == pytest.approx(0, abs=1e-12)
    constant = Trainer(data, quick, CPU)
    constant.epoch(_pairs(10), threading.Event())
    assert constant.optimizer.param_groups[0]["lr"] == 0.02


def test_contrastive_chooses_the_losses(data: GraphData, quick: RunConfig) -> None:
    alone = Trainer(data, quick.replace(contrastive=""), CPU)
    losses = alone.epoch(_pairs(20), threading.Event())
    assert losses is not None and list(losses) == ["joint"]
    assert all(
        encoder.weight.grad.any() for name, encoder in alone.model.encoders.items() if name != "structure"
    )
    some = Trainer(data, quick.replace(contrastive="visual,structure"), CPU)
    assert set(some.epoch(_pairs(20), threading.Event()) or {}) == {"joint", "structure", "visual"}


def test_fixed_weights_learn_none(data: GraphData, quick: RunConfig) -> None:
    learned, fixed = (Trainer(data, quick.replace(loss_weights=w), CPU) for w in ("uncertainty", "fixed"))
    assert learned.parameters() == fixed.parameters() + 5
    first = [trainer.epoch(_pairs(20), threading.Event()) for trainer in (learned, fixed)]
    assert first[0] == first[1]  # uncertainties start at 1
    for _ in range(3):  # the first step of Adam knows signs only
        later = [trainer.epoch(_pairs(20), threading.Event()) for trainer in (learned, fixed)]
    assert later[0] != later[1]


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


def test_mean_weights_are_of_the_entities_that_have_the_modality() -> None:
    weights = torch.tensor([[0.5, 0.5], [1.0, 0.0], [0.0, 0.0]])  # the last has neither
    parts = {"structure": torch.zeros(3, 2), "visual": torch.zeros(3, 2)}
    embeddings = Embeddings(np.arange(3), 1, torch.zeros(3, 4), parts, weights)
    means, spread = embeddings.mean_weights()
    assert means == {"structure": 0.75, "visual": 0.5}
    assert spread == {"structure": 0.25, "visual": 0.0}


def test_the_processor() -> None:
    assert pick_device("cpu") == CPU
    assert describe(CPU) == "CPU, 1 thread"


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_without_a_gpu_the_processor_is_what_there_is() -> None:
    assert pick_device("auto") == CPU
    with pytest.raises(TrainingError, match="no CUDA device"):
        pick_device("cuda")
