"""Known links split into seeds, validation and test, and what curators' verdicts make of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from core.config import TrainingConfig
from core.errors import TrainingError
from core.store.arrays import KnownLinks, Verdicts

Pairs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Split:
    """(left, right) identifiers by role. Shapes: ``(m, 2)``.

    ``alone`` are left entities of which a curator said that they have no counterpart. Shape: ``(u,)``.
    """

    seed: Pairs
    validation: Pairs
    test: Pairs
    accepted: Pairs = field(default_factory=lambda: np.empty((0, 2), np.int64))
    rejected: Pairs = field(default_factory=lambda: np.empty((0, 2), np.int64))
    alone: Pairs = field(default_factory=lambda: np.empty(0, np.int64))

    @property
    def known(self) -> Pairs:
        """The pairs that are trained on and that support spreads from: seeds and accepted pairs."""
        return np.concatenate([self.seed, self.accepted])


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


def with_verdicts(split: Split, verdicts: Verdicts) -> Split:
    """The split as curators corrected it.

    An accepted pair is trained on, and so no longer tested. One that is held out for validation stays there,
    where it chooses the epoch and calibrates. A link that a verdict contradicts is neither a seed nor
    validated with; it stays in the test, which measures against the links as they were given. No validation
    link has one end in an accepted pair: what is sought would be known otherwise.

    Raises:
        TrainingError: no seed is left.
    """
    known = np.concatenate([split.seed, split.validation])
    seed = _not_contradicted(split.seed, verdicts)
    validation = _not_contradicted(split.validation, verdicts)
    accepted = verdicts.accepted[~_among(verdicts.accepted, known)]
    if not len(seed) and not len(accepted):
        raise TrainingError(
            f"verdicts contradict all {len(split.seed):,} seeds, so that none is left to train on; raise "
            "seed_ratio, or accept pairs"
        )
    met = np.isin(validation, verdicts.accepted).any(axis=1)
    return replace(
        split,
        seed=seed,
        validation=validation[~met | _among(validation, verdicts.accepted)],
        test=split.test[~_among(split.test, verdicts.accepted)],
        accepted=accepted,
        rejected=verdicts.rejected,
        alone=verdicts.alone,
    )


def unseen(split: Split, taught: Pairs) -> Split:
    """The split for a model that was taught some pairs before: neither validated nor tested with them.

    The pairs are those of the runs that it comes from: verdicts that were taken back and links that were
    imported since draw other seeds than theirs.
    """
    return replace(
        split,
        validation=split.validation[~_among(split.validation, taught)],
        test=split.test[~_among(split.test, taught)],
    )


def told(before: Split, after: Split) -> list[str]:
    """What verdicts changed of a split, as sentences for people; empty where there are none."""
    moved = len(before.test) - len(after.test)
    contradicted = len(before.seed) + len(before.validation) - len(after.seed) - len(after.validation)
    parts = (
        (len(after.accepted), "accepted {pairs} taught as seeds", "pair", "pairs"),
        (moved, "{pairs} left the test for that", "link", "links"),
        (len(after.rejected), "rejected {pairs} told apart", "pair", "pairs"),
        (len(after.alone), "{pairs} kept out of matches for having no counterpart", "entity", "entities"),
        (contradicted, "known {pairs} no longer used, which verdicts contradict", "link", "links"),
    )
    said = [f"{number:,} {text.format(pairs=one if number == 1 else many)}"
            for number, text, one, many in parts if number]  # fmt: skip
    return [f"Verdicts: {'; '.join(said)}"] if said else []


def _not_contradicted(links: Pairs, verdicts: Verdicts) -> Pairs:
    return links[~(_among(links, verdicts.rejected) | np.isin(links[:, 0], verdicts.alone))]


def _among(pairs: Pairs, others: Pairs) -> NDArray[np.bool_]:
    """Which pairs are among others. Shape: ``(m,)``."""
    held = set(map(tuple, others.tolist()))
    return np.array([tuple(pair) in held for pair in pairs.tolist()], dtype=bool)
