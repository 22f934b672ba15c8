"""Metrics of a run's kept embeddings, by decoding, direction and candidate set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.alignment.assignment import one_to_one
from core.alignment.calibration import reliability
from core.alignment.candidates import best_pairs
from core.alignment.decoding import DECODINGS, Decoding, Offsets, csls_offsets
from core.alignment.metrics import Metrics, ranks, summarise
from core.alignment.similarity import Similarity, kept
from core.errors import TrainingError
from core.store.candidates import first_candidates
from core.store.project_file import ProjectFile
from core.store.runs import get_run, latest_run, run_pairs
from core.training.devices import pick_device
from core.training.embeddings import Embeddings, embeddings_path, load_embeddings

CandidateSet = Literal["test", "all"]
Decodings = Mapping[Decoding, Callable[[Similarity], Offsets]]
_ASSIGNED_OF = 10  # candidates of each left entity among which the one-to-one choice is made


def evaluate(
    project: ProjectFile, run_id: int | None = None, candidates: CandidateSet = "test"
) -> dict[str, Any]:
    """Rank the test links of a run, of the latest one without ``run_id``.

    ``candidates="test"`` ranks against the right entities of test links, as the literature does;
    ``"all"`` against all right entities, as a curator has to.

    Returns:
        What :func:`report` returns, and under ``calibration`` how far the stored probabilities can be
        trusted: ``{"ece": .., "pairs": .., "bins": [{"low": .., "high": .., "count": .., "mean": .., "right":
        ..}]}`` of the first candidate of each test link's left entity, among all right entities; the key is
        left out where the run has no probabilities or no test links.

    Raises:
        TrainingError: no such run, or its embeddings are missing.
    """
    with project.read() as session:
        run = latest_run(session) if run_id is None else get_run(session, run_id)
        if run is None:
            known = "this project has no finished run; train first"
            raise TrainingError(known if run_id is None else f"there is no run {run_id} in this project")
        test = run_pairs(session, run.id, "test")
        probability, right = first_candidates(session, run.id, "test")
    embeddings = load_embeddings(embeddings_path(project.sidecar, run.id), pick_device("auto"))
    result = report(run.id, embeddings, test, candidates)
    if len(probability):
        result["calibration"] = reliability(probability, right).as_dict()
    return result


def report(
    run_id: int,
    embeddings: Embeddings,
    test: NDArray[np.int64],
    candidates: CandidateSet,
    *,
    full: bool = True,
) -> dict[str, Any]:
    """Metrics of finding the other side of test links, from embeddings in memory.

    Where the run has support by matched neighbours, it is part of the similarity that is decoded, and
    ``without_support`` has the decodings of the embeddings alone, ``reverse_without_support`` those right to
    left.

    Returns:
        ``{"run": .., "candidates": .., "decodings": {"cosine": {"mrr": .., "hits@1": .., "hits@5": ..,
        "hits@10": ..}, "csls": .., "sinkhorn": ..}}``, left to right; under ``reverse`` the same right to
        left; and under ``assignment`` the one-to-one choice, which ranks nothing and so has no MRR:
        ``{"hungarian": {"hits@1": .., "precision": ..}}``, the share of the test links that it found, and of
        the counterparts that it gave to their left entities the share that is right; a link that was
        chosen is found from either side, so that this has no direction. All three are empty where the run
        has no test links; not ``full``, there is CSLS from left to right alone.
    """
    result: dict[str, Any] = {"run": run_id, "candidates": candidates}
    if not len(test):
        return result | {"decodings": {}, "reverse": {}, "assignment": {}}
    left, right = embeddings.positions(test)
    if candidates == "test":
        pools = torch.unique(left), torch.unique(right)
    else:
        everything = torch.arange(len(embeddings.entity_ids), device=left.device)
        pools = everything[: embeddings.n_left], everything[embeddings.n_left :]
    if not full:
        ranked = rank_pairs(embeddings, test, *pools, {"csls": csls_offsets})
        return result | {"decodings": ranked, "reverse": {}, "assignment": {}}
    similarity = kept(embeddings.similarity(*pools))
    rows, columns = (torch.searchsorted(pool, part) for pool, part in zip(pools, (left, right), strict=True))
    if embeddings.support is not None:
        alone = kept(replace(embeddings, support=None).similarity(*pools))
        there, back, _ = _both_ways(alone, rows, columns)
        result |= {"without_support": there, "reverse_without_support": back}
        del alone  # as large as what follows
    there, back, offsets = _both_ways(similarity, rows, columns)
    assigned = {"hungarian": _assigned(similarity, offsets["csls"], rows, columns)}
    return result | {"decodings": there, "reverse": back, "assignment": assigned}


def rank_pairs(
    embeddings: Embeddings,
    pairs: NDArray[np.int64],
    left_pool: Tensor,
    right_pool: Tensor,
    decodings: Decodings,
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
    similarity = kept(embeddings.similarity(left_pool, right_pool))
    rows, gold = torch.searchsorted(left_pool, left), torch.searchsorted(right_pool, right)
    return {
        name: summarise(ranks(similarity, rows, gold, decode(similarity).right))
        for name, decode in decodings.items()
    }


def _both_ways(
    similarity: Similarity, rows: Tensor, columns: Tensor
) -> tuple[dict[Decoding, Metrics], dict[Decoding, Metrics], dict[Decoding, Offsets]]:
    """Metrics left to right, right to left, and the offsets of every decoding.

    Args:
        similarity: of the left and right entities that compete.
        rows: the left entity of each link, as a row of ``similarity``. Shape: ``(m,)``.
        columns: its right entity. Shape: ``(m,)``.
    """
    offsets = {name: decode(similarity) for name, decode in DECODINGS.items()}
    other = similarity.transposed()
    there = {n: summarise(ranks(similarity, rows, columns, o.right)) for n, o in offsets.items()}
    back = {n: summarise(ranks(other, columns, rows, o.left)) for n, o in offsets.items()}
    return there, back, offsets


def _assigned(similarity: Similarity, csls: Offsets, rows: Tensor, gold: Tensor) -> Metrics:
    """The one-to-one choice with the highest total CSLS among each row's best columns, against the truth."""
    best = best_pairs(similarity, csls, _ASSIGNED_OF)
    worth = 2 * (best.scores + csls.left[:, None] + csls.right[best.columns])
    columns = best.columns.cpu().numpy()
    lefts = np.repeat(np.arange(len(columns)), columns.shape[1])
    score = worth.double().cpu().numpy().ravel()
    # Nobody is left alone but for want of a free candidate: the worst pair is still worth a little.
    chosen = one_to_one(lefts, columns.ravel(), score, alone=score.min() - 1e-3)
    answer = np.full(len(columns), -1)
    answer[lefts[chosen]] = columns.ravel()[chosen]
    asked = answer[rows.cpu().numpy()]
    found = int((asked == gold.cpu().numpy()).sum())
    return {"hits@1": found / len(asked), "precision": found / max(int((asked >= 0).sum()), 1)}
