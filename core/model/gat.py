"""The structure encoder: graph attention with a diagonal W (eq. 1 to 3)."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.sparse import Pattern, attend


class AttentionLayer(nn.Module):
    """One layer of eq. 1 to 3: head k sees and writes the k-th part of the d columns.

    With a diagonal W a head's output has the columns of its input, so concatenating K heads gives d columns
    again exactly when each has its own d/K of them.
    """

    def __init__(self, dimension: int, heads: int, generator: torch.Generator) -> None:
        super().__init__()
        self.heads = heads
        self.diagonal = nn.Parameter(torch.ones(dimension))
        scale = (6 / (1 + 2 * dimension / heads)) ** 0.5  # Glorot's bound for a vector of 2 d/K weights
        self.target = nn.Parameter(_uniform(dimension, scale, generator))
        self.source = nn.Parameter(_uniform(dimension, scale, generator))

    def forward(self, hidden: Tensor, pattern: Pattern) -> Tensor:
        """What σ is applied to. Shape: ``(n, d)`` to ``(n, d)``."""
        return attend(hidden * self.diagonal, self.target, self.source, self.heads, pattern)


class GraphAttention(nn.Module):
    """H^s: attention layers over learned initial embeddings.

    With ReLU, as eq. 1 has it, all embeddings point into the same corner of space: half of what the initial
    ones say is cut off, and all cosines are positive. ELU between the layers, as in the method that the paper
    takes the diagonal W from, ranks better at the same loss.
    """

    def __init__(
        self,
        n: int,
        dimension: int,
        layers: int,
        heads: int,
        activation: Literal["elu", "relu"],
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        self.activation = activation
        self.initial = nn.Parameter(torch.randn(n, dimension, generator=generator) / n**0.5)
        self.layers = nn.ModuleList(AttentionLayer(dimension, heads, generator) for _ in range(layers))

    def forward(self, pattern: Pattern) -> Tensor:
        """Shape: ``(n, d)``."""
        hidden: Tensor = self.initial
        for number, layer in enumerate(self.layers, start=1):
            hidden = layer(hidden, pattern)
            if self.activation == "relu":
                hidden = torch.relu_(hidden)
            elif number < len(self.layers):
                hidden = functional.elu_(hidden)
        return hidden


def _uniform(size: int, bound: float, generator: torch.Generator) -> Tensor:
    return (torch.rand(size, generator=generator) * 2 - 1) * bound
