"""The contrastive loss against equation 9 written out."""

from __future__ import annotations

import math

import pytest
import torch

from core.model.mcl import FixedWeights, UncertaintyWeights, contrastive_loss, uninformed_loss


def _literal(left: torch.Tensor, right: torch.Tensor, tau: float, gamma: float) -> float:
    left, right = left / left.norm(dim=1, keepdim=True), right / right.norm(dim=1, keepdim=True)

    def theta(x: torch.Tensor, y: torch.Tensor) -> float:
        return math.exp(float(x @ y) / tau)

    def one_way(own: torch.Tensor, other: torch.Tensor, i: int) -> float:
        inner = sum(theta(own[i], own[j]) for j in range(len(own)) if j != i)
        cross = sum(theta(own[i], other[j]) for j in range(len(own)) if j != i)
        positive = theta(own[i], other[i])
        return -math.log(positive / (positive + gamma * inner + cross))

    pairs = [(one_way(left, right, i) + one_way(right, left, i)) / 2 for i in range(len(left))]
    return sum(pairs) / len(pairs)


@pytest.mark.parametrize(("tau", "gamma"), [(0.1, 0.8), (1.0, 0.0), (0.05, 1.0)])
def test_loss_is_equation_9(tau: float, gamma: float) -> None:
    generator = torch.Generator().manual_seed(0)
    left, right = torch.randn(2, 8, 5, generator=generator, dtype=torch.float64)
    ours = contrastive_loss(left, right, tau, gamma)
    assert float(ours) == pytest.approx(_literal(left, right, tau, gamma), rel=1e-9)


def test_gradient_is_right() -> None:
    left, right = torch.randn(2, 4, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    left.requires_grad_(), right.requires_grad_()
    for gamma in (0.0, 0.8):
        assert torch.autograd.gradcheck(lambda a, b, g=gamma: contrastive_loss(a, b, 0.5, g), (left, right))


def test_a_single_pair_has_nothing_to_learn() -> None:
    assert float(contrastive_loss(torch.ones(1, 3), -torch.ones(1, 3), 0.1, 0.8)) == 0.0


def test_uncertainty_starts_as_the_plain_sum_and_skips_what_is_missing() -> None:
    weights = UncertaintyWeights(("joint", "structure", "visual"))
    losses = {"joint": torch.tensor(2.0), "structure": torch.tensor(3.0)}
    total = weights(losses)
    assert total.item() == 5.0
    total.backward()
    # d/ds (exp(-s) L + s) = 1 - L at s = 0
    assert weights.log_variance.grad.tolist() == [-1.0, -2.0, 0.0]


def test_fixed_weights_are_the_plain_sum() -> None:
    assert float(FixedWeights()({"joint": torch.tensor(2.0), "visual": torch.tensor(3.0)})) == 5.0


@pytest.mark.parametrize(("batch", "gamma"), [(1, 0.8), (5, 0.8), (64, 0.0)])
def test_embeddings_that_are_all_the_same_have_the_uninformed_loss(batch: int, gamma: float) -> None:
    same = torch.ones(batch, 3, dtype=torch.float64)
    assert float(contrastive_loss(same, same, 0.1, gamma)) == pytest.approx(uninformed_loss(batch, gamma))
