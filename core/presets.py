"""Named settings to start from: what the window offers first, and what the demo is trained with."""

from __future__ import annotations

from dataclasses import dataclass

from core.config import RunConfig
from core.modality import MODALITIES


@dataclass(frozen=True, slots=True)
class Preset:
    """A complete configuration with words for people."""

    name: str
    title: str
    description: str
    config: RunConfig


QUICK = Preset(
    "quick",
    "Quick look",
    "100 epochs of a small model: a first impression within minutes on a laptop",
    RunConfig().replace(epochs=100, dimension=128, seed_ratio=0.3, validation_ratio=0.1, evaluate_every=10),
)
DEFAULT = Preset(
    "default",
    "Default",
    "Stops when the held-out seeds gain nothing any more, 300 epochs at most; reads names, too",
    RunConfig().replace(modalities=MODALITIES, epochs=300, validation_ratio=0.1, patience=5),
)
THOROUGH = Preset(
    "thorough",
    "Thorough",
    "From epoch 60 on it also learns from the matches it found itself: several times slower, the best result",
    RunConfig().replace(
        modalities=MODALITIES,
        epochs=120,
        validation_ratio=0.1,
        iterative="propagation",
        iterative_start=60,
        iterative_every=20,
    ),
)
PAPER = Preset(
    "paper",
    "As in the paper",
    "Section 5.1 and the equations to the letter: d = 400, ReLU, plain counts, summed divergences, "
    "the pivot at score 1, 1000 epochs, pseudo-seeds from epoch 500",
    RunConfig().replace(
        dimension=400,
        activation="relu",
        bag="counts",
        kl_reduction="sum",
        pivot_score="one",
        validation_ratio=0.1,
        iterative="paper",
        support_weight=0,
    ),
)
PRESETS: tuple[Preset, ...] = (QUICK, DEFAULT, THOROUGH, PAPER)
