"""Known links split into seeds, validation and test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.config import TrainingConfig
from core.errors import TrainingError
from core.store.arrays import KnownLinks

Pairs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Split:
    """(left, right) identifiers by role. Shapes: ``(m, 2)``."""

    seed: Pairs
    validation: Pairs
    test: Pairs


def split_links(links: KnownLinks, config: TrainingConfig) -> Split:
    """Draw the seeds, hold a share of them out for validation, and leave the rest to the test.

    Drawn from are the links that came with the graphs. Those imported as seeds are all seeds, those imported
    as a reference all test.

    Raises:
        TrainingError: there are no links, or the shares leave no seed.
    """
    if not len(links):
        raise TrainingError(
            "training needs known links (seeds) and this project has none; import a links file first"
        )
    plain = links.plain
    shuffled = plain[np.random.default_rng(config.random_seed).permutation(len(plain))]
    given = round(config.seed_ratio * len(plain))
    held_out = round(config.validation_ratio * given)
    if given - held_out + len(links.seeds) < 1:
        if not len(plain):
            raise TrainingError("all known links are a reference, which is not trained on; import seeds too")
        raise TrainingError(
            f"a seed ratio of {config.seed_ratio:g} and a validation ratio of {config.validation_ratio:g} "
            f"leave no seed of {len(plain)} known links; raise seed_ratio"
        )
    return Split(
        seed=np.concatenate([links.seeds, shuffled[held_out:given]]),
        validation=shuffled[:held_out],
        test=np.concatenate([links.reference, shuffled[given:]]),
    )
