"""A refresh: a short run that takes in the verdicts since another one, whose model it begins with.

Knows no tensors, so that the window can ask for one at once.
"""

from __future__ import annotations

from core.config import RunConfig
from core.errors import TrainingError
from core.store.project_file import ProjectFile
from core.store.run_files import model_path
from core.store.runs import RunInfo, list_runs

REFRESH_EPOCHS = 3  # with those of a whole run behind it, the model needs few to take in some verdicts


def run_to_refresh(project: ProjectFile) -> RunInfo:
    """The newest run that has candidates and kept its model.

    Raises:
        TrainingError: there is none.
    """
    with project.read() as session:
        found = [run for run in list_runs(session) if run.best_epoch is not None]
    for run in found:
        if model_path(project.sidecar, run.id).exists():
            return run
    raise TrainingError("there is no run whose model could be refreshed; train first")


def refresh_config(run: RunInfo) -> RunConfig:
    """The settings of a run that takes in the verdicts since ``run``: its own, for a few epochs."""
    return RunConfig.from_json(run.config_json).replace(
        epochs=REFRESH_EPOCHS,
        # From the candidates of that run on; with none at all refreshes swing between two states.
        support_rounds=1,
        evaluate_every=REFRESH_EPOCHS,
        patience=0,
        iterative="off",
        schedule="constant",
        checkpoint_every=0,
        measure="csls",
        use_verdicts=True,
    )
