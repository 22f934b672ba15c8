"""One model, one optimiser, one epoch at a time; knows neither the store nor events."""

from __future__ import annotations

import gc
import math
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.optim import Optimizer
from torch.optim.lr_scheduler import ConstantLR, CosineAnnealingLR, LRScheduler

from core.config import RunConfig, TrainingConfig
from core.features.graph_data import GraphData
from core.modality import Modality
from core.model.mimea import GraphInputs, Mimea
from core.model.pmf import joint_embedding
from core.training.embeddings import Embeddings

_FUSION_ROWS = 4096  # entities fused at a time when all are: bounds the temporaries of eq. 6


class NotFiniteError(Exception):
    """An epoch whose losses or gradient overflowed or are no numbers; nothing was learned from it."""

    def __init__(self, terms: Sequence[str]) -> None:
        super().__init__(", ".join(terms))


class Trainer:
    """Trains a :class:`Mimea` on seed pairs.

    ``batch_size`` and ``fusion_rows`` bound the memory of an epoch; :meth:`shrink` halves them.
    """

    def __init__(self, data: GraphData, config: RunConfig, device: torch.device) -> None:
        self.data = data
        self.config = config
        self.device = device
        self.batch_size = config.training.batch_size
        self.fusion_rows = _FUSION_ROWS
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
        self.schedule = _schedule(self.optimizer, config.training)

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

        Raises:
            NotFiniteError: a loss or the gradient is not finite; the weights stay as they were.
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
        gradients = [parameter.grad for parameter in self.model.parameters() if parameter.grad is not None]
        measured = [*losses.values(), torch.nn.utils.get_total_norm(gradients)]
        # The one point of an epoch where the processor waits for the device.
        *values, norm = torch.stack([value.detach() for value in measured]).tolist()
        means = dict(zip(losses, values, strict=True))
        # A modality's own loss first: the joint one follows it.
        wrong = [f"the {name} loss" for name in reversed(means) if not math.isfinite(means[name])]
        if wrong or not math.isfinite(norm):
            raise NotFiniteError(wrong or ["the gradient"])
        self.optimizer.step()
        self.schedule.step()
        return means

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
        for batch in torch.arange(m, device=self.device).tensor_split(math.ceil(m / self.batch_size)):
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
            (self.model.overall_loss(losses) * share).backward()
            for name, loss in losses.items():
                totals[name] = totals.get(name, 0) + loss.detach() * share
        return totals

    def _plans(self, hidden: Mapping[Modality, Tensor]) -> dict[Modality, Tensor]:
        """Transport plans from a sample of all entities."""
        sample = torch.randperm(self.data.n, generator=self.generator)[: self.config.model.transport_sample]
        rows = sample.to(self.device)
        detached = {modality: part.detach()[rows] for modality, part in hidden.items()}
        wrong = [f"the {name} embedding" for name, part in detached.items() if not part.isfinite().all()]
        if wrong:  # the transport would only warn
            raise NotFiniteError(wrong)
        return self.model.plans(detached, self.inputs.present[rows])

    def shrink(self) -> None:
        """Halve what is computed at a time and give back the memory of an epoch that failed."""
        self.batch_size = max(2, self.batch_size // 2)
        self.fusion_rows //= 2
        self.optimizer.zero_grad(set_to_none=True)
        gc.collect()  # tensors in the frames of the exception
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    def state_dict(self) -> dict[str, Any]:
        """All that the next epochs depend on, as tensors and values of JSON."""
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "random": self.generator.get_state(),
            "batch_size": self.batch_size,
            "fusion_rows": self.fusion_rows,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what :meth:`state_dict` gave, possibly on another device.

        Raises:
            KeyError, RuntimeError, ValueError: it is of another model.
        """
        self.model.load_state_dict(state["model"])
        optimizer = state["optimizer"]
        moments = {
            int(number): moment for number, moment in optimizer["state"].items()
        }  # JSON's keys are text
        self.optimizer.load_state_dict({**optimizer, "state": moments})
        self.schedule.load_state_dict(state["schedule"])
        self.generator.set_state(state["random"])
        self.batch_size, self.fusion_rows = state["batch_size"], state["fusion_rows"]

    @torch.no_grad()
    def embed(self) -> Embeddings:
        """Embeddings and fusion weights of all entities as of now.

        Raises:
            NotFiniteError: the joint embeddings are not finite.
        """
        hidden = self.model.encode(self.inputs)
        present = self.inputs.present
        weights, joint = [], []
        for start in range(0, self.data.n, self.fusion_rows):
            rows = slice(start, start + self.fusion_rows)
            part = {modality: h[rows] for modality, h in hidden.items()}
            weights.append(self.model.fusion(part, present[rows]))
            joint.append(joint_embedding(part, weights[-1]))
        if not all(part.isfinite().all() for part in joint):
            raise NotFiniteError(["the joint embedding"])
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


def _schedule(optimizer: Optimizer, config: TrainingConfig) -> LRScheduler:
    """The learning rate by epoch."""
    if config.schedule == "cosine":
        return CosineAnnealingLR(optimizer, T_max=config.epochs)
    return ConstantLR(optimizer, factor=1.0, total_iters=0)
