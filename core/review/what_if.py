"""What becomes of a pair's score and rank when parts of the score are left out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.modality import Part, Parts
from core.training.embeddings import Embeddings, embeddings_path, load_embeddings
from core.training.parted import Parted

_NEAR = 256


@dataclass(frozen=True, slots=True)
class Standing:
    """A pair's score, the right entity's rank for the left one, and the left one's for the right."""

    score: float
    rank: int
    rank_back: int


@dataclass(frozen=True, slots=True)
class WhatIfAnswer:
    """How a pair stands with all parts and without some, among how many right and left entities."""

    pair: tuple[int, int]
    without: Parts
    before: Standing
    after: Standing
    of: int
    of_back: int


class WhatIf:
    """The embeddings of a run, to be asked about its pairs."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._parted = Parted(embeddings)

    @classmethod
    def of_run(cls, sidecar: Path, run_id: int) -> WhatIf:
        """Read what a run kept.

        Raises:
            TrainingError: it is missing or damaged.
        """
        return cls(load_embeddings(embeddings_path(sidecar, run_id), torch.device("cpu")))

    @property
    def parts(self) -> Parts:
        """What the scores of the run are made of."""
        return self._parted.parts

    def ask(self, pair: tuple[int, int], without: Collection[Part]) -> WhatIfAnswer:
        """How the pair (left id, right id) stands with all parts, and without some.

        Ranks are by CSLS among all entities of the other side, as those of
        :func:`core.alignment.candidates.propose`.

        Raises:
            LookupError: the run did not have one of the entities.
            ValueError: no part would be left.
        """
        left_out = frozenset(without) & self.parts
        if left_out == self.parts:
            raise ValueError("nothing is left to score by")
        places = tuple(self._place(side, entity) for side, entity in enumerate(pair))
        products = [self._parted.products(side, slice(place, place + 1)) for side, place in enumerate(places)]
        before, after = (self._standing(places, products, each) for each in (frozenset(), left_out))
        left, right = self._parted.ids
        return WhatIfAnswer(pair, left_out, before, after, len(right), len(left))

    def _standing(self, places: tuple[int, ...], products: list[list[Tensor]], without: Parts) -> Standing:
        similar = [
            self._parted.combined(products[side], side, slice(place, place + 1), without)[0]
            for side, place in enumerate(places)
        ]
        score = float((similar[0][places[1]] / self._parted.highest(without)).clamp(-1, 1))
        return Standing(score, *(self._rank(side, places[1 - side], similar, without) for side in (0, 1)))

    def _rank(self, side: int, other: int, similar: list[Tensor], without: Parts) -> int:
        """By CSLS, of an entity of the other side for the one whose similarities are those of ``side``."""
        own = similar[side][other] - self._parted.nearness(1 - side, np.array([other]), without)[0] / 2
        rivals = np.arange(len(similar[side]))
        if not self._parted.keeps_nearness(without):
            # No entity of a large graph is opposite to its nearest ones, and most of these are also near the
            # other entity of the pair: so few are left whose nearness must be worked out.
            rivals = rivals[(similar[side] > own).numpy()]
            near = similar[1 - side].topk(min(_NEAR, len(similar[1 - side]))).indices.numpy()
            at_least = self._parted.nearness_at_least(1 - side, rivals, near, without)
            rivals = rivals[(similar[side][rivals] - at_least / 2 > own).numpy()]
        rivals = rivals[rivals != other]  # rounded otherwise it might come before itself
        far = self._parted.nearness(1 - side, rivals, without)
        return int((similar[side][rivals] - far / 2 > own).sum()) + 1

    def _place(self, side: int, entity_id: int) -> int:
        ids = self._parted.ids[side]
        row = int(np.searchsorted(ids, entity_id))
        if row == len(ids) or ids[row] != entity_id:
            raise LookupError(f"no entity {entity_id} in this run")
        return row
