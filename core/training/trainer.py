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
from core.model.mimea import Batch, GraphInputs, Mimea
from core.model.pmf import joint_embedding
from core.training.embeddings import Embeddings

Pairs = NDArray[np.int64]

_FUSION_ROWS = 4096  # entities fused at a time when all are: bounds the temporaries of eq. 6


class NotFiniteError(Exception):
    """An epoch whose losses or gradient overflowed or are no numbers; nothing was learned from it."""

    def __init__(self, terms: Sequence[str]) -> None:
        super().__init__(", ".join(terms))


class Trainer:
    """Trains a :class:`Mimea` on seed pairs.

    ``batch_size`` and ``fusion_rows`` bound the memory of an epoch; :meth:`shrink` halves them.
    ``loss_weights`` are what the losses of the last epoch were multiplied with.
    """

    def __init__(self, data: GraphData, config: RunConfig, device: torch.device) -> None:
        self.data = data
        self.config = config
        self.device = device
        self.batch_size = config.training.batch_size
        self.fusion_rows = _FUSION_ROWS
        # That share a backward pass: on a GPU launching an operation takes longer than what it does.
        self.batches_at_once = 1 if device.type == "cpu" else 8
        self.loss_weights: dict[str, float] = {}
        # Its own, and on the CPU: a seed draws the same model on any device, whoever else draws.
        self.generator = torch.Generator().manual_seed(config.training.random_seed)
        self.inputs = GraphInputs.of_all(data, device)
        self.model = Mimea(config.model, data.modalities, self.inputs, self.generator).to(device)
        self.restart()

    def restart(self) -> None:
        """Forget the optimiser's moments; the model stays."""
        settings = self.config.training
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(),
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
            fused=True,
        )
        self.schedule = _schedule(self.optimizer, settings)

    def parameters(self) -> int:
        """How many numbers are learned."""
        return sum(parameter.numel() for parameter in self.model.parameters())

    def epoch(
        self, pairs: Pairs, stop: threading.Event, rejected: Pairs | None = None
    ) -> dict[str, float] | None:
        """One pass over the seed pairs and one step of the optimiser.

        The encoders run once, for the entities that the losses and the plans read: the losses of all batches
        are taken on detached copies of their outputs, whose gradients then go through the encoders in one
        backward pass.

        Args:
            pairs: positions of left and right entities. Shape: ``(m, 2)``.
            stop: looked at between batches.
            rejected: pairs to tell apart, likewise; where they are more than the seeds, some of them.

        Returns:
            Mean losses by modality and ``joint``, or None if it was stopped (then nothing was learned).

        Raises:
            NotFiniteError: a loss or the gradient is not finite; the weights stay as they were.
        """
        self.optimizer.zero_grad(set_to_none=True)
        batches = self._batches(pairs, rejected)
        sample = torch.randperm(self.data.n, generator=self.generator)[: self.config.model.transport_sample]
        inputs = self.inputs.of(np.concatenate([*(batch.rows for batch in batches), sample.numpy()]))
        hidden = self.model.encode(inputs)
        m = len(inputs.has) - len(sample)
        plans = self.model.plans(
            {modality: part.detach()[m:] for modality, part in hidden.items()},
            inputs.present[m:],
            inputs.has[m:],
        )
        gradients = {modality: torch.zeros_like(part) for modality, part in hidden.items()}
        losses = self._losses(hidden, gradients, inputs, batches, plans, stop)
        if losses is None:
            return None
        torch.autograd.backward(list(hidden.values()), list(gradients.values()))
        largest = {f"the {name} embedding": part.detach().abs().amax() for name, part in hidden.items()}
        learned = [parameter.grad for parameter in self.model.parameters() if parameter.grad is not None]
        weights = self.model.overall_loss.weights()
        measured = {
            **largest,
            # A modality's own loss before the joint one, which follows it.
            **{f"the {name} loss": losses[name] for name in reversed(losses)},
            "the gradient": torch.nn.utils.get_total_norm(learned),
            **{f"the weight of {name}": each for name, each in weights.items()},
        }
        # The only place of an epoch where the processor waits for the device.
        values = dict(zip(measured, torch.stack(list(measured.values())).tolist(), strict=True))
        wrong = [name for name, value in values.items() if not math.isfinite(value)]
        if wrong:
            raise NotFiniteError(wrong)
        self.loss_weights = {name: values[f"the weight of {name}"] for name in weights}
        self.optimizer.step()
        self.schedule.step()
        return {name: values[f"the {name} loss"] for name in losses}

    def _batches(self, pairs: Pairs, rejected: Pairs | None) -> list[Batch]:
        """Random parts of the seeds, with each the rejected pairs of its entities and a share of the rest."""
        order = torch.randperm(len(pairs), generator=self.generator).numpy()
        # Equal parts rather than full batches and a rest, which would see few negatives.
        parts = np.array_split(pairs[order], math.ceil(len(pairs) / self.batch_size))
        if rejected is None or not len(rejected):
            return [Batch(part, pairs[:0]) for part in parts]
        rejected = rejected[torch.randperm(len(rejected), generator=self.generator).numpy()]
        touching = [np.isin(rejected[:, 0], p[:, 0]) | np.isin(rejected[:, 1], p[:, 1]) for p in parts]
        others = np.array_split(rejected[~np.any(touching, axis=0)], len(parts))
        return [
            Batch(part, np.concatenate([rejected[touched], rest])[: len(part)])
            for part, touched, rest in zip(parts, touching, others, strict=True)
        ]

    def _losses(
        self,
        hidden: Mapping[Modality, Tensor],
        gradients: Mapping[Modality, Tensor],
        inputs: GraphInputs,
        batches: Sequence[Batch],
        plans: Mapping[Modality, Tensor],
        stop: threading.Event,
    ) -> dict[str, Tensor] | None:
        """Add the gradient of eq. 10 by ``hidden`` to ``gradients``.

        Rows are those of one batch after the other.

        Returns:
            Mean losses, or None if it was stopped.
        """
        settings = self.config.training
        totals: dict[str, Tensor] = {}
        shares: dict[str, float] = {}  # of the seeds whose batch had the modality
        start = 0
        seeds = sum(len(batch.seeds) for batch in batches)
        for first in range(0, len(batches), self.batches_at_once):
            if stop.is_set():
                return None
            group = batches[first : first + self.batches_at_once]
            sizes = [len(batch) for batch in group]
            rows = slice(start, start + sum(sizes))
            leaves = {modality: part.detach()[rows].requires_grad_() for modality, part in hidden.items()}
            for modality, leaf in leaves.items():
                leaf.grad = gradients[modality][rows]  # a view, to which the backward pass adds
            joint = torch.split(self.model.fuse(leaves, inputs.present[rows]), sizes)
            parts = {modality: torch.split(leaf, sizes) for modality, leaf in leaves.items()}
            overall = []
            for place, batch in enumerate(group):
                own = {modality: part[place] for modality, part in parts.items()}
                has = inputs.has[start : start + len(batch)]
                losses = self.model.losses(own, joint[place], has, plans, batch, settings.tau, settings.gamma)
                share = len(batch.seeds) / seeds
                overall.append(self.model.overall_loss(losses) * share)
                for name, loss in losses.items():
                    totals[name] = totals.get(name, 0) + loss.detach() * share
                    shares[name] = shares.get(name, 0.0) + share
                start += len(batch)
            torch.autograd.backward(overall)
        return {name: total / shares[name] for name, total in totals.items()}

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
