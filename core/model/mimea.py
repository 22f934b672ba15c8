"""MIMEA: the encoders, the fusion, the transport and the losses put together (section 4, figure 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.config import ModelConfig
from core.features.graph_data import GraphData
from core.modality import JOINT, Modality
from core.model.encoders import BagEncoder, DenseEncoder
from core.model.gat import GraphAttention
from core.model.mcl import FixedWeights, Rejected, UncertaintyWeights, contrastive_loss
from core.model.otma import TransportSolver, translation
from core.model.pmf import (
    AttentionFusion,
    EqualFusion,
    Fusion,
    GatedFusion,
    ProbabilityGuidedFusion,
    joint_embedding,
)
from core.model.sparse import Integers, Pattern, SparseInput, to_device

Hidden = dict[Modality, Tensor]
Rows = Tensor | slice


@dataclass(frozen=True, slots=True)
class GraphInputs:
    """What the encoders read for q entities, on the device that trains.

    Where ``rows`` is given they read all entities, and those of the q are chosen from what they return.
    """

    pattern: Pattern | None  # of all n entities, which every attention layer but the last one sees
    last: Pattern | None  # of the q
    bags: Mapping[Modality, SparseInput]
    dense: Mapping[Modality, Tensor]
    present: Tensor  # (q, M): the entity has the modality
    has: NDArray[np.bool_]  # the same, to ask without waiting for the device
    narrows: bool  # whether :meth:`of` leaves the other entities out of what is read
    rows: Tensor | None = None  # (q,)

    @classmethod
    def of_all(cls, data: GraphData, device: torch.device) -> GraphInputs:
        """Those of all n entities."""
        has = np.stack([data.masks[modality].numpy() for modality in data.modalities], axis=1)
        pattern = Pattern(data.edges, data.n, device) if "structure" in data.modalities else None
        return cls(
            pattern=pattern,
            last=pattern,
            bags={modality: SparseInput(bag, device) for modality, bag in data.bags.items()},
            dense={modality: features.to(device) for modality, features in data.dense.items()},
            present=to_device(has, device),
            has=has,
            # A GPU has encoded all entities before a processor has picked out the edges and words of some.
            narrows=device.type == "cpu",
        )

    def of(self, rows: Integers) -> GraphInputs:
        """Those of some entities, in this order. Shape: ``(q,)``."""
        places = to_device(rows, self.present.device)
        present, has = self.present.index_select(0, places), self.has[rows]
        if not self.narrows:
            return replace(self, present=present, has=has, rows=places)
        return replace(
            self,
            last=self.last.of(rows) if self.last is not None else None,
            bags={modality: bag.of(rows) for modality, bag in self.bags.items()},
            dense={modality: part.index_select(0, places) for modality, part in self.dense.items()},
            present=present,
            has=has,
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Pairs of positions that losses are taken of together."""

    seeds: Integers  # (b, 2)
    rejected: Integers  # (c, 2)

    @property
    def rows(self) -> Integers:
        """The left entities of the seeds, their right ones, and likewise those of rejected pairs."""
        return np.concatenate([self.seeds.T.ravel(), self.rejected.T.ravel()])

    def __len__(self) -> int:
        """How many rows these are."""
        return 2 * (len(self.seeds) + len(self.rejected))


class Mimea(nn.Module):
    """The model; parameters are drawn from ``generator`` alone, so a seed gives the same model anywhere."""

    def __init__(
        self,
        config: ModelConfig,
        modalities: tuple[Modality, ...],
        inputs: GraphInputs,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        self.config = config
        self.modalities = modalities
        d = config.dimension
        self.encoders = nn.ModuleDict()
        if inputs.pattern is not None:
            self.encoders["structure"] = GraphAttention(
                inputs.pattern.shape[1],
                d,
                config.layers,
                config.heads,
                config.activation,
                generator,
                config.head_reduction,
            )
        for modality in self.modalities:
            if modality in inputs.bags:
                self.encoders[modality] = BagEncoder(inputs.bags[modality].shape[1], d, generator)
            elif modality in inputs.dense:
                self.encoders[modality] = DenseEncoder(inputs.dense[modality].shape[1], d, generator)
        self.fusion = build_fusion(config, self.modalities, generator)
        self.transport = TransportSolver(config.transport_epsilon)
        self.contrastive = tuple(name for name in self.modalities if name in config.contrastive)
        self.overall_loss = (
            UncertaintyWeights((JOINT, *self.contrastive))
            if config.loss_weights == "uncertainty"
            else FixedWeights()
        )

    def encode(self, inputs: GraphInputs) -> Hidden:
        """H^l of the entities; rows of those without the modality mean nothing. Shapes: ``(q, d)``."""
        hidden: Hidden = {}
        for modality in self.modalities:
            encoder = self.encoders[modality]
            if modality == "structure":
                hidden[modality] = encoder(inputs.pattern, inputs.last)
            elif modality in inputs.bags:
                hidden[modality] = encoder(inputs.bags[modality])
            else:
                hidden[modality] = encoder(inputs.dense[modality])
        if inputs.rows is None:
            return hidden
        return {modality: part.index_select(0, inputs.rows) for modality, part in hidden.items()}

    def fuse(self, hidden: Mapping[Modality, Tensor], present: Tensor) -> Tensor:
        """The joint embedding. Shapes: ``(q, d)`` each and ``(q, M)`` to ``(q, M d)``."""
        return joint_embedding(hidden, self.fusion(hidden, present))

    def plans(self, hidden: Mapping[Modality, Tensor], present: Tensor, has: NDArray[np.bool_]) -> Hidden:
        """What :func:`translation` gives for each translated modality, from a sample of s entities.

        The plan is a constant of the epoch: its own gradient is left out.

        Args:
            hidden: H^l of the sample. Shapes: ``(s, d)``.
            present: which modalities its entities have. Shape: ``(s, M)``.
            has: the same on the processor.
        """
        plans: Hidden = {}
        with torch.no_grad():
            joint = self.fuse(hidden, present)
            for modality, rows in _where(has, self.modalities, present.device).items():
                translated = modality in self.contrastive and modality in self.config.transport
                if translated and modality != "structure":
                    plans[modality] = translation(hidden[modality][rows], joint[rows], self.transport)
        return plans

    def losses(
        self,
        hidden: Mapping[Modality, Tensor],
        joint: Tensor,
        has: NDArray[np.bool_],
        plans: Mapping[Modality, Tensor],
        batch: Batch,
        tau: float,
        gamma: float,
    ) -> dict[str, Tensor]:
        """Eq. 9 for the joint embedding and each contrastive modality, over the pairs of which both have it.

        Args:
            hidden: H^l of the rows of the batch. Shapes: ``(2b + 2c, d)``.
            joint: what :meth:`fuse` makes of them. Shape: ``(2b + 2c, M d)``.
            has: which modalities the entities have, on the processor. Shape: ``(2b + 2c, M)``.
            plans: from :meth:`plans`.
            batch: whose rows these are.
            tau: temperature.
            gamma: weight of inner-graph negatives.
        """
        b, c = len(batch.seeds), len(batch.rejected)
        device = joint.device
        same = [
            to_device(batch.seeds[:, None, side] == batch.rejected[None, :, side], device) for side in (0, 1)
        ]

        def loss(parts: tuple[Tensor, ...], pairs: Rows, rejected: Rows) -> Tensor:
            apart = Rejected(parts[2], parts[3], *(mask[pairs][:, rejected] for mask in same)) if c else None
            return contrastive_loss(parts[0], parts[1], tau, gamma, apart)

        sizes = [b, b, c, c]
        losses: dict[str, Tensor] = {JOINT: loss(torch.split(joint, sizes), slice(None), slice(None))}
        has_left, has_right, has_rejected, has_other = np.split(has, np.cumsum(sizes)[:-1])
        of_rejected = _where(has_rejected & has_other, self.modalities, device)
        for modality, pairs in _where(has_left & has_right, self.modalities, device).items():
            if modality not in self.contrastive:
                continue
            rejected = of_rejected.get(modality, slice(0))
            rows = (pairs, pairs, rejected, rejected)
            parts = tuple(h[some] for h, some in zip(torch.split(hidden[modality], sizes), rows, strict=True))
            if modality in plans:
                parts = tuple(part @ plans[modality] for part in parts)
            losses[modality] = loss(parts, pairs, rejected)
        return losses


def _where(
    has: NDArray[np.bool_], modalities: tuple[Modality, ...], device: torch.device
) -> dict[Modality, Rows]:
    """The rows that have each modality, of those that some have; all of them are a slice: no copy.

    A mask on the device would have the processor wait for the number of its rows.
    """
    return {
        modality: slice(None) if column.all() else to_device(np.flatnonzero(column), device)
        for modality, column in zip(modalities, has.T, strict=True)
        if column.any()
    }


def build_fusion(config: ModelConfig, modalities: tuple[Modality, ...], generator: torch.Generator) -> Fusion:
    """The fusion that the configuration names."""
    if config.fusion == "equal":
        return EqualFusion(modalities)
    if config.fusion == "attention":
        return AttentionFusion(modalities, config.dimension, generator)
    if config.fusion == "gated":
        return GatedFusion(modalities, config.dimension, generator)
    return ProbabilityGuidedFusion(
        modalities,
        config.distribution,
        config.pivot,
        config.pmf_lambda,
        config.kl_reduction,
        config.pivot_score,
    )
