"""The modalities of the paper, in the one order used everywhere."""

from __future__ import annotations

from typing import Literal, get_args

Modality = Literal["structure", "relation", "attribute", "visual"]
MODALITIES: tuple[Modality, ...] = get_args(Modality)
JOINT = "joint"
