"""When to stop early: knows neither torch nor the model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class EarlyStopping:
    """Counts evaluations without gain; ``patience`` 0 never stops."""

    patience: int
    best: float = float("-inf")
    without_gain: int = 0

    def improved(self, metric: float) -> bool:
        """Take the metric of the next evaluation (higher is better); True if it is the best so far."""
        if metric > self.best:
            self.best, self.without_gain = metric, 0
            return True
        self.without_gain += 1
        return False

    @property
    def exhausted(self) -> bool:
        """True once patience ran out."""
        return 0 < self.patience <= self.without_gain
