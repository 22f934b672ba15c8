"""The kept state of a run: every entity's embeddings and fusion weights."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from scipy.sparse import csr_array
from torch import Tensor

from core.alignment.neighbours import Support, Supported
from core.alignment.similarity import Cosine, Similarity
from core.errors import TrainingError
from core.modality import JOINT, MODALITIES, Modality
from core.store.run_files import run_folder

_IDS, _WEIGHTS, _SUPPORT, _WEIGHT = "entity_ids", "weights", "support", "support_weight"
_NEARNESS = "nearness/"
_SIDES, _CSR_PARTS = ("left", "right"), ("data", "indices", "indptr")


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Embeddings of length 1 of all entities, left graph first; a row is 0 where the modality is absent.

    With ``support``, matched neighbours add ``support_weight`` times their support to the joint cosine.
    ``nearness`` is kept for :mod:`core.training.parted`.
    """

    entity_ids: NDArray[np.int64]  # (n,)
    n_left: int
    joint: Tensor  # (n, M * d)
    by_modality: Mapping[Modality, Tensor]  # (n, d) each
    weights: Tensor  # (n, M), in the order of by_modality; rows sum to 1, or 0 without any modality
    support: Support | None = None  # of all left and all right entities
    support_weight: float = 0.0
    nearness: Mapping[str, Tensor] = field(default_factory=dict)  # (n,) each, by what is left out

    def positions(self, pairs: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Rows of the left and of the right entities of pairs. Shapes: ``(m, 2)`` to ``(m,)`` twice."""
        left, right = self.entity_ids[: self.n_left], self.entity_ids[self.n_left :]
        rows = (np.searchsorted(left, pairs[:, 0]), self.n_left + np.searchsorted(right, pairs[:, 1]))
        one, other = (torch.from_numpy(part).to(self.joint.device) for part in rows)
        return one, other

    def similarity(self, left: slice | Tensor, right: slice | Tensor) -> Similarity:
        """Between some left and some right entities, given by their rows among all.

        Joint cosines, to which the support is added; :attr:`highest` is the most that there can be.
        """
        cosine = Cosine(self.joint[left], self.joint[right])
        if self.support is None:
            return cosine
        every = np.arange(len(self.entity_ids))
        rows, columns = (
            every[part if isinstance(part, slice) else part.cpu().numpy()] for part in (left, right)
        )
        return Supported(cosine, self.support.select(rows, columns - self.n_left), self.support_weight)

    @property
    def highest(self) -> float:
        """What the similarity of two entities would be that agree in everything."""
        return 1.0 if self.support is None else 1.0 + self.support_weight

    def mean_weights(self) -> tuple[dict[str, float], dict[str, float]]:
        """Mean and standard deviation of a modality's fusion weight over the entities that have it."""
        has = self.weights > 0
        number = has.sum(dim=0).clamp(min=1)
        means = self.weights.sum(dim=0) / number
        spread = (((self.weights - means) * has) ** 2).sum(dim=0).div(number).sqrt()
        names = tuple(self.by_modality)
        return dict(zip(names, means.tolist(), strict=True)), dict(zip(names, spread.tolist(), strict=True))

    def on(self, device: torch.device) -> Embeddings:
        """The same in the memory of ``device``."""
        parts = {modality: part.to(device) for modality, part in self.by_modality.items()}
        return replace(self, joint=self.joint.to(device), by_modality=parts, weights=self.weights.to(device))


def embeddings_path(sidecar: Path, run_id: int) -> Path:
    """Where a run's embeddings lie."""
    return run_folder(sidecar, run_id) / "embeddings.safetensors"


def save_embeddings(path: Path, embeddings: Embeddings) -> None:
    """Write the embeddings; a reader sees the old file or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors: dict[str, Tensor] = {JOINT: embeddings.joint, _WEIGHTS: embeddings.weights}
    tensors |= {str(modality): part for modality, part in embeddings.by_modality.items()}
    tensors |= {_NEARNESS + left_out: part for left_out, part in embeddings.nearness.items()}
    contents = {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}
    contents[_IDS] = torch.from_numpy(embeddings.entity_ids)
    facts = {"n_left": str(embeddings.n_left)}
    if embeddings.support is not None:
        facts[_WEIGHT] = str(embeddings.support_weight)
        for side in _SIDES:
            matrix = getattr(embeddings.support, side)
            facts[f"{_SUPPORT}/columns"] = str(matrix.shape[1])
            for part in _CSR_PARTS:
                contents[f"{_SUPPORT}/{side}/{part}"] = torch.from_numpy(getattr(matrix, part))
    partial = path.with_suffix(".partial")
    save_file(contents, partial, facts)
    os.replace(partial, path)  # noqa: PTH105


def load_embeddings(path: Path, device: torch.device) -> Embeddings:
    """Read what :func:`save_embeddings` wrote.

    Raises:
        TrainingError: the file is missing or damaged.
    """
    try:
        with safe_open(path, framework="pt", device=str(device)) as file:
            names = set(file.keys())
            facts = file.metadata()
            support = _support(file, int(facts[f"{_SUPPORT}/columns"])) if _WEIGHT in facts else None
            return Embeddings(
                entity_ids=file.get_tensor(_IDS).cpu().numpy(),
                n_left=int(facts["n_left"]),
                joint=file.get_tensor(JOINT),
                by_modality={name: file.get_tensor(name) for name in MODALITIES if name in names},
                weights=file.get_tensor(_WEIGHTS),
                support=support,
                support_weight=float(facts.get(_WEIGHT, 0)),
                nearness={
                    name.removeprefix(_NEARNESS): file.get_tensor(name)
                    for name in names
                    if name.startswith(_NEARNESS)
                },
            )
    except (OSError, SafetensorError, KeyError) as error:
        raise TrainingError(f"the embeddings in {path} are missing or damaged; train again") from error


def _support(file: Any, columns: int) -> Support:
    sides = []
    for side in _SIDES:
        data, indices, indptr = (
            file.get_tensor(f"{_SUPPORT}/{side}/{part}").cpu().numpy() for part in _CSR_PARTS
        )
        sides.append(csr_array((data, indices, indptr), shape=(len(indptr) - 1, columns)))
    return Support(*sides)
