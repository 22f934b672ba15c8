"""What of a run a checkpoint holds: all that its next epochs depend on; those so far are in the store."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import torch

from core.errors import TrainingError
from core.store.runs import RunInfo
from core.training.checkpoints import State, fingerprint
from core.training.embeddings import Embeddings
from core.training.split import Split
from core.training.stopping import EarlyStopping, ExplosionWatch
from core.training.support import matches_of, matches_state
from core.training.trainer import Trainer

if TYPE_CHECKING:
    from core.training.loop import TrainingLoop


def take(loop: TrainingLoop) -> State:
    """The state of a run between two epochs."""
    kept = loop.kept
    return {
        "config": loop.config.to_json(),
        "graphs": fingerprint(loop.data),
        "split": {role: torch.from_numpy(pairs) for role, pairs in dataclasses.asdict(loop.split).items()},
        "epoch": loop.epoch,
        "shrunk": loop.memory.shrunk,
        "trainer": loop.trainer.state_dict(),
        "pseudo_seeds": loop.pseudo.state_dict(),
        "early_stopping": dataclasses.asdict(loop.stopper),
        "explosion": dataclasses.asdict(loop.watch),
        "start": matches_state(loop.start),
        "kept_epoch": loop.kept_epoch,
        "kept_model": loop.kept_model,
        "kept": None
        if kept is None
        else {"joint": kept.joint, "weights": kept.weights, "by_modality": dict(kept.by_modality)},
    }


def split_of(run: RunInfo, state: State, trainer: Trainer) -> Split:
    """The links by role, in the order in which the run drew them.

    Raises:
        TrainingError: the state is of other settings, other graphs or another version of the program.
    """
    if state.get("config") != run.config_json:
        raise TrainingError(f"the settings of run {run.id} are not those of its checkpoint; train again")
    if state.get("graphs") != fingerprint(trainer.data):
        raise TrainingError(f"the graphs have changed since run {run.id} was interrupted; train again")
    try:
        return Split(**{role: pairs.numpy() for role, pairs in state["split"].items()})
    except (KeyError, TypeError) as error:
        raise _other_version(run.id) from error


def restore(loop: TrainingLoop, state: State) -> None:
    """Bring a new loop to where :func:`take` found the old one.

    Raises:
        TrainingError: another version of the program took the state.
    """
    try:
        loop.epoch = loop.resumed_after = state["epoch"]
        loop.memory.shrunk = state["shrunk"]
        loop.trainer.load_state_dict(state["trainer"])
        loop.pseudo.load_state_dict(state["pseudo_seeds"])
        loop.stopper = EarlyStopping(**state["early_stopping"])
        loop.watch = ExplosionWatch(**state["explosion"])
        loop.kept_epoch, kept = state["kept_epoch"], state["kept"]
        loop.kept_model = state["kept_model"]
        loop.start = matches_of(state["start"])
        if kept is not None:
            parts = kept["by_modality"]
            held = Embeddings(
                entity_ids=loop.data.entity_ids,
                n_left=loop.data.n_left,
                joint=kept["joint"],
                by_modality={modality: parts[modality] for modality in loop.data.modalities},
                weights=kept["weights"],
            )
            loop.kept = held.on(loop.trainer.device)
            if loop.trainer.device.type != "cpu":
                loop.spare = held
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise _other_version(loop.id) from error


def _other_version(run_id: int) -> TrainingError:
    return TrainingError(
        f"the checkpoint of run {run_id} was written by another version of the program; train again"
    )
