"""Metrics of a run's kept embeddings, by decoding and candidate set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.alignment.decoding import DECODINGS, Decoding
from core.alignment.metrics import Metrics, ranks, summarise
from core.errors import TrainingError
from core.store.project_file import ProjectFile
from core.store.runs import get_run, latest_run, run_pairs
from core.training.devices import pick_device
from core.training.embeddings import Embeddings, embeddings_path, load_embeddings

CandidateSet = Literal["test", "all"]


def evaluate(
    project: ProjectFile, run_id: int | None = None, candidates: CandidateSet = "test"
) -> dict[str, Any]:
    """Rank the test links of a run, of the latest one without ``run_id``.

    ``candidates="test"`` ranks against the right entities of test links, as the literature does;
    ``"all"`` against all right entities, as a curator has to.

    Returns:
        ``{"run": .., "candidates": .., "decodings": {"cosine": {"mrr": .., "hits@1": .., "hits@10": ..},
        "csls": .., "sinkhorn": ..}}``, without decodings where the run has no test links.

    Raises:
        TrainingError: no such run, or its embeddings are missing.
    """
    with project.read() as session:
        run = latest_run(session) if run_id is None else get_run(session, run_id)
        if run is None:
            known = "this project has no finished run; train first"
            raise TrainingError(known if run_id is None else f"there is no run {run_id} in this project")
        test = run_pairs(session, run.id, "test")
    embeddings = load_embeddings(embeddings_path(project.sidecar, run.id), pick_device("auto"))
    return report(run.id, embeddings, test, candidates)


def report(
    run_id: int, embeddings: Embeddings, test: NDArray[np.int64], candidates: CandidateSet
) -> dict[str, Any]:
    """What :func:`evaluate` returns, from embeddings in memory."""
    decodings: dict[Decoding, Metrics] = {}
    if len(test):
        if candidates == "test":
            decodings = rank_among_pairs(embeddings, test)
        else:
            rows = torch.arange(len(embeddings.entity_ids), device=embeddings.joint.device)
            decodings = rank_pairs(
                embeddings, test, rows[: embeddings.n_left], rows[embeddings.n_left :], tuple(DECODINGS)
            )
    return {"run": run_id, "candidates": candidates, "decodings": decodings}


def rank_among_pairs(
    embeddings: Embeddings, pairs: NDArray[np.int64], decodings: Sequence[Decoding] = tuple(DECODINGS)
) -> dict[Decoding, Metrics]:
    """Rank pairs against the entities of the pairs alone."""
    left, right = embeddings.positions(pairs)
    return rank_pairs(embeddings, pairs, torch.unique(left), torch.unique(right), decodings)


def rank_pairs(
    embeddings: Embeddings,
    pairs: NDArray[np.int64],
    left_pool: Tensor,
    right_pool: Tensor,
    decodings: Sequence[Decoding],
) -> dict[Decoding, Metrics]:
    """Metrics of finding each pair's right entity.

    Args:
        embeddings: of all entities.
        pairs: (left, right) identifiers. Shape: ``(m, 2)``, not empty.
        left_pool: rows of the left entities that compete for right ones (CSLS, Sinkhorn), ascending.
        right_pool: rows of the right entities that each left one is ranked against, ascending.
        decodings: which to report.
    """
    left, right = embeddings.positions(pairs)
    queries, pool = embeddings.joint[left], embeddings.joint[right_pool]
    competitors = embeddings.joint[left_pool]
    gold = torch.searchsorted(right_pool, right)
    return {
        name: summarise(ranks(queries, pool, gold, DECODINGS[name](competitors, pool))) for name in decodings
    }
