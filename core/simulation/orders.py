"""The orders in which a simulated curator is shown undecided entities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr

from core.alignment.teaching import Integers, Numbers

Order = Literal["teach", "best", "uncertain", "random"]
ORDERS: tuple[Order, ...] = get_args(Order)
TITLES: dict[Order, str] = {
    "teach": "Teaches most (the list)",
    "best": "Best first",
    "uncertain": "Most uncertain first",
    "random": "Random",
}


@dataclass(frozen=True, slots=True)
class Open:
    """What is known of the q left entities between two rounds."""

    probability: Numbers  # of each candidate, calibrated; 0 where it was rejected. Shape: (q, k)
    shown: Integers  # the candidate that is shown: the first that was not rejected. Shape: (q,)
    gain: Numbers  # from core.alignment.teaching. Shape: (q,)
    random: NDArray[np.float64]  # Shape: (q,)

    @property
    def of_shown(self) -> Numbers:
        """The probability of the candidate that is shown. Shape: ``(q,)``."""
        return self.probability[np.arange(len(self.shown)), self.shown]


def _entropy(state: Open) -> Numbers:
    share = state.probability / np.maximum(state.probability.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray(entr(share).sum(axis=1), dtype=np.float64)


_KEYS: dict[Order, Callable[[Open], Numbers]] = {  # the highest comes first
    "teach": lambda state: state.gain,
    "best": lambda state: state.of_shown,
    "uncertain": _entropy,
    "random": lambda state: state.random,
}


def first(order: Order, state: Open, among: NDArray[np.bool_], count: int) -> Integers:
    """Rows of the left entities ``among`` all that an order shows first. Shape: ``(count,)`` or less."""
    rows = np.flatnonzero(among)
    return rows[np.argsort(-_KEYS[order](state)[rows], kind="stable")[:count]]
