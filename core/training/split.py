"""Known links split into seeds, validation and test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.config import TrainingConfig
from core.errors import TrainingError

Pairs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Split:
    """(left, right) identifiers by role. Shapes: ``(m, 2)``."""

    seed: Pairs
    validation: Pairs
    test: Pairs


def split_links(links: Pairs, config: TrainingConfig) -> Split:
    """Draw the seeds, hold a share of them out for validation, and leave the rest to the test.

    Raises:
        TrainingError: there are no links, or the shares leave no seed.
    """
    if not len(links):
        raise TrainingError(
            "training needs known links (seeds) and this project has none; import a links file first"
        )
    shuffled = links[np.random.default_rng(config.random_seed).permutation(len(links))]
    given = round(config.seed_ratio * len(links))
    held_out = round(config.validation_ratio * given)
    if given - held_out < 1:
        raise TrainingError(
            f"a seed ratio of {config.seed_ratio:g} and a validation ratio of {config.validation_ratio:g} "
            f"leave no seed of {len(links)} known links; raise seed_ratio"
        )
    return Split(shuffled[held_out:given], shuffled[:held_out], shuffled[given:])
