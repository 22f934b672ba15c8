"""What a run leaves behind, to compare one with another."""

from __future__ import annotations

import dataclasses
from typing import Any

import torch
from sqlalchemy import select, text

from core.store import runs
from core.store.epochs import run_epochs
from core.store.project_file import ProjectFile
from core.store.schema import Candidate
from core.training.embeddings import embeddings_path, load_embeddings


def run_result(project: ProjectFile, run_id: int) -> dict[str, Any]:
    """All that a run leaves, but for times."""
    kept = load_embeddings(embeddings_path(project.sidecar, run_id), torch.device("cpu"))
    with project.read() as session:
        run = runs.get_run(session, run_id)
        assert run is not None
        epochs = [dataclasses.replace(info, seconds=0, memory=None) for info in run_epochs(session, run_id)]
        pseudo = session.execute(
            text(
                "SELECT left_id, right_id, role, pseudo_epoch FROM run_seed WHERE run_id = :run"
                " ORDER BY left_id, right_id, role"
            ),
            {"run": run_id},
        ).all()
        candidates = session.execute(
            select(Candidate.left_id, Candidate.right_id, Candidate.rank, Candidate.score)
            .where(Candidate.run_id == run_id)
            .order_by(Candidate.left_id, Candidate.rank)
        ).all()
    return {
        "joint": kept.joint.numpy().tobytes(),
        "weights": kept.weights.numpy().tobytes(),
        "run": (run.status, run.best_epoch, run.error, (run.metrics_json or "").partition("decodings")[2]),
        "epochs": epochs,
        "seeds": pseudo,
        "candidates": candidates,
    }
