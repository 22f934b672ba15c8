"""MIMEA: the encoders, the fusion, the transport and the losses put together (section 4, figure 2)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.config import ModelConfig
from core.features.graph_data import GraphData
from core.modality import JOINT, Modality
from core.model.encoders import BagEncoder, DenseEncoder
from core.model.gat import GraphAttention
from core.model.mcl import FixedWeights, UncertaintyWeights, contrastive_loss
from core.model.otma import translation
from core.model.pmf import (
    AttentionFusion,
    EqualFusion,
    Fusion,
    GatedFusion,
    ProbabilityGuidedFusion,
    joint_embedding,
)
from core.model.sparse import Pattern, SparseInput

Hidden = dict[Modality, Tensor]


class GraphInputs:
    """What the encoders read, on the device that trains."""

    def __init__(self, data: GraphData, device: torch.device) -> None:
        self.n = data.n
        self.modalities = data.modalities
        self.pattern = Pattern(data.edges.to(device), data.n) if "structure" in data.modalities else None
        self.bags = {modality: SparseInput(bag, device) for modality, bag in data.bags.items()}
        self.dense = {modality: features.to(device) for modality, features in data.dense.items()}
        self.present = torch.stack([data.masks[modality] for modality in data.modalities], dim=1).to(device)


class Mimea(nn.Module):
    """The model; parameters are drawn from ``generator`` alone, so a seed gives the same model anywhere."""

    def __init__(self, config: ModelConfig, inputs: GraphInputs, generator: torch.Generator) -> None:
        super().__init__()
        self.config = config
        self.modalities = inputs.modalities
        d = config.dimension
        self.encoders = nn.ModuleDict()
        if inputs.pattern is not None:
            self.encoders["structure"] = GraphAttention(
                inputs.n, d, config.layers, config.heads, config.activation, generator
            )
        for modality in self.modalities:
            if modality in inputs.bags:
                self.encoders[modality] = BagEncoder(inputs.bags[modality].shape[1], d, generator)
            elif modality in inputs.dense:
                self.encoders[modality] = DenseEncoder(inputs.dense[modality].shape[1], d, generator)
        self.fusion = build_fusion(config, self.modalities, generator)
        self.contrastive = tuple(name for name in self.modalities if name in config.contrastive)
        self.overall_loss = (
            UncertaintyWeights((JOINT, *self.contrastive))
            if config.loss_weights == "uncertainty"
            else FixedWeights()
        )

    def encode(self, inputs: GraphInputs) -> Hidden:
        """H^l of all entities; rows of entities without the modality mean nothing. Shapes: ``(n, d)``."""
        hidden: Hidden = {}
        for modality in self.modalities:
            encoder = self.encoders[modality]
            if modality == "structure":
                hidden[modality] = encoder(inputs.pattern)
            elif modality in inputs.bags:
                hidden[modality] = encoder(inputs.bags[modality])
            else:
                hidden[modality] = encoder(inputs.dense[modality])
        return hidden

    def plans(self, hidden: Mapping[Modality, Tensor], present: Tensor) -> Hidden:
        """What :func:`translation` gives for each translated modality, from a sample of s entities.

        The plan is a constant of the epoch: its own gradient is left out.
        """
        plans: Hidden = {}
        with torch.no_grad():
            joint = joint_embedding(hidden, self.fusion(hidden, present))
            for index, modality in enumerate(self.modalities):
                rows = present[:, index]
                translated = modality in self.contrastive and modality in self.config.transport
                if translated and modality != "structure" and rows.any():
                    plans[modality] = translation(
                        hidden[modality][rows], joint[rows], self.config.transport_epsilon
                    )
        return plans

    def losses(
        self,
        left: Mapping[Modality, Tensor],
        right: Mapping[Modality, Tensor],
        present: tuple[Tensor, Tensor],
        plans: Mapping[Modality, Tensor],
        tau: float,
        gamma: float,
    ) -> dict[str, Tensor]:
        """Eq. 9 for the joint embedding and each contrastive modality, over the pairs of which both have it.

        Args:
            left: H^l of the batch's left entities. Shapes: ``(b, d)``.
            right: those of its right entities.
            present: which modalities the entities have. Shapes: ``(b, M)`` twice.
            plans: from :meth:`plans`.
            tau: temperature.
            gamma: weight of inner-graph negatives.
        """
        losses: dict[str, Tensor] = {}
        joint = [
            joint_embedding(side, self.fusion(side, has))
            for side, has in zip((left, right), present, strict=True)
        ]
        losses[JOINT] = contrastive_loss(joint[0], joint[1], tau, gamma)
        both = present[0] & present[1]
        for index, modality in enumerate(self.modalities):
            if modality not in self.contrastive:
                continue
            rows = both[:, index]
            one, other = left[modality][rows], right[modality][rows]
            if not len(one):
                continue
            if modality in plans:
                one, other = one @ plans[modality], other @ plans[modality]
            losses[modality] = contrastive_loss(one, other, tau, gamma)
        return losses


def build_fusion(config: ModelConfig, modalities: tuple[Modality, ...], generator: torch.Generator) -> Fusion:
    """The fusion that the configuration names."""
    if config.fusion == "equal":
        return EqualFusion(modalities)
    if config.fusion == "attention":
        return AttentionFusion(modalities, config.dimension, generator)
    if config.fusion == "gated":
        return GatedFusion(modalities, config.dimension, generator)
    return ProbabilityGuidedFusion(
        modalities, config.distribution, config.pivot, config.pmf_lambda, config.kl_reduction
    )
