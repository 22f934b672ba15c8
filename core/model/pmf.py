"""Probability-guided modal fusion (section 4.2, eq. 6) and the fusions it is compared with (table 6)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.config import Distribution
from core.modality import Modality
from core.model.divergences import DIVERGENCES

_FLOOR = 0.05  # the least parameter of a distribution: the densities stay finite


class Fusion(nn.Module, ABC):
    """Weights of an entity's modalities, summing to 1 over those it has."""

    def __init__(self, modalities: tuple[Modality, ...]) -> None:
        super().__init__()
        self.modalities = modalities

    @abstractmethod
    def scores(self, hidden: Mapping[Modality, Tensor], present: Tensor) -> Tensor:
        """What the softmax is taken of. Shapes: ``(b, d)`` each and ``(b, M)`` to ``(b, M)``."""

    def forward(self, hidden: Mapping[Modality, Tensor], present: Tensor) -> Tensor:
        """Weights of the modalities.

        Args:
            hidden: H^l of each modality. Shapes: ``(b, d)``.
            present: whether an entity has the modality. Shape: ``(b, M)``.

        Returns:
            Zero where absent; a row of zeros for an entity that has none. Shape: ``(b, M)``.
        """
        scores = self.scores(hidden, present).masked_fill(~present, float("-inf"))
        scores = scores.masked_fill(~present.any(dim=1, keepdim=True), 0.0)
        return torch.softmax(scores, dim=1) * present


class ProbabilityGuidedFusion(Fusion):
    """Eq. 6: a modality's weight follows from its divergence from the pivot's distributions."""

    def __init__(
        self,
        modalities: tuple[Modality, ...],
        distribution: Distribution,
        pivot: Modality,
        rate: float,
        reduction: Literal["mean", "sum"],
        pivot_score: Literal["self", "one"] = "self",
    ) -> None:
        super().__init__(modalities)
        self.pivot = pivot if pivot in modalities else modalities[0]
        self.divergence = DIVERGENCES[distribution]
        self.rate = rate
        self.reduction = reduction
        self.pivot_score = pivot_score
        self.offset = nn.Parameter(torch.zeros(len(modalities)))

    def scores(self, hidden: Mapping[Modality, Tensor], present: Tensor) -> Tensor:
        """One plus w_l = λ(2 - δ)², plus what was learned. Shape: ``(b, M)``.

        Eq. 6 has the w of the other modalities alone. That of the pivot is 0, or it is at δ = 0 from itself
        and starts with the largest weight, as the paper says it has.
        Where an entity lacks it there is nothing to compare with, and its modalities start equal.
        """
        pivot = shape_parameters(hidden[self.pivot])
        columns = []
        for modality in self.modalities:
            if modality == self.pivot:
                columns.append(torch.zeros_like(pivot[0][:, 0]))
            else:
                divergences = self.divergence(shape_parameters(hidden[modality]), pivot)
                columns.append(divergences.sum(1) if self.reduction == "sum" else divergences.mean(1))
        place = self.modalities.index(self.pivot)
        comparable = present[:, place, None]
        weights = self.rate * (2 - torch.stack(columns, dim=1)) ** 2
        if self.pivot_score == "one":
            weights[:, place] = 0
        return 1 + weights * comparable + self.offset


class EqualFusion(Fusion):
    """The same weight for every modality."""

    def scores(self, hidden: Mapping[Modality, Tensor], present: Tensor) -> Tensor:
        """Zeros. Shape: ``(b, M)``."""
        return torch.zeros_like(present, dtype=hidden[self.modalities[0]].dtype)


class AttentionFusion(Fusion):
    """Weights from a learned query over the modalities' embeddings."""

    def __init__(self, modalities: tuple[Modality, ...], dimension: int, generator: torch.Generator) -> None:
        super().__init__(modalities)
        bound = (6 / (2 * dimension)) ** 0.5
        self.projection = nn.Parameter(
            torch.empty(dimension, dimension).uniform_(-bound, bound, generator=generator)
        )
        self.query = nn.Parameter(torch.randn(dimension, generator=generator) / dimension**0.5)

    def scores(self, hidden: Mapping[Modality, Tensor], present: Tensor) -> Tensor:
        """Query . tanh(projection of the embedding). Shape: ``(b, M)``."""
        columns = [
            torch.tanh(functional.normalize(hidden[modality]) @ self.projection) @ self.query
            for modality in self.modalities
        ]
        return torch.stack(columns, dim=1)


class GatedFusion(Fusion):
    """A gate in 0..1 for each modality from its embedding, then normalised."""

    def __init__(self, modalities: tuple[Modality, ...], dimension: int, generator: torch.Generator) -> None:
        super().__init__(modalities)
        self.gates = nn.Parameter(
            torch.randn(len(modalities), dimension, generator=generator) / dimension**0.5
        )
        self.bias = nn.Parameter(torch.zeros(len(modalities)))

    def scores(self, hidden: Mapping[Modality, Tensor], present: Tensor) -> Tensor:
        """Logarithm of the gate, so that the softmax divides the gates by their sum. Shape: ``(b, M)``."""
        columns = [
            functional.logsigmoid(functional.normalize(hidden[modality]) @ gate + bias)
            for modality, gate, bias in zip(self.modalities, self.gates, self.bias, strict=True)
        ]
        return torch.stack(columns, dim=1)


def shape_parameters(hidden: Tensor) -> tuple[Tensor, Tensor]:
    """The halves (α, β) of an embedding, made positive. Shape: ``(b, d)`` to ``(b, d/2)`` twice."""
    alpha, beta = (functional.softplus(hidden) + _FLOOR).chunk(2, dim=1)
    return alpha, beta


def joint_embedding(hidden: Mapping[Modality, Tensor], weights: Tensor) -> Tensor:
    """H^m: the modalities' embeddings of length 1 times their weights, side by side, of length 1.

    Args:
        hidden: by modality, in the order of the weights' columns. Shapes: ``(b, d)``.
        weights: Shape: ``(b, M)``.

    Returns:
        Shape: ``(b, M * d)``.
    """
    columns = [
        functional.normalize(part) * weights[:, index : index + 1]
        for index, part in enumerate(hidden.values())
    ]
    return functional.normalize(torch.cat(columns, dim=1))
