"""The contrastive loss against equation 9 written out."""

from __future__ import annotations

import math

import pytest
import torch

from core.model.mcl import FixedWeights, Rejected, UncertaintyWeights, contrastive_loss, uninformed_loss


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


def _literal_with_rejected(  # type: ignore[no-untyped-def]
    left, right, names, rejected, embedding, tau: float, gamma: float
) -> float:
    """Equation 9 with what was rejected for an entity among its negatives, one entity after the other."""

    def theta(x: torch.Tensor, y: torch.Tensor) -> float:
        return math.exp(float(torch.nn.functional.cosine_similarity(x, y, dim=0)) / tau)

    total = 0.0
    for side, (own, other) in enumerate(((left, right), (right, left))):
        for i, pair in enumerate(names):
            negatives = sum(theta(own[i], other[j]) for j in range(len(own)) if j != i)
            negatives += gamma * sum(theta(own[i], own[j]) for j in range(len(own)) if j != i)
            negatives += sum(
                theta(own[i], embedding[each[1 - side]]) for each in rejected if each[side] == pair[side]
            )
            positive = theta(own[i], other[i])
            total -= math.log(positive / (positive + negatives))
    for pair in rejected:
        apart = theta(embedding[pair[0]], embedding[pair[1]])
        total -= 2 * math.log(math.exp(1 / tau) / (math.exp(1 / tau) + apart))
    return total / (2 * len(left))


@pytest.mark.parametrize(("tau", "gamma"), [(0.1, 0.8), (1.0, 0.0)])
def test_what_was_rejected_is_a_negative_of_both_its_entities(tau: float, gamma: float) -> None:
    generator = torch.Generator().manual_seed(2)
    embedding = torch.randn(40, 5, generator=generator, dtype=torch.float64)
    seeds = [(0, 20), (1, 21), (2, 22), (3, 23)]
    # A seed's left entity, a seed's right one, one of each, the first one again, none.
    rejected = [(0, 30), (10, 21), (2, 23), (0, 31), (11, 32)]
    one, other = torch.tensor(seeds).T
    left, right = torch.tensor(rejected).T
    ours = contrastive_loss(
        embedding[one],
        embedding[other],
        tau,
        gamma,
        Rejected(
            embedding[left], embedding[right], one[:, None] == left[None], other[:, None] == right[None]
        ),
    )
    theirs = _literal_with_rejected(embedding[one], embedding[other], seeds, rejected, embedding, tau, gamma)
    assert float(ours) == pytest.approx(theirs, rel=1e-9)


def test_no_rejected_pair_changes_nothing() -> None:
    left, right = torch.randn(2, 8, 5, generator=torch.Generator().manual_seed(3))
    nobody = torch.zeros(8, 0, dtype=torch.bool)
    none = Rejected(left[:0], right[:0], nobody, nobody)
    assert torch.equal(contrastive_loss(left, right, 0.1, 0.8, none), contrastive_loss(left, right, 0.1, 0.8))
