"""The attention layer against PyG's, and its hand-written backward pass against numbers."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
import torch

from core.features.graph_data import undirected_edges
from core.model import attention
from core.model.attention import OnePass, Products, attend
from core.model.gat import AttentionLayer, GraphAttention
from core.model.sparse import Pattern, SparseInput


@pytest.fixture(params=[OnePass, Products])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way of a processor and of a GPU, on the processor."""
    monkeypatch.setattr(attention, "OnePass", request.param)


def _edges(n: int, m: int, seed: int = 0) -> torch.Tensor:
    pairs = np.random.default_rng(seed).integers(0, n - 1, (m, 2))  # the last entity stays isolated
    return torch.from_numpy(undirected_edges(pairs, n))


def _pyg_twin(layer: AttentionLayer, dimension: int, heads: int) -> torch.nn.Module:
    """PyG's layer with the same numbers: its full weight matrix is our diagonal."""
    from torch_geometric.nn import GATConv  # takes seconds

    width = dimension // heads
    twin = GATConv(dimension, width, heads=heads, add_self_loops=False, bias=False).double()
    with torch.no_grad():
        twin.lin.weight.copy_(torch.diag(layer.diagonal))
        twin.att_dst.copy_(layer.target.view(1, heads, width))
        twin.att_src.copy_(layer.source.view(1, heads, width))
    return twin


@pytest.mark.usefixtures("way")
@pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning")
@pytest.mark.parametrize("heads", [1, 2, 3])
def test_forward_and_gradients_are_those_of_the_stock_layer(heads: int) -> None:
    n, dimension = 30, 12
    generator = torch.Generator().manual_seed(1)
    edges = _edges(n, 80)
    layer = AttentionLayer(dimension, heads, generator).double()
    with torch.no_grad():
        layer.diagonal.uniform_(0.5, 1.5, generator=generator)
    twin = _pyg_twin(layer, dimension, heads)
    ours = torch.randn(n, dimension, generator=generator, dtype=torch.float64, requires_grad=True)
    theirs = ours.detach().clone().requires_grad_()
    out = layer(ours, Pattern(edges, n))
    expected = twin(theirs, edges.flip(0))  # PyG's edges go from source to target
    torch.testing.assert_close(out, expected, atol=1e-8, rtol=0)

    weights = torch.randn(out.shape, generator=generator, dtype=torch.float64)
    (out * weights).sum().backward()
    (expected * weights).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad, atol=1e-8, rtol=0)
    torch.testing.assert_close(layer.diagonal.grad, twin.lin.weight.grad.diagonal(), atol=1e-8, rtol=0)
    torch.testing.assert_close(layer.target.grad, twin.att_dst.grad.flatten(), atol=1e-8, rtol=0)
    torch.testing.assert_close(layer.source.grad, twin.att_src.grad.flatten(), atol=1e-8, rtol=0)


@pytest.mark.usefixtures("way")
@pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning")
def test_averaged_heads_are_those_of_the_stock_layer() -> None:
    from torch_geometric.nn import GATConv  # takes seconds

    n, dimension, heads = 20, 6, 3
    generator = torch.Generator().manual_seed(4)
    edges = _edges(n, 50)
    layer = AttentionLayer(dimension, heads, generator, "mean").double()
    with torch.no_grad():
        layer.diagonal.uniform_(0.5, 1.5, generator=generator)
    twin = GATConv(dimension, dimension, heads, concat=False, add_self_loops=False, bias=False).double()
    with torch.no_grad():
        diagonals = [torch.diag(part) for part in layer.diagonal.view(heads, dimension)]
        twin.lin.weight.copy_(torch.cat(diagonals))
        twin.att_dst.copy_(layer.target.view(1, heads, dimension))
        twin.att_src.copy_(layer.source.view(1, heads, dimension))
    ours = torch.randn(n, dimension, generator=generator, dtype=torch.float64, requires_grad=True)
    theirs = ours.detach().clone().requires_grad_()
    out, expected = layer(ours, Pattern(edges, n)), twin(theirs, edges.flip(0))
    torch.testing.assert_close(out, expected, atol=1e-8, rtol=0)
    weights = torch.randn(out.shape, generator=generator, dtype=torch.float64)
    (out * weights).sum().backward()
    (expected * weights).sum().backward()
    diagonals = [part.diagonal() for part in twin.lin.weight.grad.view(heads, dimension, dimension)]
    for mine, stock in (
        (ours.grad, theirs.grad),
        (layer.diagonal.grad, torch.cat(diagonals)),
        (layer.target.grad, twin.att_dst.grad.flatten()),
        (layer.source.grad, twin.att_src.grad.flatten()),
    ):
        torch.testing.assert_close(mine, stock, atol=1e-8, rtol=0)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("heads", [1, 2, 3])
def test_gradcheck(heads: int) -> None:
    n = 7
    pattern = Pattern(_edges(n, 10), n)
    generator = torch.Generator().manual_seed(2)
    inputs = [
        torch.randn(*shape, generator=generator, dtype=torch.float64, requires_grad=True)
        for shape in ((n, 5), (5,), (5,), (5,))  # the heads' parts may differ in width
    ]
    assert torch.autograd.gradcheck(lambda *them: attend(*them, heads, pattern), inputs)


@pytest.mark.usefixtures("way")
def test_attention_averages_neighbours_and_self() -> None:
    pattern = Pattern(torch.from_numpy(undirected_edges(np.array([[0, 1]]), 3)), 3)
    hidden = torch.tensor([[1.0], [3.0], [5.0]])
    out = attend(hidden, torch.ones(1), torch.zeros(1), torch.zeros(1), 1, pattern)
    assert out.flatten().tolist() == [2.0, 2.0, 5.0]  # equal scores: the mean; isolated: itself


@pytest.mark.usefixtures("way")
def test_large_scores_do_not_overflow() -> None:
    pattern = Pattern(_edges(5, 6), 5)
    out = attend(torch.ones(5, 2), torch.ones(2), *torch.full((2, 2), 1e4), 1, pattern)
    torch.testing.assert_close(out, torch.ones(5, 2))


@pytest.mark.usefixtures("way")
def test_some_targets_have_the_rows_and_gradients_of_all() -> None:
    n, d, generator = 30, 6, torch.Generator().manual_seed(5)
    pattern, rows = Pattern(_edges(n, 80), n), np.array([29, 3, 4, 17])
    weights = torch.randn(4, d, generator=generator, dtype=torch.float64)
    results = []
    for targets, above in ((pattern, torch.zeros(n, d).double()), (pattern.of(rows), weights)):
        inputs = [
            torch.randn(size, generator=torch.Generator().manual_seed(6)).double() for size in _sizes(n, d)
        ]
        inputs = [part.requires_grad_() for part in inputs]
        out = attend(*inputs, 2, targets)
        if targets is pattern:
            above[rows] = weights
            out.backward(above)
            out = out[rows]
        else:
            out.backward(above)
        results.append([out, *(part.grad for part in inputs)])
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other)


def _sizes(n: int, d: int) -> list[tuple[int, ...]]:
    return [(n, d), (d,), (d,), (d,)]


@pytest.mark.usefixtures("way")
def test_a_target_without_edges_is_zero_and_gives_no_gradient() -> None:
    pattern = Pattern(torch.tensor([[0, 2], [1, 2]]), 3)  # the second has none, not even to itself
    inputs = [torch.ones(size, requires_grad=True) for size in _sizes(3, 4)]
    out = attend(*inputs, 2, pattern)
    assert out.tolist() == [[1.0] * 4, [0.0] * 4, [1.0] * 4]
    out.sum().backward()
    assert inputs[0].grad is not None and inputs[0].grad[:, 0].tolist() == [0, 1, 1]
    assert all(part.grad is not None and part.grad.isfinite().all() for part in inputs)


@pytest.mark.usefixtures("way")
def test_what_is_not_a_number_stays_so() -> None:
    hidden = torch.tensor([[1.0], [torch.nan], [5.0]])
    pattern = Pattern(torch.from_numpy(undirected_edges(np.array([[0, 1]]), 3)), 3)
    out = attend(hidden, *torch.ones(3, 1), 1, pattern)
    assert out.isnan().flatten().tolist() == [True, True, False]


def test_one_pass_is_the_same_bit_for_bit_with_any_number_of_threads() -> None:
    n, d, threads = 300, 10, torch.get_num_threads()
    results = []
    try:
        for number in (1, 3):
            torch.set_num_threads(number)
            generator = torch.Generator().manual_seed(7)
            inputs = [torch.randn(size, generator=generator, requires_grad=True) for size in _sizes(n, d)]
            out = attend(*inputs, 2, Pattern(_edges(n, 2000), n))
            out.square().sum().backward()
            results.append([out, *(part.grad for part in inputs)])
    finally:
        torch.set_num_threads(threads)
    assert all(torch.equal(one, other) for one, other in zip(*results, strict=True))


def test_self_loops_in_the_data_and_repeated_pairs_count_once() -> None:
    edges = undirected_edges(np.array([[0, 0], [0, 1], [1, 0], [0, 1]]), 3)
    assert edges.tolist() == [[0, 0, 1, 1, 2], [0, 1, 0, 1, 2]]


def test_sparse_input_is_the_dense_product_with_its_gradient() -> None:
    from scipy.sparse import random_array

    matrix = random_array((20, 9), density=0.3, rng=np.random.default_rng(0), format="csr", dtype=np.float32)
    weight = torch.randn(9, 4, generator=torch.Generator().manual_seed(0), requires_grad=True)
    dense = torch.from_numpy(matrix.toarray())
    out = SparseInput(matrix, torch.device("cpu")) @ weight
    torch.testing.assert_close(out, dense @ weight)
    out.square().sum().backward()
    torch.testing.assert_close(weight.grad, 2 * dense.T @ (dense @ weight.detach()))


def test_the_seed_alone_decides_the_initial_model() -> None:
    one, other = (
        GraphAttention(6, 4, 2, 2, "elu", torch.Generator().manual_seed(3)).state_dict() for _ in range(2)
    )
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("activation", ["elu", "relu"])
def test_the_encoder_is_its_layers_with_the_activation_between(activation: Literal["elu", "relu"]) -> None:
    n = 20
    edges = _edges(n, 40)
    encoder = GraphAttention(n, 8, 2, 2, activation, torch.Generator().manual_seed(2))
    pattern = Pattern(edges, n)
    between = getattr(torch.nn.functional, activation)(encoder.layers[0](encoder.initial, pattern))
    last = encoder.layers[1](between, pattern)
    assert (between < 0).any() == (activation == "elu")
    torch.testing.assert_close(encoder(pattern, pattern), last.relu() if activation == "relu" else last)
