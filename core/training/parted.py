"""The similarity of a run's entities as the sum of its parts, any of which can be left out.

The parts are the modalities and, where the run counts matched neighbours, the support by them. The joint
cosine is a sum over the modalities (:mod:`core.review.score_parts`); a modality that is left out has the
weight 0 for every entity, and the weights of the others are made of length 1 again.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.alignment.blocks import row_blocks
from core.alignment.decoding import CSLS_NEIGHBOURS, Nearest
from core.modality import Modality, Parts
from core.training.embeddings import Embeddings

Integers = NDArray[np.int64]

Rows = slice | Integers

ALL = slice(None)
_FEW = 2**20  # pairs of which the nearness of all entities is worked out at once


class Parted:
    """Blocks of the similarity, part by part; side 0 is the left one."""

    def __init__(self, embeddings: Embeddings) -> None:
        n_left = embeddings.n_left
        self.ids = embeddings.entity_ids[:n_left], embeddings.entity_ids[n_left:]
        self.modalities: tuple[Modality, ...] = tuple(embeddings.by_modality)
        self.support_weight = embeddings.support_weight if embeddings.support is not None else 0.0
        weights = embeddings.weights
        self._weights = weights[:n_left], weights[n_left:]
        self._vectors = tuple((part[:n_left], part[n_left:]) for part in embeddings.by_modality.values())
        self._support = embeddings.support if self.support_weight else None
        self._nearness = {
            key: (both[:n_left], both[n_left:]) for key, both in embeddings.nearness.items()
        }  # by :func:`_key`

    @property
    def parts(self) -> Parts:
        """What the similarity is the sum of."""
        modalities: Parts = frozenset(self.modalities)
        return modalities | {"support"} if self.support_weight else modalities

    def highest(self, without: Parts = frozenset()) -> float:
        """What the similarity of two entities would be that agree in everything that counts."""
        kept = self.parts - without
        return float(bool(kept - {"support"})) + (self.support_weight if "support" in kept else 0.0)

    def products(self, side: int, rows: Rows, columns: Rows = ALL) -> list[Tensor]:
        """Of some entities of a side and some of the other: of each modality, weighed, then of the support.

        Shapes: ``(b, n)``.
        """
        weights, theirs = self._weights[side][rows], self._weights[1 - side][columns]
        found = []
        for i, vectors in enumerate(self._vectors):
            product = (vectors[side][rows] * weights[:, i, None]) @ vectors[1 - side][columns].T
            found.append(product.mul_(theirs[:, i]))
        if self._support is not None:
            evidence = (self._support.left, self._support.right)[side][rows]
            support = torch.from_numpy((evidence @ self._support.turned[1 - side][:, columns]).toarray())
            found.append(support.to(weights).mul_(self.support_weight))
        return found

    def combined(
        self, products: list[Tensor], side: int, rows: Rows, without: Parts, columns: Rows = ALL
    ) -> Tensor:
        """The similarity from its products, without some parts. Shape: ``(b, n)``."""
        kept = [i for i, modality in enumerate(self.modalities) if modality not in without]
        out = torch.zeros_like(products[0])
        for i in kept:
            out += products[i]
        out /= _lengths(self._weights[side][rows], kept)[:, None]
        out /= _lengths(self._weights[1 - side][columns], kept)
        if self.support_weight and "support" not in without:
            out += products[-1]
        return out

    def keeps_nearness(self, without: Parts) -> bool:
        """Whether :meth:`nearness` costs next to nothing for all entities: it is kept, or they are few."""
        key, sizes = _key(without), [len(ids) for ids in self.ids]
        if key not in self._nearness and sizes[0] * sizes[1] <= _FEW:
            self._nearness |= self._find_nearness([without])
        return key in self._nearness

    def nearness(self, side: int, rows: Integers, without: Parts) -> Tensor:
        """Mean similarity of some entities of a side to their nearest ones on the other. Shape: ``(b,)``."""
        if self.keeps_nearness(without):
            return self._nearness[_key(without)][side][rows]
        return self.nearness_at_least(side, rows, np.arange(len(self.ids[1 - side])), without)

    def nearness_at_least(self, side: int, rows: Integers, columns: Integers, without: Parts) -> Tensor:
        """The same as if some entities of the other side were all: as much or less. Shape: ``(b,)``."""
        out = self._weights[side].new_empty(len(rows))
        for some in row_blocks(len(rows), len(columns)):
            products = self.products(side, rows[some], columns)
            block = self.combined(products, side, rows[some], without, columns)
            nearest = block.topk(min(CSLS_NEIGHBOURS, len(columns)), dim=1, sorted=False).values
            out[some] = nearest.mean(dim=1)
        return out

    def nearness_without_each(self) -> dict[str, Tensor]:
        """With all parts, and without each, for :attr:`Embeddings.nearness`. Shapes: ``(n,)``."""
        parts: list[Parts] = [frozenset({part}) for part in self.parts]
        left_out: list[Parts] = [frozenset(), *(part for part in parts if part != self.parts)]
        return {key: torch.cat(both) for key, both in self._find_nearness(left_out).items()}

    def _find_nearness(self, left_out: Iterable[Parts]) -> dict[str, tuple[Tensor, Tensor]]:
        """In one reading, since the products cost the most."""
        sizes = len(self.ids[0]), len(self.ids[1])
        like = self._weights[0]
        found = {without: Nearest(like.new_zeros(sizes[0]), like.new_zeros(sizes[1])) for without in left_out}
        for rows in row_blocks(*sizes):
            products = self.products(0, rows)
            for without, nearest in found.items():
                nearest.add(rows, self.combined(products, 0, rows, without))
        return {_key(without): nearest.means() for without, nearest in found.items()}


def _key(without: Parts) -> str:
    return "+".join(sorted(without))


def _lengths(weights: Tensor, kept: list[int]) -> Tensor:
    """Of the weights that count; 1 for an entity without any, whose products are 0. Shape: ``(b,)``."""
    lengths: Tensor = torch.linalg.vector_norm(weights[:, kept], dim=1)
    return lengths.masked_fill(lengths == 0, 1.0)
