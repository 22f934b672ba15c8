"""What a run tells while it runs: frozen, picklable, without tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Progress:
    """A stage that is not an epoch: features, candidates. ``total`` is 0 when it isn't known."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The run is in the store and its model is built."""

    run_id: int
    device: str  # as people read it: "CPU, 1 thread", "NVIDIA H100"
    modalities: tuple[str, ...]
    left_out: Mapping[str, str]  # modality -> why it takes no part
    entities: tuple[int, int]
    edges: int
    parameters: int
    seeds: int
    validation: int
    test: int
    epochs: int
    resumed_after: int = 0  # the epoch of the checkpoint that the run goes on from; 0 for a new run


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the user should know and that doesn't end the run, in one sentence."""

    run_id: int
    text: str


@dataclass(frozen=True, slots=True)
class EpochDone:
    """Losses by modality and ``joint``, and the weights that eq. 10 gives them.

    ``pseudo_seeds`` counts those in use; ``pseudo_precision`` is the share that is right of those whose
    answer is known. ``memory`` is what the device or the process uses, in bytes; None where nobody tells.
    """

    run_id: int
    epoch: int
    seconds: float
    losses: Mapping[str, float]
    pseudo_seeds: int = 0
    loss_weights: Mapping[str, float] = field(default_factory=dict)
    pseudo_precision: float | None = None
    memory: int | None = None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Metrics by decoding, ``{"mrr", "hits@1", "hits@10"}`` each, on ``validation`` or ``test`` links."""

    run_id: int
    epoch: int
    held_out: str
    decodings: Mapping[str, Mapping[str, float]]
    weights: Mapping[str, float] = field(default_factory=dict)  # mean fusion weight by modality
    spread: Mapping[str, float] = field(default_factory=dict)  # its standard deviation over the entities


@dataclass(frozen=True, slots=True)
class Paused:
    """Nothing is computed until the run is told to go on; ``run_id`` is 0 before there is a run."""

    run_id: int


@dataclass(frozen=True, slots=True)
class Continued:
    """A paused run goes on."""

    run_id: int


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run is over and its candidates are in the store; ``status`` is ``done``, ``stopped`` or ``failed``.

    After a failure these are the candidates of the last good state, and the error follows.
    """

    run_id: int
    status: str
    epoch: int
    seconds: float
    candidates: int
    metrics: Mapping[str, Mapping[str, float]]  # by decoding, candidates = test; empty without test links
    without_support: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # where the run has any


Event = Progress | RunStarted | Notice | EpochDone | Evaluated | Paused | Continued | RunFinished
