"""Relation, attribute and name features (the inputs w_i of eq. 4): bags of words, or sentence embeddings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.config import Bag
from core.features.bags import count_bag, relation_bag, weigh
from core.features.names import name_bag
from core.features.text import TextEncoder

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Features: TypeAlias = "csr_array | Floats"
"""Sparse bags or dense embeddings by entity; an entity without any has an empty row. Shape: ``(n, f)``."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A word for each type: graphs that share a type's URI share its word."""

    words: Integers  # by the type's identifier
    labels: Sequence[str]  # by word

    @classmethod
    def of(cls, uris: Mapping[int, str], labels: Mapping[int, str]) -> Vocabulary:
        """Words in the order of the URIs.

        Args:
            uris: of the types, by identifier.
            labels: what they are called, by identifier.
        """
        numbers = {uri: number for number, uri in enumerate(sorted(set(uris.values())))}
        words = np.zeros(max(uris, default=0) + 1, dtype=np.int64)
        names = [""] * len(numbers)
        for identifier, uri in uris.items():
            words[identifier] = numbers[uri]
            names[numbers[uri]] = names[numbers[uri]] or labels[identifier]
        return cls(words, names)

    def __len__(self) -> int:
        return len(self.labels)


def relation_features(
    triples: Sequence[Integers], vocabulary: Vocabulary, n: int, bag: Bag, encode: TextEncoder | None
) -> Features:
    """Relation types around each entity; with ``encode`` the bag's weighted mean of the names' embeddings.

    Args:
        triples: for each graph, rows of (head position, relation identifier, tail position).
        vocabulary: the relation types.
        n: number of entities of both graphs.
        bag: how types are counted; ``weighted`` keeps the sides of a triple apart.
        encode: None for the bag itself.
    """
    numbered = [np.stack([part[:, 0], vocabulary.words[part[:, 1]], part[:, 2]], axis=1) for part in triples]
    weights = relation_bag(numbered, len(vocabulary), n, bag)
    if encode is None or not len(vocabulary):
        return weights
    names = encode(vocabulary.labels)
    sides = [
        weights[:, start : start + len(names)] @ names for start in range(0, weights.shape[1], len(names))
    ]
    return unit(np.concatenate(sides, axis=1))


def attribute_features(
    uses: Integers,
    vocabulary: Vocabulary,
    values: Sequence[str],
    n: int,
    bag: Bag,
    encode: TextEncoder | None,
) -> Features:
    """Attribute types of each entity; with ``encode`` the means of their names' and their values' embeddings.

    Args:
        uses: rows of (entity position, attribute identifier), one a value. Shape: ``(m, 2)``.
        vocabulary: the attribute types.
        values: of the uses, in their order; read with ``encode`` only.
        n: number of entities of both graphs.
        bag: how types and values are counted.
        encode: None for the bag itself.
    """
    weights = _bag(uses[:, 0], vocabulary.words[uses[:, 1]], (n, len(vocabulary)), bag)
    if encode is None or not len(uses):
        return weights
    distinct, numbers = np.unique(np.array(values, dtype=object), return_inverse=True)
    value_weights = _bag(uses[:, 0], numbers, (n, len(distinct)), bag)
    names, contents = encode(vocabulary.labels), encode(distinct.tolist())
    return unit(np.concatenate([unit(weights @ names), unit(value_weights @ contents)], axis=1))


def name_features(names: Sequence[str], encode: TextEncoder | None) -> Features:
    """Character n-grams of what entities are called, or with ``encode`` the names' embeddings.

    Args:
        names: empty where an entity has none. Length: ``n``.
        encode: None for the n-grams.
    """
    named = [position for position, name in enumerate(names) if name]
    if encode is None or not named:
        return name_bag(names)
    embeddings = encode([names[position] for position in named])
    features = np.zeros((len(names), embeddings.shape[1]), dtype=np.float32)
    features[named] = embeddings
    return features


def unit(rows: Floats) -> Floats:
    """Rows of length 1; rows of zeros stay. Shape: ``(n, f)``."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)


def _bag(entities: Integers, words: Integers, shape: tuple[int, int], kind: Bag) -> csr_array:
    counts = count_bag(entities, words, shape)
    return weigh(counts) if kind == "weighted" else counts
