"""When to stop early, and when to give up: knows neither torch nor the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class EarlyStopping:
    """Counts evaluations without gain; ``patience`` 0 never stops."""

    patience: int
    best: float | None = None
    without_gain: int = 0

    def improved(self, metric: float) -> bool:
        """Take the metric of the next evaluation (higher is better); True if it is the best so far."""
        if self.best is None or metric > self.best:
            self.best, self.without_gain = metric, 0
            return True
        self.without_gain += 1
        return False

    @property
    def exhausted(self) -> bool:
        """True once patience ran out."""
        return 0 < self.patience <= self.without_gain


@dataclass(slots=True)
class ExplosionWatch:
    """Sees a loss that training makes worse instead of better.

    The contrastive loss compares cosines, so it is bounded and never runs off to infinity: it has exploded
    when it is ``factor`` times above both what it was in the first epoch and the loss of embeddings that tell
    nothing, ``patience`` epochs in a row.
    """

    factor: float = 1.25
    patience: int = 20
    first: dict[str, float] = field(default_factory=dict)
    above: dict[str, int] = field(default_factory=dict)  # epochs in a row

    def exploded(self, losses: Mapping[str, float], uninformed: float) -> list[str]:
        """Take the losses of the next epoch; the names of those that have exploded.

        Args:
            losses: by name.
            uninformed: what a loss is when all embeddings are the same.
        """
        for name, loss in losses.items():
            limit = self.factor * max(self.first.setdefault(name, loss), uninformed)
            self.above[name] = self.above.get(name, 0) + 1 if loss > limit else 0
        return [name for name, epochs in self.above.items() if epochs >= self.patience]

    def reason(self, name: str, epoch: int) -> str:
        """Why training ends in this epoch, in a sentence: that loss has exploded."""
        return (
            f"the {name} loss exploded by epoch {epoch:,}: {self.patience} epochs in a row it was "
            f"{self.factor:g} times above its first value and above that of a model that knows nothing; "
            "try a lower learning rate or a higher tau"
        )
