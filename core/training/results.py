"""What a run leaves behind: embeddings beside the project, candidates and fusion weights in its store."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from core.alignment import calibration
from core.alignment.candidates import propose
from core.alignment.decoding import plan_probability, sinkhorn_offsets
from core.alignment.neighbours import Matches
from core.alignment.similarity import Similarity, kept
from core.store import runs
from core.store.candidate_columns import columns_of, pack_candidates
from core.store.candidate_facts import candidate_facts
from core.store.project_file import ProjectFile
from core.training.embeddings import Embeddings, embeddings_path, save_embeddings
from core.training.events import Event, Progress
from core.training.parted import Parted
from core.training.teaching import candidate_gains

_MOST_PAIRS = 2**30  # 32,000 entities a side; of larger graphs it is worked out when somebody asks what if
_PART = 10_000  # rows a transaction: a curator's verdict waits for one of them at most


def write_results(
    project: ProjectFile, run_id: int, embeddings: Embeddings, top_k: int, what_if: bool = True
) -> Generator[Event, None, Matches]:
    """Write all that others read of a run; returns the candidates with Sinkhorn's probabilities.

    Without ``what_if`` its answers are prepared once somebody asks, which takes seconds then, not now.
    """
    yield Progress("ranking candidates", 0, 0)
    if what_if and embeddings.n_left * (len(embeddings.entity_ids) - embeddings.n_left) <= _MOST_PAIRS:
        embeddings = replace(embeddings, nearness=Parted(embeddings).nearness_without_each())
    save_embeddings(embeddings_path(project.sidecar, run_id), embeddings)
    ids, n_left = embeddings.entity_ids, embeddings.n_left
    similarity = kept(embeddings.similarity(slice(n_left), slice(n_left, None)))
    candidates = propose(
        similarity,
        {modality: (part[:n_left], part[n_left:]) for modality, part in embeddings.by_modality.items()},
        (ids[:n_left], ids[n_left:]),
        top_k,
    )
    yield Progress("calibrating probabilities", 0, 0)
    plan = planned(candidates, similarity, (ids[:n_left], ids[n_left:]))
    with project.read() as session:
        validation = runs.run_pairs(session, run_id, "validation")
    if len(validation):
        candidates = calibrated(candidates, plan.probability, validation)
    if embeddings.support is not None:
        pairs = zip((ids[:n_left], ids[n_left:]), (candidates.left_id, candidates.right_id), strict=True)
        support = embeddings.support.of(*(np.searchsorted(side, chosen) for side, chosen in pairs))
        candidates = replace(candidates, support=support)
    # Decodings need the similarity as it is; people read a share of what is possible.
    score = (candidates.score / np.float32(embeddings.highest)).clip(-1, 1)
    candidates = replace(candidates, score=score)
    weights = embeddings.weights.masked_fill(embeddings.weights == 0, torch.nan).cpu().numpy()
    facts = candidate_facts(candidates)
    with _all_or_none(project, run_id):
        for start in range(0, len(candidates), _PART):
            yield Progress("writing candidates", start, len(candidates))
            part = slice(start, start + _PART)
            with project.write() as session:
                runs.add_candidates(session, run_id, candidates, part, facts.rows(part))
        with project.read() as session:
            packed = columns_of(session, run_id, candidates, facts)
            gain = candidate_gains(session, run_id, packed).astype(np.float32)
        with project.write() as session:
            pack_candidates(session, run_id, replace(packed, gain=gain))
        for start in range(0, len(ids), _PART):
            part = slice(start, start + _PART)
            with project.write() as session:
                columns = {modality: weights[part, i] for i, modality in enumerate(embeddings.by_modality)}
                runs.add_modality_weights(session, run_id, ids[part], columns)
    return plan


@contextmanager
def _all_or_none(project: ProjectFile, run_id: int) -> Iterator[None]:
    """Rows that are written in several transactions: where one fails, such as on a full disk, none stay."""

    def clear() -> None:
        with project.write() as session:
            runs.clear_results(session, run_id)

    clear()
    try:
        yield
    except Exception:
        clear()
        raise


def planned(
    candidates: runs.Candidates,
    similarity: Similarity,
    entity_ids: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> Matches:
    """The candidates by row of either side, with their probability in Sinkhorn's plan.

    Args:
        candidates: the proposed pairs.
        similarity: of all entities, which the pairs were proposed by.
        entity_ids: identifiers of both sides, ascending.
    """
    pairs = zip(entity_ids, (candidates.left_id, candidates.right_id), strict=True)
    rows, columns = (np.searchsorted(side, chosen) for side, chosen in pairs)
    offsets = sinkhorn_offsets(similarity)
    plan = plan_probability(
        torch.from_numpy(candidates.score).to(offsets.left),
        offsets,
        *(torch.from_numpy(part).to(offsets.left.device) for part in (rows, columns)),
    )
    return Matches(rows, columns, plan.double().cpu().numpy())


def calibrated(
    candidates: runs.Candidates, plan: NDArray[np.float64], validation: NDArray[np.int64]
) -> runs.Candidates:
    """The candidates with the probability that each is right, learned from those of the validation links.

    Args:
        candidates: the proposed pairs.
        plan: their probability in Sinkhorn's plan. Shape: ``(p,)``.
        validation: (left, right) identifiers of links that the model was not trained on. Shape: ``(m, 2)``.
    """
    left, right = candidates.left_id, candidates.right_id
    known = np.isin(left, validation[:, 0])
    pairs = set(map(tuple, validation.tolist()))
    truth = [pair in pairs for pair in zip(left[known].tolist(), right[known].tolist(), strict=True)]
    calibrate = calibration.fit(plan[known], np.array(truth))
    return replace(candidates, probability=calibrate(plan))
