"""Bags of words over relation and attribute types (the inputs w_i of eq. 4)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.config import Bag

Integers = NDArray[np.int64]


def relation_bag(triples: Sequence[Integers], words: int, n: int, kind: Bag) -> csr_array:
    """Relation types around each entity.

    Args:
        triples: for each graph, rows of (head position, word, tail position). Shapes: ``(m, 3)``.
        words: the number of relation types, as the last word plus one.
        n: number of entities of both graphs.
        kind: ``counts`` counts a type on either side of the entity; ``weighted`` keeps the sides apart.

    Returns:
        Shape: ``(n, words)`` for counts, ``(n, 2 * words)`` for weighted.
    """
    heads = np.concatenate([part[:, 0] for part in triples])
    types = np.concatenate([part[:, 1] for part in triples])
    tails = np.concatenate([part[:, 2] for part in triples])
    if kind == "counts":
        return count_bag(np.concatenate([heads, tails]), np.concatenate([types, types]), (n, words))
    return weigh(
        count_bag(np.concatenate([heads, tails]), np.concatenate([types, types + words]), (n, 2 * words))
    )


def count_bag(entities: Integers, words: Integers, shape: tuple[int, int]) -> csr_array:
    """How often each word occurs with each entity. Shape: ``shape``."""
    return csr_array((np.ones(len(entities), dtype=np.float32), (entities, words)), shape=shape)


def weigh(counts: csr_array) -> csr_array:
    """``log(1 + count)`` times the word's rarity ``log(1 + n / entities with it)``, rows of length 1.

    Hubs have thousands of a common type, and types that nearly all entities have tell nothing apart.
    """
    weighted = counts.copy()
    frequency = np.bincount(weighted.indices, minlength=weighted.shape[1])
    rarity = np.log1p(weighted.shape[0] / np.maximum(frequency, 1)).astype(np.float32)
    weighted.data = np.log1p(weighted.data) * rarity[weighted.indices]
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    weighted.data /= np.repeat(lengths, np.diff(weighted.indptr)).astype(np.float32)
    return weighted
