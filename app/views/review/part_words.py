"""The parts of a score in words and colours."""

from __future__ import annotations

from app import theme
from app.models.candidate_model import percent
from core.modality import Part
from core.review.score_parts import ModalityEvidence, SupportEvidence

Evidence = ModalityEvidence | SupportEvidence
SUPPORT = "matched neighbours"


def part_of(evidence: Evidence) -> Part:
    """Which part it is about."""
    return "support" if isinstance(evidence, SupportEvidence) else evidence.modality


def name_of(part: Part) -> str:
    """What people call it."""
    return SUPPORT if part == "support" else part


def color_of(part: Part) -> str:
    """The colour of its bars."""
    return theme.SUPPORT_COLOR if part == "support" else theme.MODALITY_COLORS[part]


def value_of(evidence: Evidence) -> float | None:
    """Its similarity, or support."""
    return evidence.support if isinstance(evidence, SupportEvidence) else evidence.similarity


def weights_of(evidence: Evidence) -> tuple[float | None, float | None]:
    """Fusion weights of either side; support has one share of the score for both."""
    if isinstance(evidence, SupportEvidence):
        return evidence.share, evidence.share
    return evidence.left_weight, evidence.right_weight


def in_words(evidence: Evidence, contribution: str) -> str:
    """All its numbers, as a sentence; ``contribution`` is what it adds, empty where it adds nothing."""
    adds = f"; adds {contribution} to the score" if contribution else ""
    if isinstance(evidence, SupportEvidence):
        if evidence.support is None or evidence.share is None:
            return f"{SUPPORT}: missing ({evidence.missing})"
        counts = f"counts for {percent(evidence.share)} of the score"
        return f"{SUPPORT}: support {evidence.support:.4f}, which {counts}{adds}"
    similarity = (
        f"{evidence.similarity:.4f}" if evidence.similarity is not None else f"missing ({evidence.missing})"
    )
    weights = (evidence.left_weight, evidence.right_weight)
    left, right = ("none" if w is None else f"{w:.4f}" for w in weights)
    return f"{evidence.modality}: similarity {similarity}, weight left {left}, right {right}{adds}"
