"""Ranks, metrics and decodings against references that sort dense matrices."""

from __future__ import annotations

import ot
import pytest
import torch
from torch.nn import functional

from core.alignment import blocks
from core.alignment.candidates import mutual_nearest, propose
from core.alignment.decoding import csls_bias, neighbourhood, sinkhorn_bias
from core.alignment.metrics import ranks, summarise


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every matrix here span several blocks."""
    monkeypatch.setattr(blocks, "_BLOCK_NUMBERS", 64)


def _unit(n: int, f: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return functional.normalize(torch.randn(n, f, generator=generator, dtype=torch.float64))


def test_ranks_are_places_in_a_sorted_row() -> None:
    left, right = _unit(17, 6, 0), _unit(23, 6, 1)
    gold = torch.arange(17)
    order = (left @ right.T).argsort(dim=1, descending=True)
    expected = (order == gold[:, None]).int().argmax(dim=1) + 1
    assert torch.equal(ranks(left, right, gold), expected)


def test_ties_count_against_us() -> None:
    left = torch.tensor([[1.0, 0.0]])
    right = torch.tensor([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert ranks(left, right, torch.tensor([1])).tolist() == [3]
    assert ranks(torch.zeros(1, 2), right, torch.tensor([1])).tolist() == [4]  # nothing known: the last


def test_metrics_by_hand() -> None:
    metrics = summarise(torch.tensor([1, 2, 10, 20]))
    assert metrics["mrr"] == pytest.approx((1 + 1 / 2 + 1 / 10 + 1 / 20) / 4)
    assert metrics["hits@1"] == 0.25
    assert metrics["hits@10"] == 0.75


def test_csls_ranks_are_those_of_the_dense_matrix() -> None:
    left, right = _unit(19, 4, 2), _unit(26, 4, 3)
    similarity = left @ right.T
    by_left = similarity.topk(3, dim=1).values.mean(dim=1, keepdim=True)
    by_right = similarity.topk(3, dim=0).values.mean(dim=0, keepdim=True)
    csls = 2 * similarity - by_left - by_right
    gold = torch.arange(19)
    expected = (csls >= csls.gather(1, gold[:, None])).sum(dim=1)
    assert torch.equal(ranks(left, right, gold, csls_bias(left, right)), expected)
    torch.testing.assert_close(neighbourhood(left, right), by_left.flatten())


def test_fewer_entities_than_neighbours() -> None:
    left, right = _unit(2, 3, 4), _unit(1, 3, 5)
    torch.testing.assert_close(csls_bias(left, right), -(left @ right.T).mean(dim=0) / 2)


@pytest.mark.parametrize("whole", [True, False])
def test_sinkhorn_orders_as_the_plan_of_pot(whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.alignment.decoding._WHOLE_KERNEL_NUMBERS", 2**29 if whole else 0)
    left, right = _unit(15, 8, 6), _unit(18, 8, 7)
    plan = ot.sinkhorn(
        torch.full((15,), 1 / 15).double(),
        torch.full((18,), 1 / 18).double(),
        1 - left @ right.T,
        0.1,
        method="sinkhorn_log",
        numItermax=5000,
        stopThr=1e-12,
        warn=False,
    )
    gold = torch.arange(15)
    expected = (plan >= plan.gather(1, gold[:, None])).sum(dim=1)
    bias = sinkhorn_bias(left, right, epsilon=0.1, iterations=500)
    assert torch.equal(ranks(left, right, gold, bias), expected)


def test_mutual_nearest_is_mutual() -> None:
    left, right = _unit(21, 5, 8), _unit(16, 5, 9)
    similarity = left @ right.T
    expected = [
        [i, int(similarity[i].argmax())]
        for i in range(21)
        if int(similarity[:, similarity[i].argmax()].argmax()) == i
    ]
    assert mutual_nearest(left, right).tolist() == expected


def test_candidates_are_the_best_of_the_dense_matrix() -> None:
    left, right = _unit(12, 6, 10), _unit(20, 6, 11)
    modality = functional.normalize(left[:, :3]), functional.normalize(right[:, :3])
    modality[0][4] = 0
    modality[1][7] = 0
    ids = torch.arange(100, 112).numpy(), torch.arange(200, 220).numpy()
    found = propose(left, right, {"visual": modality}, ids, 4)
    similarity = left @ right.T
    csls = 2 * similarity - neighbourhood(left, right)[:, None] - neighbourhood(right, left)
    order = csls.topk(4, dim=1).indices
    assert found.left_id.tolist() == [100 + i for i in range(12) for _ in range(4)]
    assert found.right_id.tolist() == (200 + order).flatten().tolist()
    assert found.rank.tolist() == [1, 2, 3, 4] * 12
    assert found.score == pytest.approx(similarity.gather(1, order).flatten().numpy())
    best_left = csls.argmax(dim=0)
    mutual = [bool(rank == 0 and best_left[order[i, 0]] == i) for i in range(12) for rank in range(4)]
    assert found.mutual.tolist() == mutual
    visual = found.by_modality["visual"].reshape(12, 4)
    expected = (modality[0] @ modality[1].T).gather(1, order)
    missing = (order == 7) | (torch.arange(12)[:, None] == 4)
    assert torch.equal(torch.from_numpy(visual).isnan(), missing)
    torch.testing.assert_close(torch.from_numpy(visual)[~missing], expected[~missing])


def test_more_candidates_asked_for_than_there_are() -> None:
    ids = torch.arange(3).numpy(), torch.arange(3, 5).numpy()
    found = propose(_unit(3, 4, 0), _unit(2, 4, 1), {}, ids, 10)
    assert len(found) == 6
