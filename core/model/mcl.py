"""Modal-adaptive contrastive learning (section 4.4, eq. 9 and 10)."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional


def contrastive_loss(left: Tensor, right: Tensor, tau: float, gamma: float) -> Tensor:
    """Eq. 9 in both directions, averaged over the batch of seed pairs.

    Args:
        left: embeddings of the pairs' left entities. Shape: ``(b, f)``.
        right: those of their right entities. Shape: ``(b, f)``.
        tau: temperature.
        gamma: weight of the inner-graph negatives.

    Returns:
        A scalar.
    """
    left, right = functional.normalize(left), functional.normalize(right)
    across = left @ right.T / tau
    shift = math.log(gamma) if gamma > 0 else -math.inf
    positive = across.diagonal()
    directions = []
    for cross, own in ((across, left), (across.T, right)):
        inner = own @ own.T / tau + shift
        inner.fill_diagonal_(-math.inf)  # an entity is no negative of itself
        denominator = torch.logsumexp(torch.cat([cross, inner], dim=1), dim=1)
        directions.append((denominator - positive).mean())
    return (directions[0] + directions[1]) / 2


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
