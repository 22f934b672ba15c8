"""Encoders of the modalities that have features: all but structure (eq. 4 and 5)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from core.model.sparse import SparseInput


class BagEncoder(nn.Module):
    """MLP_r and MLP_a of eq. 4, and as well of names: one linear layer that reads its bag of words sparse."""

    def __init__(self, words: int, dimension: int, generator: torch.Generator) -> None:
        super().__init__()
        bound = (6 / (words + dimension)) ** 0.5  # Glorot
        self.weight = nn.Parameter(torch.empty(words, dimension).uniform_(-bound, bound, generator=generator))
        self.bias = nn.Parameter(torch.zeros(dimension))

    def forward(self, bag: SparseInput) -> Tensor:
        """Shape: ``(n, words)`` to ``(n, d)``."""
        return bag @ self.weight + self.bias


class DenseEncoder(nn.Module):
    """MLP_v of eq. 5: one linear layer on what an image encoder or a sentence encoder made."""

    def __init__(self, width: int, dimension: int, generator: torch.Generator) -> None:
        super().__init__()
        bound = (6 / (width + dimension)) ** 0.5
        self.weight = nn.Parameter(torch.empty(width, dimension).uniform_(-bound, bound, generator=generator))
        self.bias = nn.Parameter(torch.zeros(dimension))

    def forward(self, features: Tensor) -> Tensor:
        """Shape: ``(n, f)`` to ``(n, d)``."""
        return torch.addmm(self.bias, features, self.weight)
