"""The numbers behind the curves: columns of numpy that grow by doubling."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class CurveData(Protocol):
    """What a plot over epochs reads."""

    def line(self, name: str) -> tuple[Numbers, Numbers]:
        """Epochs and values of ``name``, where there is one. Shape: two arrays ``(n,)``."""

    def at(self, epoch: float) -> tuple[int, dict[str, float]] | None:
        """The values nearest to ``epoch``, the last ones for infinity; None where there are none."""


class Columns:
    """Rows of an epoch and one value a name; a value that is not there is NaN."""

    def __init__(self, names: Iterable[str]) -> None:
        self._index = {name: column for column, name in enumerate(names, start=1)}
        self._rows: Numbers = np.empty((64, len(self._index) + 1))
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, epoch: int, values: Mapping[str, float | None]) -> None:
        """Add a row."""
        if self._length == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        row = self._rows[self._length]
        row[:] = math.nan
        row[0] = epoch
        for name, value in values.items():
            if name in self._index and value is not None:
                row[self._index[name]] = value
        self._length += 1

    def line(self, name: str) -> tuple[Numbers, Numbers]:
        """Epochs and values of ``name``, where there is one. Shape: two arrays ``(n,)``."""
        rows = self._rows[: self._length]
        values = rows[:, self._index[name]]
        there = np.isfinite(values)
        return rows[there, 0], values[there]

    def at(self, epoch: float) -> tuple[int, dict[str, float]] | None:
        """The row nearest to ``epoch``, for reading a curve with the mouse; the last one for infinity."""
        if not self._length:
            return None
        index = self._length - 1
        if math.isfinite(epoch):
            index = int(np.argmin(np.abs(self._rows[: self._length, 0] - epoch)))
        row = self._rows[index]
        return int(row[0]), {
            name: float(row[column]) for name, column in self._index.items() if math.isfinite(row[column])
        }

    def clear(self) -> None:
        """Forget all rows."""
        self._length = 0


class Overlay:
    """One column of several runs as one set of lines, named as the mapping says."""

    def __init__(self, runs: Mapping[str, Columns], column: str) -> None:
        self._runs = runs
        self._column = column

    def line(self, name: str) -> tuple[Numbers, Numbers]:
        """Epochs and values of the run ``name``."""
        return self._runs[name].line(self._column)

    def at(self, epoch: float) -> tuple[int, dict[str, float]] | None:
        """Each run's value nearest to ``epoch``."""
        found = {}
        at = 0
        for name in self._runs:
            epochs, values = self.line(name)
            if len(epochs):
                index = len(epochs) - 1 if math.isinf(epoch) else int(np.argmin(np.abs(epochs - epoch)))
                found[name] = float(values[index])
                at = max(at, int(epochs[index]))
        return (at, found) if found else None
