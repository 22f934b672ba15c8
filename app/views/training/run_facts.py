"""A run in words while it goes: how far, how fast, how good, what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from core.training.events import (
    Continued,
    EpochDone,
    Evaluated,
    Event,
    Notice,
    Paused,
    Progress,
    RunFinished,
    RunStarted,
)

Metrics = Mapping[str, Mapping[str, float]]  # by decoding
ENDED = {"done": "finished", "stopped": "stopped", "failed": "failed"}  # RunFinished.status in words
_RECENT = 20


@dataclass
class RunFacts:
    """What the events of one run add up to."""

    stage: Progress | None = None
    start: RunStarted | None = None
    epoch: EpochDone | None = None
    evaluated: Evaluated | None = None
    finish: RunFinished | None = None
    paused: bool = False
    notices: list[str] = field(default_factory=list)
    _seconds: list[float] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Count ``event`` in."""
        match event:
            case Progress():
                self.stage = event
            case RunStarted():
                self.start = event
            case Notice():
                self.notices.append(event.text)
            case EpochDone():
                self.epoch = event
                self.stage = None
                self._seconds = [*self._seconds[1 - _RECENT :], event.seconds]
            case Evaluated():
                self.evaluated = event
            case Paused() | Continued():
                self.paused = isinstance(event, Paused)
            case RunFinished():
                self.finish = event
                self.stage = None

    @property
    def seconds_per_epoch(self) -> float | None:
        """The median of the last epochs: one in which the machine slept doesn't count."""
        return median(self._seconds) if self._seconds else None

    @property
    def seconds_left(self) -> float | None:
        """Until the last epoch, if none stops it early."""
        if self.start is None or self.epoch is None or self.seconds_per_epoch is None:
            return None
        return (self.start.epochs - self.epoch.epoch) * self.seconds_per_epoch

    def progress(self) -> tuple[str, int, int]:
        """A sentence, and how much is done of how much (0 for unknown)."""
        if self.stage is not None:
            stage = self.stage.stage
            return (
                _and_paused(f"{stage[:1].upper()}{stage[1:]}", self.paused),
                self.stage.done,
                self.stage.total,
            )
        if self.start is not None:
            done = self.epoch.epoch if self.epoch else self.start.resumed_after
            words = f"Epoch {done:,} of {self.start.epochs:,}"
            return _and_paused(words, self.paused), done, self.start.epochs
        return _and_paused("Starting", self.paused), 0, 0

    def line(self) -> str:
        """The facts in one line."""
        parts = [self.progress()[0]]
        if self.finish is not None:
            word = ENDED[self.finish.status].capitalize()
            parts = [
                f"{word} after epoch {self.finish.epoch:,} in {duration(self.finish.seconds)}",
                f"{self.finish.candidates:,} candidates",
            ]
        elif self.seconds_per_epoch is not None:
            parts.append(pace(self.seconds_per_epoch))
            if self.seconds_left is not None and not self.paused:
                parts.append(f"{duration(self.seconds_left)} left")
        if self.start is not None:
            parts.append(f"{self.start.seeds:,} seeds")
            if self.epoch is not None and self.epoch.pseudo_seeds:
                parts.append(f"{self.epoch.pseudo_seeds:,} pseudo-seeds{_right(self.epoch)}")
        if self.finish is None and self.epoch is not None and self.epoch.memory is not None:
            parts.append(f"{size(self.epoch.memory)} of memory")
        return "   ·   ".join(parts)

    def metrics(self) -> str:
        """MRR by decoding, of the end or the last evaluation."""
        if self.finish is not None and self.finish.metrics:
            return metrics_in_words(self.finish.metrics, "test", self.finish.without_support)
        if self.evaluated is not None:
            return metrics_in_words(self.evaluated.decodings, self.evaluated.held_out)
        return ""

    def remarks(self) -> str:
        """Which modalities take no part and why, and what the run gave notice of."""
        left_out = self.start.left_out if self.start is not None else {}
        reasons = "; ".join(f"{name} ({why})" for name, why in left_out.items())
        return "\n".join([*([f"Left out: {reasons}"] if reasons else []), *self.notices])


def metrics_in_words(decodings: Metrics, held_out: str, without_support: Metrics | None = None) -> str:
    """MRR by decoding in a line; where matched neighbours took part, a second line says it without them."""
    lines = [f"MRR on {held_out} links:  {_mrr(decodings)}"] if decodings else []
    if without_support:
        lines.append(f"without matched neighbours:  {_mrr(without_support)}")
    return "\n".join(lines)


def _mrr(decodings: Metrics) -> str:
    return ",  ".join(f"{name} {values['mrr']:.3f}" for name, values in decodings.items())


def pace(seconds: float) -> str:
    """How fast epochs are: ``2.10 s an epoch``, or ``25.0 epochs/s`` where they are short."""
    return f"{seconds:.2f} s an epoch" if seconds >= 0.2 else f"{1 / max(seconds, 1e-9):,.1f} epochs/s"


def size(number: float) -> str:
    """Bytes as people read them."""
    return f"{number / 1e9:,.1f} GB" if number >= 1e9 else f"{number / 1e6:,.0f} MB"


def _right(epoch: EpochDone) -> str:
    known = epoch.pseudo_precision
    return "" if known is None else f" ({100 * known:.0f} % right where known)"


def _and_paused(words: str, paused: bool) -> str:
    return f"Paused: {words[0].lower()}{words[1:]}" if paused else words


def duration(seconds: float) -> str:
    """``0:54`` or ``1:02:03``."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
