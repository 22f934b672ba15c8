"""The name modality: character n-grams of what entities are called, hashed into a bag of words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.features.bags import count_bag, weigh

_SIZES = (3, 4, 5)
_BITS = 14  # 16,384 words: a layer that reads them stays a few million parameters
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: spreads over the upper bits
_NO_WORD = re.compile(r"[\W_]+")
_SPACE = ord(" ")


def name_bag(labels: Sequence[str]) -> csr_array:
    """Hashed n-grams of 3 to 5 characters within words and their bounds, weighted by rarity.

    Args:
        labels: what each entity is called; empty where it has no name.

    Returns:
        Rows of length 1, or empty without a name. Shape: ``(len(labels), 2**14)``.
    """
    entities, words = _hashed_ngrams([_plain(label) for label in labels])
    return weigh(count_bag(entities, words, (len(labels), 1 << _BITS)))


def _plain(label: str) -> str:
    """Words in lower case between single spaces, one at each end: ``" new york "``; a space for none."""
    folded = unicodedata.normalize("NFKC", label).casefold()
    return " ".join(("", *_NO_WORD.sub(" ", folded).split(), ""))


def _hashed_ngrams(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The text and the hash of each n-gram: a polynomial over the code points, the same on every machine."""
    letters = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    spaces = letters == _SPACE
    entities, words = [], []
    for size in _SIZES:
        count = max(0, len(letters) - size + 1)
        hashes = np.full(count, size, dtype=np.uint64)
        for offset in range(size):
            hashes = (hashes ^ letters[offset : offset + count].astype(np.uint64)) * _MULTIPLIER
        # A window with a space inside would cross from one word, or one text, to the next.
        inside = np.stack([spaces[offset : offset + count] for offset in range(1, size - 1)])
        within = np.flatnonzero(~inside.any(axis=0))
        entities.append(owners[within + 1])
        words.append((hashes[within] >> np.uint64(64 - _BITS)).astype(np.int64))
    return np.concatenate(entities), np.concatenate(words)
