"""Divergences against references, and what fusion makes of missing modalities."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from torch.distributions import Beta, Gamma, Gumbel, Laplace, kl_divergence

from core.modality import PAPER_MODALITIES as MODALITIES
from core.modality import Modality
from core.model.divergences import DIVERGENCES
from core.model.pmf import (
    AttentionFusion,
    EqualFusion,
    Fusion,
    GatedFusion,
    ProbabilityGuidedFusion,
    joint_embedding,
    shape_parameters,
)

_FAMILIES = {"beta": Beta, "gamma": Gamma, "gumbel": Gumbel, "laplace": Laplace}


def _parameters(seed: int, size: int = 50) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    first, second = (torch.rand(2, size, generator=generator, dtype=torch.float64) * 3 + 0.05).unbind()
    return first, second


@pytest.mark.parametrize("name", sorted(_FAMILIES))
def test_divergence_is_that_of_torch(name: str) -> None:
    p, q = _parameters(0), _parameters(1)
    expected = kl_divergence(_FAMILIES[name](*p), _FAMILIES[name](*q))
    torch.testing.assert_close(DIVERGENCES[name](p, q), expected, rtol=1e-8, atol=1e-10)


def test_cauchy_divergence_is_its_integral() -> None:
    p, q = _parameters(2, 5), _parameters(3, 5)
    for (x, s), (y, t), ours in zip(
        zip(*p, strict=True), zip(*q, strict=True), DIVERGENCES["cauchy"](p, q), strict=True
    ):
        one, other = stats.cauchy(float(x), float(s)), stats.cauchy(float(y), float(t))
        value, _ = integrate.quad(
            lambda z, a=one, b=other: a.pdf(z) * (a.logpdf(z) - b.logpdf(z)), -np.inf, np.inf
        )
        assert float(ours) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("name", sorted(DIVERGENCES))
def test_divergence_from_itself_is_zero_and_never_negative(name: str) -> None:
    p, q = _parameters(4), _parameters(5)
    torch.testing.assert_close(DIVERGENCES[name](p, p), torch.zeros(50, dtype=torch.float64))
    assert (DIVERGENCES[name](p, q) >= 0).all()


@pytest.mark.parametrize("name", sorted(DIVERGENCES))
def test_gradients_of_a_divergence_are_those_of_its_value(name: str) -> None:
    parameters = [part.requires_grad_() for seed in (6, 7) for part in _parameters(seed, 4)]
    assert torch.autograd.gradcheck(
        lambda a, b, c, d: DIVERGENCES[name]((a, b), (c, d)), parameters, eps=1e-6, atol=1e-6, rtol=1e-5
    )


@pytest.mark.parametrize("pivot", MODALITIES)
@pytest.mark.parametrize("pivot_score", ["self", "one"])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_weights_are_those_of_the_paper(
    reduction: Literal["mean", "sum"], pivot_score: Literal["self", "one"], pivot: Modality
) -> None:
    hidden = {
        m: torch.randn(4, 6, generator=torch.Generator().manual_seed(i)) for i, m in enumerate(MODALITIES)
    }
    fusion = ProbabilityGuidedFusion(MODALITIES, "beta", pivot, 0.1, reduction, pivot_score)
    scores = []
    for modality in MODALITIES:
        if modality == pivot:  # no distance from itself, or no w of its own
            scores.append(torch.full((4,), 1 + 0.1 * 2**2 if pivot_score == "self" else 1.0))
            continue
        p, q = shape_parameters(hidden[modality]), shape_parameters(hidden[pivot])
        divergence = kl_divergence(Beta(*p), Beta(*q))
        delta = divergence.mean(1) if reduction == "mean" else divergence.sum(1)
        scores.append(1 + 0.1 * (2 - delta) ** 2)
    expected = torch.softmax(torch.stack(scores, 1), 1)
    torch.testing.assert_close(fusion(hidden, torch.ones(4, 4, dtype=torch.bool)), expected)


def _fusions() -> list[Fusion]:
    generator = torch.Generator().manual_seed(0)
    return [
        ProbabilityGuidedFusion(MODALITIES, "beta", "structure", 0.1, "mean"),
        ProbabilityGuidedFusion(MODALITIES, "gumbel", "visual", 0.1, "sum"),
        EqualFusion(MODALITIES),
        AttentionFusion(MODALITIES, 6, generator),
        GatedFusion(MODALITIES, 6, generator),
    ]


def test_attention_and_gates_are_their_formulas() -> None:
    """An entity at a time, a modality at a time."""
    *_, attention, gated = _fusions()
    assert isinstance(attention, AttentionFusion) and isinstance(gated, GatedFusion)
    with torch.no_grad():
        gated.bias.copy_(torch.tensor([0.3, -0.2, 0.0, 0.5]))
    hidden = {
        m: torch.randn(3, 6, generator=torch.Generator().manual_seed(i)) for i, m in enumerate(MODALITIES)
    }
    here = torch.ones(3, 4, dtype=torch.bool)
    by_attention, by_gates = attention(hidden, here), gated(hidden, here)
    for entity in range(3):
        own = [hidden[m][entity] / hidden[m][entity].norm() for m in MODALITIES]
        likes = torch.stack(
            [attention.query.dot(torch.tanh(attention.projection.T @ part)).exp() for part in own]
        )
        gates = torch.stack(
            [1 / (1 + torch.exp(-(gated.gates[i].dot(part) + gated.bias[i]))) for i, part in enumerate(own)]
        )
        torch.testing.assert_close(by_attention[entity], likes / likes.sum())
        torch.testing.assert_close(by_gates[entity], gates / gates.sum())


@pytest.mark.parametrize("fusion", _fusions(), ids=lambda fusion: type(fusion).__name__)
def test_a_missing_modality_has_no_weight_and_no_gradient(fusion: Fusion) -> None:
    present = torch.tensor(
        [[True, True, True, True], [True, False, True, False], [False, True, True, True], [False] * 4]
    )
    hidden = {
        m: torch.randn(4, 6, generator=torch.Generator().manual_seed(i)).requires_grad_()
        for i, m in enumerate(MODALITIES)
    }
    weights = fusion(hidden, present)
    assert (weights[~present] == 0).all()
    torch.testing.assert_close(weights.sum(1), torch.tensor([1.0, 1.0, 1.0, 0.0]))
    joint = joint_embedding(hidden, weights)
    assert joint.shape == (4, 24)
    torch.testing.assert_close(joint.norm(dim=1), torch.tensor([1.0, 1.0, 1.0, 0.0]))
    (joint * torch.arange(24)).sum().backward()
    for index, modality in enumerate(MODALITIES):
        gradient = hidden[modality].grad
        assert gradient is not None and torch.isfinite(gradient).all()
        assert (gradient[~present[:, index]] == 0).all()
