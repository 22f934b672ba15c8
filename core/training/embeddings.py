"""The kept state of a run: every entity's embeddings and fusion weights."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from core.errors import TrainingError
from core.modality import JOINT, MODALITIES, Modality

_IDS, _WEIGHTS = "entity_ids", "weights"


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Embeddings of length 1 of all entities, left graph first; a row is 0 where the modality is absent."""

    entity_ids: NDArray[np.int64]  # (n,)
    n_left: int
    joint: Tensor  # (n, M * d)
    by_modality: Mapping[Modality, Tensor]  # (n, d) each
    weights: Tensor  # (n, M), in the order of by_modality; rows sum to 1, or 0 without any modality

    def positions(self, pairs: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Rows of the left and of the right entities of pairs. Shapes: ``(m, 2)`` to ``(m,)`` twice."""
        left, right = self.entity_ids[: self.n_left], self.entity_ids[self.n_left :]
        rows = (np.searchsorted(left, pairs[:, 0]), self.n_left + np.searchsorted(right, pairs[:, 1]))
        one, other = (torch.from_numpy(part).to(self.joint.device) for part in rows)
        return one, other

    def mean_weights(self) -> dict[str, float]:
        """Mean fusion weight by modality, over the entities that have any."""
        some = self.weights[self.weights.any(dim=1)]
        means = some.mean(dim=0).tolist() if len(some) else [0.0] * self.weights.shape[1]
        return dict(zip(self.by_modality, means, strict=True))


def embeddings_path(sidecar: Path, run_id: int) -> Path:
    """Where a run's embeddings lie."""
    return sidecar / "runs" / str(run_id) / "embeddings.safetensors"


def save_embeddings(path: Path, embeddings: Embeddings) -> None:
    """Write the embeddings; a reader sees the old file or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors: dict[str, Tensor] = {JOINT: embeddings.joint, _WEIGHTS: embeddings.weights}
    tensors |= {str(modality): part for modality, part in embeddings.by_modality.items()}
    contents = {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}
    contents[_IDS] = torch.from_numpy(embeddings.entity_ids)
    partial = path.with_suffix(".partial")
    save_file(contents, partial, {"n_left": str(embeddings.n_left)})
    os.replace(partial, path)  # noqa: PTH105


def load_embeddings(path: Path, device: torch.device) -> Embeddings:
    """Read what :func:`save_embeddings` wrote.

    Raises:
        TrainingError: the file is missing or damaged.
    """
    try:
        with safe_open(path, framework="pt", device=str(device)) as file:
            names = set(file.keys())
            return Embeddings(
                entity_ids=file.get_tensor(_IDS).cpu().numpy(),
                n_left=int(file.metadata()["n_left"]),
                joint=file.get_tensor(JOINT),
                by_modality={name: file.get_tensor(name) for name in MODALITIES if name in names},
                weights=file.get_tensor(_WEIGHTS),
            )
    except (OSError, SafetensorError, KeyError) as error:
        raise TrainingError(f"the embeddings in {path} are missing or damaged; train again") from error
