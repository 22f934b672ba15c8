"""Decodings: how similarities become a ranking.

Ranking the right entities for one left entity, CSLS and Sinkhorn both come to adding a number to each right
entity's cosine (what depends on the left entity alone changes no order), so a decoding is a vector here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

from core.alignment.blocks import row_blocks

Decoding = Literal["cosine", "csls", "sinkhorn"]

CSLS_NEIGHBOURS = 3
SINKHORN_EPSILON = 0.025  # 0.015 to 0.03 rank alike; 0.05 loses 0.025 MRR on FB15K-DB15K
SINKHORN_ITERATIONS = 30
_WHOLE_KERNEL_NUMBERS = 2**29  # 2 GB: a larger kernel is computed anew, block by block, in each iteration


def cosine_bias(left: Tensor, right: Tensor) -> Tensor:
    """Nothing. Shapes: ``(q, f)`` and ``(m, f)`` to ``(m,)``."""
    return right.new_zeros(len(right))


def csls_bias(left: Tensor, right: Tensor, neighbours: int = CSLS_NEIGHBOURS) -> Tensor:
    """Half of what cross-domain similarity local scaling takes from a hub (Conneau et al. 2018).

    CSLS is ``2 cos(x, y) - r(x) - r(y)``, r the mean cosine to the nearest neighbours on the other side.

    Args:
        left: all left entities that compete, of length 1. Shape: ``(q, f)``.
        right: all right entities that compete, of length 1. Shape: ``(m, f)``.
        neighbours: k of the local scaling.

    Returns:
        ``-r(y) / 2`` for each right entity. Shape: ``(m,)``.
    """
    return neighbourhood(right, left, neighbours).div_(-2)


def neighbourhood(entities: Tensor, others: Tensor, neighbours: int = CSLS_NEIGHBOURS) -> Tensor:
    """Mean cosine of each entity to its nearest others. Shapes: ``(n, f)`` and ``(m, f)`` to ``(n,)``."""
    out = entities.new_empty(len(entities))
    for rows in row_blocks(len(entities), len(others)):
        similarity = entities[rows] @ others.T
        out[rows] = similarity.topk(min(neighbours, len(others)), dim=1, sorted=False).values.mean(dim=1)
    return out


def sinkhorn_bias(
    left: Tensor,
    right: Tensor,
    epsilon: float = SINKHORN_EPSILON,
    iterations: int = SINKHORN_ITERATIONS,
) -> Tensor:
    """The right entities' potentials of entropic transport between the two sides with uniform masses.

    The plan is ``u_i exp(cos_ij / ε) v_j``, so a row is ordered by ``cos_ij + ε log v_j``. Written out rather
    than called: for 10,000 entities a side a general solver holds several matrices of 400 MB, and gives the
    plan where the vector v is enough.

    Args:
        left: all left entities that compete, of length 1. Shape: ``(q, f)``.
        right: all right entities that compete, of length 1. Shape: ``(m, f)``.
        epsilon: entropic regularisation.
        iterations: rounds of scaling both sides.

    Returns:
        ``ε log v``. Shape: ``(m,)``.
    """
    blocks = list(row_blocks(len(left), len(right)))
    kernels = [_kernel(left[rows], right, epsilon) for rows in blocks] if _fits(left, right) else None
    potential = right.new_ones(len(right))
    for _ in range(iterations):
        mass = torch.zeros_like(potential)
        for index, rows in enumerate(blocks):
            kernel = _kernel(left[rows], right, epsilon) if kernels is None else kernels[index]
            mass += (1 / (kernel @ potential)) @ kernel
        potential = (len(left) / len(right)) / mass
    return potential.log_().mul_(epsilon)


def _fits(left: Tensor, right: Tensor) -> bool:
    return len(left) * len(right) <= _WHOLE_KERNEL_NUMBERS


def _kernel(left: Tensor, right: Tensor, epsilon: float) -> Tensor:
    """``exp((cos - 1) / ε)``, at most 1. Shapes: ``(q, f)`` and ``(m, f)`` to ``(q, m)``."""
    return (left @ right.T).sub_(1).div_(epsilon).exp_()


DECODINGS: dict[Decoding, Callable[[Tensor, Tensor], Tensor]] = {
    "cosine": cosine_bias,
    "csls": csls_bias,
    "sinkhorn": sinkhorn_bias,
}
