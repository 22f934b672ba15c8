"""Decodings against dense references and against POT."""

from __future__ import annotations

import ot
import pytest
import torch

from core.alignment.decoding import (
    SINKHORN_EPSILON,
    csls_offsets,
    neighbourhoods,
    plan_probability,
    sinkhorn_offsets,
)
from core.alignment.similarity import Cosine, Kept
from tests.core.alignment.conftest import Unit


def _masses(n: int) -> torch.Tensor:
    return torch.full((n,), 1 / n, dtype=torch.float64)


def _plan(similarity: Cosine, epsilon: float, iterations: int) -> torch.Tensor:
    """The transport plan that the potentials stand for, whose masses sum to 1."""
    offsets = sinkhorn_offsets(similarity, epsilon, iterations)
    shifted = similarity.block(slice(None)) + offsets.left[:, None] + offsets.right
    return (shifted / epsilon).exp() / similarity.shape[0]


def test_neighbourhoods_of_both_sides(unit: Unit) -> None:
    left, right = unit(19, 4, 2), unit(26, 4, 3)
    similarity = left @ right.T
    of_left, of_right = neighbourhoods(Cosine(left, right))
    torch.testing.assert_close(of_left, similarity.topk(3, dim=1).values.mean(dim=1), rtol=0, atol=1e-12)
    torch.testing.assert_close(of_right, similarity.topk(3, dim=0).values.mean(dim=0), rtol=0, atol=1e-12)


def test_fewer_entities_than_neighbours(unit: Unit) -> None:
    left, right = unit(2, 3, 4), unit(1, 3, 5)
    offsets = csls_offsets(Cosine(left, right))
    torch.testing.assert_close(offsets.right, -(left @ right.T).mean(dim=0) / 2)
    torch.testing.assert_close(offsets.left, -(left @ right.T)[:, 0] / 2)


@pytest.mark.parametrize("kernel", ["whole", "in blocks"])
@pytest.mark.parametrize("method", ["sinkhorn", "sinkhorn_log"])
def test_the_plan_is_that_of_pot(
    kernel: str, method: str, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.alignment.decoding._WHOLE_KERNEL_NUMBERS", 2**28 if kernel == "whole" else 0)
    left, right = unit(15, 8, 6), unit(18, 8, 7)
    expected = ot.sinkhorn(
        _masses(15),
        _masses(18),
        1 - left @ right.T,
        0.1,
        method=method,
        numItermax=10_000,
        stopThr=1e-14,
        warn=False,
    )
    torch.testing.assert_close(_plan(Cosine(left, right), 0.1, 2000), expected, rtol=0, atol=1e-8)


def test_the_plan_has_uniform_marginals(unit: Unit) -> None:
    plan = _plan(Cosine(unit(15, 8, 6), unit(18, 8, 7)), 0.1, 2000)
    torch.testing.assert_close(plan.sum(dim=1), _masses(15), rtol=0, atol=1e-12)
    torch.testing.assert_close(plan.sum(dim=0), _masses(18), rtol=0, atol=1e-9)


def test_the_cost_approaches_the_exact_one_as_epsilon_shrinks(unit: Unit) -> None:
    similarity = Cosine(unit(12, 6, 0), unit(14, 6, 1))
    cost = 1 - similarity.block(slice(None))
    exact = float(ot.emd2(_masses(12), _masses(14), cost))
    above = [
        float((_plan(similarity, epsilon, 20_000) * cost).sum()) - exact for epsilon in (0.5, 0.1, 0.02, 0.01)
    ]
    assert above == sorted(above, reverse=True)
    assert -1e-6 < above[-1] < 2e-3 < above[0]


def test_a_similarity_far_from_one_does_not_overflow(unit: Unit) -> None:
    matrix = (unit(6, 4, 0) @ unit(6, 4, 1).T).float()
    offsets = [sinkhorn_offsets(Kept(matrix + shift)) for shift in (0.0, 5.0)]  # a row's sum has no say
    torch.testing.assert_close(offsets[0].right, offsets[1].right, rtol=1e-4, atol=1e-4)
    assert offsets[1].left.isfinite().all()


def test_plan_probabilities_are_those_of_the_plan(unit: Unit) -> None:
    similarity = Cosine(unit(9, 4, 0), unit(9, 4, 1))
    offsets = sinkhorn_offsets(similarity)
    rows, columns = torch.tensor([0, 4, 8]), torch.tensor([3, 3, 1])
    found = plan_probability(similarity.block(slice(None))[rows, columns], offsets, rows, columns)
    torch.testing.assert_close(found, 9 * _plan(similarity, SINKHORN_EPSILON, 30)[rows, columns])


def test_a_column_that_nobody_is_like_stays_finite() -> None:
    """Far below every row's peak its kernel is 0 in 32 bits; the others share the mass as without it."""
    similarity = torch.full((4, 4), 8.0)
    similarity.diagonal().fill_(9.0)
    offsets = sinkhorn_offsets(Kept(torch.cat([similarity, torch.zeros(4, 1)], dim=1)), 0.025)
    assert offsets.left.isfinite().all() and offsets.right.isfinite().all()
    plan = ((similarity + offsets.left[:, None] + offsets.right[:4]) / 0.025).exp()
    torch.testing.assert_close(plan, torch.eye(4), rtol=0, atol=1e-3)
