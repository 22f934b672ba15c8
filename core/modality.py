"""The modalities, in the one order used everywhere."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, get_args

Modality = Literal["structure", "relation", "attribute", "visual", "name"]
MODALITIES: tuple[Modality, ...] = get_args(Modality)
PAPER_MODALITIES: tuple[Modality, ...] = ("structure", "relation", "attribute", "visual")
JOINT = "joint"

# What a score is the sum of: the modalities, and the support by matched neighbours.
Part = Modality | Literal["support"]
Parts = frozenset[Part]


def with_a_place(took_part: Collection[str]) -> tuple[Modality, ...]:
    """The modalities that tables and views have a place for: the paper's, and others that took part."""
    return tuple(each for each in MODALITIES if each in PAPER_MODALITIES or each in took_part)
