"""The model that a run ends with, kept so that another one can begin with it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from core.alignment.neighbours import Matches
from core.config import ModelConfig
from core.errors import TrainingError
from core.store.project_file import ProjectFile
from core.store.run_files import model_path
from core.training.checkpoints import fingerprint, load_checkpoint, save_checkpoint
from core.training.support import matches_of, matches_state
from core.training.trainer import Trainer

# What of the model's settings may differ: it shapes the losses, not the parameters.
_FREE = {"pmf_lambda", "transport", "transport_epsilon", "transport_sample"}


def save_model(path: Path, trainer: Trainer, model: Mapping[str, Tensor], matches: Matches) -> None:
    """Keep a state of the trainer's model and the matches it led to; they are on disk when this returns.

    Raises:
        OSError: it can't be written.
    """
    state = {
        "architecture": _architecture(trainer.config.model),
        "graphs": fingerprint(trainer.data),
        "model": model,
        "matches": matches_state(matches),
    }
    save_checkpoint(path, state)


def load_model(project: ProjectFile, run_id: int, trainer: Trainer) -> Matches | None:
    """Give the trainer the model of another run; returns the matches that it led to, by row of either side.

    Raises:
        TrainingError: the run kept none, or it is of another architecture or other graphs.
    """
    path = model_path(project.sidecar, run_id)
    if not path.exists():
        raise TrainingError(f"run {run_id} kept no model to begin with; train from scratch")
    state = load_checkpoint(path)
    if state.get("architecture") != _architecture(trainer.config.model):
        raise TrainingError(
            f"the model of run {run_id} has another architecture than these settings; train from scratch"
        )
    if state.get("graphs") != fingerprint(trainer.data):
        raise TrainingError(
            f"the graphs or their features have changed since run {run_id}; train from scratch"
        )
    try:
        trainer.model.load_state_dict(state["model"])
        return matches_of(state["matches"])
    except (KeyError, RuntimeError, TypeError) as error:
        raise TrainingError(
            f"the model of run {run_id} was written by another version of the program; train from scratch"
        ) from error


def _architecture(config: ModelConfig) -> str:
    settings = {key: value for key, value in dataclasses.asdict(config).items() if key not in _FREE}
    return json.dumps(settings, sort_keys=True)
