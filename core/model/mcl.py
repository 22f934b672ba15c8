"""Modal-adaptive contrastive learning (section 4.4, eq. 9 and 10)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional


class _Similarities(torch.autograd.Function):
    """``bias + z z^T``, in the place of the bias.

    The product is symmetric: a quarter of it is a copy, and its backward pass is one product, not two.
    """

    @staticmethod
    def forward(ctx: Any, z: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(z)
        ctx.mark_dirty(bias)
        half = len(z) // 2
        first, second = z[:half], z[half:]
        bias[:half, :half].addmm_(first, first.T)
        bias[half:, half:].addmm_(second, second.T)
        across = first @ second.T
        bias[:half, half:].add_(across)
        bias[half:, :half].add_(across.T)
        return bias

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (z,) = ctx.saved_tensors
        return (gradient + gradient.T) @ z, None


class Rejected(NamedTuple):
    """Embeddings of c pairs that a curator rejected, and which of b seed pairs have an entity of theirs."""

    left: Tensor  # (c, f)
    right: Tensor  # (c, f)
    of_left: Tensor  # (b, c) bool: the left entity of the seed pair is that of the rejected one
    of_right: Tensor  # (b, c) bool: likewise the right one


def contrastive_loss(
    left: Tensor, right: Tensor, tau: float, gamma: float, rejected: Rejected | None = None
) -> Tensor:
    """Eq. 9 in both directions, averaged over the batch of seed pairs.

    Each of the 2b entities is told apart from all others of the batch: a cross-entropy over the other graph's
    entities and, γ times each, its own graph's. What a curator rejected for it is one more negative, also if
    it is in the batch already. As few rejected pairs have an entity with a known counterpart, each of the two
    is told apart from the other as well, with itself in the place of the counterpart.

    Args:
        left: embeddings of the pairs' left entities. Shape: ``(b, f)``.
        right: those of their right entities. Shape: ``(b, f)``.
        tau: temperature.
        gamma: weight of the inner-graph negatives.
        rejected: hard negatives.

    Returns:
        A scalar.
    """
    b = len(left)
    if rejected is not None and len(rejected.left):
        return _with_rejected(left, right, tau, gamma, rejected)
    z = functional.normalize(torch.cat([left, right])) / math.sqrt(tau)
    logits = _Similarities.apply(z, _bias(z, b, gamma))
    counterparts = torch.arange(2 * b, device=left.device).roll(b)
    return functional.cross_entropy(logits, counterparts)


def _with_rejected(left: Tensor, right: Tensor, tau: float, gamma: float, rejected: Rejected) -> Tensor:
    b, c = len(left), len(rejected.left)
    z = functional.normalize(torch.cat([left, right, rejected.left, rejected.right])) / math.sqrt(tau)
    bias = z.new_full((2 * b + 2 * c, 2 * b + 2 * c), -math.inf)
    bias[: 2 * b, : 2 * b] = _bias(z, b, gamma)
    bias[:b, 2 * b + c :].masked_fill_(rejected.of_left, 0)
    bias[b : 2 * b, 2 * b : 2 * b + c].masked_fill_(rejected.of_right, 0)
    own = bias[2 * b :, 2 * b :]
    for offset in (0, c, -c):  # itself, and the other one of the pair
        own.diagonal(offset).zero_()
    logits = _Similarities.apply(z, bias)
    counterparts = torch.cat(
        [
            torch.arange(2 * b, device=left.device).roll(b),
            torch.arange(2 * b, 2 * b + 2 * c, device=left.device),
        ]
    )
    return functional.cross_entropy(logits, counterparts, reduction="sum") / (2 * b)


def _bias(z: Tensor, b: int, gamma: float) -> Tensor:
    """What is added to the similarities of b left and b right entities. Shape: ``(2b, 2b)``."""
    bias = z.new_zeros(2 * b, 2 * b)
    bias[:b, :b] = bias[b:, b:] = math.log(gamma) if gamma > 0 else -math.inf
    bias.fill_diagonal_(-math.inf)  # an entity is no negative of itself
    return bias


def uninformed_loss(batch: int, gamma: float) -> float:
    """Eq. 9 of a batch whose embeddings are all the same: the loss of who knows nothing."""
    return math.log(batch + gamma * (batch - 1))


class FixedWeights(nn.Module):
    """Eq. 10 without φ: the plain sum of the losses."""

    def forward(self, losses: Mapping[str, Tensor]) -> Tensor:
        """Returns a scalar."""
        return torch.stack(list(losses.values())).sum()

    def weights(self) -> dict[str, Tensor]:
        """None that is learned."""
        return {}


class UncertaintyWeights(nn.Module):
    """φ of eq. 10: each loss divided by a learned variance, whose logarithm is paid for."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self.names = names
        self.log_variance = nn.Parameter(torch.zeros(len(names)))

    def forward(self, losses: Mapping[str, Tensor]) -> Tensor:
        """The overall loss of those that are there. Returns a scalar."""
        terms = [
            torch.exp(-log_variance) * losses[name] + log_variance
            for name, log_variance in zip(self.names, self.log_variance, strict=True)
            if name in losses
        ]
        return torch.stack(terms).sum()

    def weights(self) -> dict[str, Tensor]:
        """What each loss is multiplied with as of now: the inverse of its variance, a number each."""
        return dict(zip(self.names, torch.exp(-self.log_variance.detach()).unbind(), strict=True))
