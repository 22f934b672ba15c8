"""The structure encoder: graph attention with a diagonal W (eq. 1 to 3)."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.config import HeadReduction
from core.model.attention import attend
from core.model.sparse import Pattern


class AttentionLayer(nn.Module):
    """One layer of eq. 1 to 3: K heads, concatenated or averaged.

    With a diagonal W a head's output has the columns of its input. Concatenating K heads therefore gives d
    columns again exactly when head k sees and writes the k-th d/K of them; to be averaged, each has all d.
    """

    def __init__(
        self, dimension: int, heads: int, generator: torch.Generator, reduction: HeadReduction = "concat"
    ) -> None:
        super().__init__()
        self.heads = heads
        self.copies = heads if reduction == "mean" else 1
        columns = self.copies * dimension
        self.diagonal = nn.Parameter(torch.ones(columns))
        scale = (6 / (1 + 2 * columns / heads)) ** 0.5  # Glorot's bound for a vector of two heads' columns
        self.target = nn.Parameter(_uniform(columns, scale, generator))
        self.source = nn.Parameter(_uniform(columns, scale, generator))

    def forward(self, hidden: Tensor, pattern: Pattern) -> Tensor:
        """What σ is applied to. Shape: ``(n, d)`` to ``(q, d)``."""
        parts = hidden if self.copies == 1 else hidden.repeat(1, self.copies)
        out = attend(parts, self.diagonal, self.target, self.source, self.heads, pattern)
        return out if self.copies == 1 else out.view(len(out), self.copies, -1).mean(dim=1)


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
        head_reduction: HeadReduction = "concat",
    ) -> None:
        super().__init__()
        self.activation = activation
        self.initial = nn.Parameter(torch.randn(n, dimension, generator=generator) / n**0.5)
        self.layers = nn.ModuleList(
            AttentionLayer(dimension, heads, generator, head_reduction) for _ in range(layers)
        )

    def forward(self, pattern: Pattern, last: Pattern) -> Tensor:
        """Embeddings of the targets of the last layer's pattern. Shape: ``(q, d)``."""
        hidden: Tensor = self.initial
        for layer in self.layers[:-1]:
            hidden = layer(hidden, pattern)
            hidden = torch.relu(hidden) if self.activation == "relu" else functional.elu(hidden)
        hidden = self.layers[-1](hidden, last)
        return torch.relu(hidden) if self.activation == "relu" else hidden


def _uniform(size: int, bound: float, generator: torch.Generator) -> Tensor:
    return (torch.rand(size, generator=generator) * 2 - 1) * bound
