"""What a pair's score is made of: one part for each modality, and one for neighbours that are matched.

The joint embedding is the modalities' embeddings of length 1 times their fusion weights w, side by side, of
length 1 (:func:`core.model.pmf.joint_embedding`). So the joint cosine is a sum over the modalities,
``w_left w_right cos / (|w_left| |w_right|)``. A run with support adds λ_s times the support, and the score is
the share of what is possible: ``(joint cosine + λ_s support) / (1 + λ_s)``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.modality import MODALITIES, Modality, with_a_place
from core.store.schema import Candidate, ModalityWeight, Run

Reasons = dict[Modality, str]  # why an entity takes no part in a modality


@dataclass(frozen=True, slots=True)
class ModalityEvidence:
    """What one modality says: how similar the pair is in it, and the fusion weight of either side.

    ``contribution`` is what that adds to the score. A number is None where there is none, and ``missing``
    then says why; it is empty where all are there.
    """

    modality: Modality
    similarity: float | None
    left_weight: float | None
    right_weight: float | None
    contribution: float | None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class SupportEvidence:
    """What matched neighbours say: the support in 0..1, and its ``share`` of the score, λ_s / (1 + λ_s).

    ``contribution`` is their product. All three are None where there is no support; ``missing`` says why.
    """

    support: float | None
    share: float | None
    contribution: float | None
    missing: str = ""


def score_parts(
    session: Session,
    run_id: int,
    candidate: Candidate | None,
    pair: tuple[int, int],
    lacks: tuple[Reasons, Reasons],
) -> tuple[tuple[ModalityEvidence, ...], SupportEvidence]:
    """The parts of one pair's score; the contributions add up to it.

    Args:
        session: of the project.
        run_id: the run that scored the pair.
        candidate: the pair as the run proposed it; None if it did not.
        pair: identifiers of the left and the right entity.
        lacks: what is missing of either entity.
    """
    run = session.get_one(Run, run_id)
    support = _support(run, candidate)
    rest = 1.0 - (support.share or 0.0)
    weights = [session.get(ModalityWeight, (run_id, entity)) for entity in pair]
    lengths = math.prod(_length(each) for each in weights)
    took_part = run.modalities.split(",")
    parts = []
    for modality in with_a_place(took_part):
        similarity = getattr(candidate, f"score_{modality}") if candidate else None
        left, right = (getattr(weight, modality) if weight else None for weight in weights)
        if similarity is None or left is None or right is None:
            missing = _reason(modality, candidate is not None, modality in took_part, lacks)
            parts.append(ModalityEvidence(modality, similarity, left, right, None, missing))
        else:
            contribution = rest * left * right * similarity / lengths
            parts.append(ModalityEvidence(modality, similarity, left, right, contribution))
    return tuple(parts), support


def shown_parts(parts: Sequence[float | None], total: float, digits: int = 2) -> list[str]:
    """Numbers as text with ``digits`` digits that add up to ``total`` as text, to the last digit.

    Rounded each by itself they would often be off by one or two in the last place; here those go up that lie
    closest below the next step (the method of the largest remainder). None becomes an empty text.
    """
    scale = 10**digits
    there = [i for i, part in enumerate(parts) if part is not None]
    scaled = {i: (parts[i] or 0.0) * scale for i in there}
    steps = {i: math.floor(value) for i, value in scaled.items()}
    left_over = round(total * scale) - sum(steps.values())
    for i in sorted(there, key=lambda i: steps[i] - scaled[i])[: max(0, left_over)]:
        steps[i] += 1
    return [f"{steps[i] / scale:.{digits}f}" if i in steps else "" for i in range(len(parts))]


def _length(weights: ModalityWeight | None) -> float:
    """|w| of one entity; 1 where it has no weight at all, and so no part in the score either."""
    if weights is None:
        return 1.0
    values = (getattr(weights, modality) or 0.0 for modality in MODALITIES)
    return math.hypot(*values) or 1.0


def _support(run: Run, candidate: Candidate | None) -> SupportEvidence:
    # Not by RunConfig: runs of earlier versions have no such setting, and its default was not theirs.
    weight = float(json.loads(run.config_json).get("training", {}).get("support_weight", 0.0))
    if not weight:
        return SupportEvidence(None, None, None, "this run asked for none")
    if candidate is None:
        return SupportEvidence(None, None, None, "pair not scored by this run")
    if candidate.score_support is None:
        return SupportEvidence(None, None, None, "not stored by this run")
    share = weight / (1.0 + weight)
    return SupportEvidence(candidate.score_support, share, share * candidate.score_support)


def _reason(modality: Modality, proposed: bool, took_part: bool, lacks: tuple[Reasons, Reasons]) -> str:
    if not took_part:
        return "not part of this run"
    left, right = (side.get(modality, "") for side in lacks)
    if left and right:
        return f"{left} on either side" if left == right else f"{left} left, {right} right"
    if left or right:
        return f"{left or right} on the {'left' if left else 'right'}"
    return "not stored by this run" if proposed else "pair not scored by this run"
