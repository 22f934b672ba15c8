from __future__ import annotations

import threading

import pytest
import torch
from scipy.sparse import csr_array

from core.ablation.cost import flop_counter, measure_cost
from core.ablation.study import features
from core.config import RunConfig
from core.model.encoders import DenseEncoder
from core.model.gat import AttentionLayer
from core.model.sparse import Pattern, SparseInput
from core.store.project_file import ProjectFile
from core.training.trainer import Trainer


def test_a_dense_layer() -> None:
    with flop_counter() as counter:
        DenseEncoder(7, 4, torch.Generator())(torch.ones(5, 7))
    assert counter.get_total_flops() == 2 * 5 * 7 * 4


def test_a_sparse_input_counts_with_its_entries_in_both_directions() -> None:
    bag = SparseInput(csr_array(torch.eye(6).numpy()[:, :5]), torch.device("cpu"))  # 5 entries
    weight = torch.ones(5, 3, requires_grad=True)
    with flop_counter() as counter:
        out = bag @ weight
    assert counter.get_total_flops() == 2 * 5 * 3
    with flop_counter() as counter:
        out.sum().backward()
    assert counter.get_total_flops() == 2 * 5 * 3


def test_an_attention_layer_by_hand() -> None:
    n, d, heads = 4, 6, 2
    edges = torch.tensor([[0, 0, 1, 1, 1, 2, 2, 3], [0, 1, 0, 1, 2, 1, 2, 3]])
    pattern, e = Pattern(edges, n), edges.shape[1]
    layer = AttentionLayer(d, heads, torch.Generator())
    hidden = torch.ones(n, d, requires_grad=True)
    with flop_counter() as counter:
        out = layer(hidden, pattern)
    scores = 2 * n * d * 2  # each entity as target and as source, over the columns of all heads
    averages = 2 * e * d  # each edge, over the columns of all heads
    assert counter.get_total_flops() == scores + averages
    with flop_counter() as counter:
        out.sum().backward()
    # Through the averages to hidden and to the scores; through the scores to hidden and to their weights.
    assert counter.get_total_flops() == 2 * averages + 2 * scores


def test_a_whole_model(without_images: ProjectFile, quick: RunConfig) -> None:
    stop = threading.Event()
    data = drain(features(without_images, quick, stop))
    trainers = [Trainer(data, config, torch.device("cpu")) for config in (quick, quick.replace(dimension=16))]
    pairs = data.positions(torch.stack([torch.arange(1, 7), torch.arange(13, 19)], dim=1).numpy())
    small, large = (measure_cost(trainer, trainers[0], pairs, stop) for trainer in trainers)
    assert small and large
    assert small["model"]["parameters"] == trainers[0].parameters()
    assert large["inference"]["flops"] == 2 * small["inference"]["flops"]  # each product is linear in d
    assert small["epoch"]["flops"] > small["inference"]["flops"]
    assert small["inference"]["seconds"] > 0 and small["inference"]["relative"] > 0
    stop.set()
    assert measure_cost(trainers[0], trainers[0], pairs, stop) is None


def drain(generator):  # type: ignore[no-untyped-def]
    """What a generator returns."""
    while True:
        try:
            next(generator)
        except StopIteration as stopped:
            return stopped.value


@pytest.mark.parametrize("layout", ["left", "right"])
def test_a_sparse_matrix_on_either_side(layout: str) -> None:
    sparse = torch.eye(4).to_sparse_csr()
    dense = torch.ones(4, 3) if layout == "left" else torch.ones(3, 4)
    with flop_counter() as counter:
        _ = sparse @ dense if layout == "left" else dense @ sparse
    assert counter.get_total_flops() == 2 * 4 * 3
