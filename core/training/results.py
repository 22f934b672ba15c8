"""What a run leaves behind: embeddings beside the project, candidates and fusion weights in its store."""

from __future__ import annotations

from collections.abc import Generator

import torch

from core.alignment.candidates import propose
from core.store import runs
from core.store.project_file import ProjectFile
from core.training.embeddings import Embeddings, embeddings_path, save_embeddings
from core.training.events import Event, Progress

_PART = 10_000  # rows a transaction: a curator's verdict waits for one of them at most


def write_results(
    project: ProjectFile, run_id: int, embeddings: Embeddings, top_k: int
) -> Generator[Event, None, int]:
    """Write all that others read of a run; returns how many candidates there are."""
    yield Progress("ranking candidates", 0, 0)
    save_embeddings(embeddings_path(project.sidecar, run_id), embeddings)
    ids, n_left = embeddings.entity_ids, embeddings.n_left
    candidates = propose(
        embeddings.joint[:n_left],
        embeddings.joint[n_left:],
        {modality: (part[:n_left], part[n_left:]) for modality, part in embeddings.by_modality.items()},
        (ids[:n_left], ids[n_left:]),
        top_k,
    )
    weights = embeddings.weights.masked_fill(embeddings.weights == 0, torch.nan).cpu().numpy()
    with project.write() as session:
        runs.clear_results(session, run_id)
    for start in range(0, len(candidates), _PART):
        yield Progress("writing candidates", start, len(candidates))
        with project.write() as session:
            runs.add_candidates(session, run_id, candidates, slice(start, start + _PART))
    for start in range(0, len(ids), _PART):
        part = slice(start, start + _PART)
        with project.write() as session:
            columns = {modality: weights[part, i] for i, modality in enumerate(embeddings.by_modality)}
            runs.add_modality_weights(session, run_id, ids[part], columns)
    return len(candidates)
