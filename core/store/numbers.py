"""Row ids of identifiers, handed out in the order first met."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
UNKNOWN = 0  # row ids begin with 1


class FewNumbers(dict[str, int]):
    """Identifier -> row id, of kinds of which there are so few that a dictionary stays in a cache."""

    def __init__(self, first: int) -> None:
        super().__init__()
        self.first = first

    def __missing__(self, key: str) -> int:
        number = self[key] = self.first + len(self)
        return number


class Numbers:
    """The same of many, a column at a time.

    What has been met is known by its 64-bit hash, in a sorted array: a dictionary of as many strings misses
    the processor's caches at each look-up, which was half the time of an import. The hash is keyed anew by
    every process, and two of a million identifiers share one with a probability of 3e-8.
    """

    def __init__(self, first: int) -> None:
        self.first = first
        self.uris: list[str] = []
        self._hashes = np.empty(0, dtype=np.int64)
        self._numbers = np.empty(0, dtype=np.int64)  # of the hashes

    def __len__(self) -> int:
        return len(self.uris)

    def ids(self) -> range:
        """The row ids of :attr:`uris`."""
        return range(self.first, self.first + len(self.uris))

    def find(self, uris: Sequence[str]) -> Integers:
        """The row id of each identifier, :data:`UNKNOWN` where it has none. Shape: ``(len(uris),)``."""
        hashes, places = np.unique(_hashes(uris), return_inverse=True)
        return self._find(hashes)[places]

    def number(self, uris: Sequence[str]) -> Integers:
        """As :meth:`find`, but who has none is given one."""
        hashes, firsts, places = np.unique(_hashes(uris), return_index=True, return_inverse=True)
        numbers = self._find(hashes)
        fresh = np.flatnonzero(numbers == UNKNOWN)
        if len(fresh):
            by_mention = fresh[np.argsort(firsts[fresh])]
            numbers[by_mention] = np.arange(len(fresh)) + self.first + len(self.uris)
            self.uris.extend(uris[place] for place in firsts[by_mention].tolist())
            at = np.searchsorted(self._hashes, hashes[fresh])
            self._hashes = np.insert(self._hashes, at, hashes[fresh])
            self._numbers = np.insert(self._numbers, at, numbers[fresh])
        return numbers[places]

    def _find(self, hashes: Integers) -> Integers:
        if not len(self._hashes):
            return np.full(len(hashes), UNKNOWN, dtype=np.int64)
        at = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        return np.where(self._hashes[at] == hashes, self._numbers[at], UNKNOWN)


def _hashes(uris: Sequence[str]) -> Integers:
    return np.fromiter(map(hash, uris), dtype=np.int64, count=len(uris))
