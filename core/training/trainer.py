"""One model, one optimiser, one epoch at a time; knows neither the store nor events."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from core.config import RunConfig
from core.features.graph_data import GraphData
from core.modality import Modality
from core.model.mimea import GraphInputs, Mimea
from core.model.pmf import joint_embedding
from core.training.embeddings import Embeddings

_FUSION_ROWS = 4096  # entities fused at a time when all are: bounds the temporaries of eq. 6


class Trainer:
    """Trains a :class:`Mimea` on seed pairs."""

    def __init__(self, data: GraphData, config: RunConfig, device: torch.device) -> None:
        self.data = data
        self.config = config
        self.device = device
        # Its own, and on the CPU: a seed draws the same model on any device, whoever else draws.
        self.generator = torch.Generator().manual_seed(config.training.random_seed)
        self.inputs = GraphInputs(data, device)
        self.model = Mimea(config.model, self.inputs, self.generator).to(device)
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(),
            lr=config.training.learning_rate,
            weight_decay=config.training.weight_decay,
            fused=True,
        )

    def parameters(self) -> int:
        """How many numbers are learned."""
        return sum(parameter.numel() for parameter in self.model.parameters())

    def epoch(self, pairs: NDArray[np.int64], stop: threading.Event) -> dict[str, float] | None:
        """One pass over the seed pairs and one step of the optimiser.

        The encoders read whole graphs, so they run once: the losses of all batches are taken on detached
        copies of their outputs, whose summed gradients then go through the encoders in one backward pass.

        Args:
            pairs: positions of left and right entities. Shape: ``(m, 2)``.
            stop: looked at between batches.

        Returns:
            Mean losses by modality and ``joint``, or None if it was stopped (then nothing was learned).
        """
        self.optimizer.zero_grad(set_to_none=True)
        hidden = self.model.encode(self.inputs)
        order = torch.randperm(len(pairs), generator=self.generator)
        rows = torch.from_numpy(pairs)[order].to(self.device)
        # A batch reads the seeds' rows only: the leaves have no others.
        seeds = {modality: part[rows.T.flatten()] for modality, part in hidden.items()}
        leaves = {modality: part.detach().requires_grad_() for modality, part in seeds.items()}
        losses = self._losses(leaves, self.inputs.present[rows.T.flatten()], self._plans(hidden), stop)
        if losses is None:
            return None
        used = [modality for modality, leaf in leaves.items() if leaf.grad is not None]
        torch.autograd.backward(
            [seeds[modality] for modality in used], [leaves[modality].grad for modality in used]
        )
        self.optimizer.step()
        return {name: float(loss) for name, loss in losses.items()}

    def _losses(
        self,
        leaves: Mapping[Modality, Tensor],
        present: Tensor,
        plans: Mapping[Modality, Tensor],
        stop: threading.Event,
    ) -> dict[str, Tensor] | None:
        """Accumulate the gradient of eq. 10 in the leaves; the first half of their rows is left."""
        settings = self.config.training
        m = len(present) // 2
        totals: dict[str, Tensor] = {}
        # Equal parts rather than full batches and a rest, which would see few negatives.
        for batch in torch.arange(m, device=self.device).tensor_split(math.ceil(m / settings.batch_size)):
            if stop.is_set():
                return None
            share = len(batch) / m
            losses = self.model.losses(
                {modality: leaf[batch] for modality, leaf in leaves.items()},
                {modality: leaf[batch + m] for modality, leaf in leaves.items()},
                (present[batch], present[batch + m]),
                plans,
                settings.tau,
                settings.gamma,
            )
            (self.model.uncertainty(losses) * share).backward()
            for name, loss in losses.items():
                totals[name] = totals.get(name, 0) + loss.detach() * share
        return totals

    def _plans(self, hidden: Mapping[Modality, Tensor]) -> dict[Modality, Tensor]:
        """Transport plans from a sample of all entities."""
        sample = torch.randperm(self.data.n, generator=self.generator)[: self.config.model.transport_sample]
        rows = sample.to(self.device)
        detached = {modality: part.detach()[rows] for modality, part in hidden.items()}
        return self.model.plans(detached, self.inputs.present[rows])

    @torch.no_grad()
    def embed(self) -> Embeddings:
        """Embeddings and fusion weights of all entities as of now."""
        hidden = self.model.encode(self.inputs)
        present = self.inputs.present
        weights, joint = [], []
        for start in range(0, self.data.n, _FUSION_ROWS):
            rows = slice(start, start + _FUSION_ROWS)
            part = {modality: h[rows] for modality, h in hidden.items()}
            weights.append(self.model.fusion(part, present[rows]))
            joint.append(joint_embedding(part, weights[-1]))
        return Embeddings(
            entity_ids=self.data.entity_ids,
            n_left=self.data.n_left,
            joint=torch.cat(joint),
            by_modality={
                modality: functional.normalize(h) * present[:, index, None]
                for index, (modality, h) in enumerate(hidden.items())
            },
            weights=torch.cat(weights),
        )
