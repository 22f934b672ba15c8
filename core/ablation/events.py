"""What an ablation tells while it runs; progress within a cell is told as training tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.ablation.cells import Cell
from core.ablation.study import Study
from core.training.events import Progress


@dataclass(frozen=True, slots=True)
class AblationStarted:
    """What will be measured; ``known`` cells of all were measured before."""

    title: str
    device: str  # as people read it: "CPU, 1 thread", "NVIDIA H100"
    cells: int
    known: int
    left_out: Mapping[str, str]  # modality or variant -> why


@dataclass(frozen=True, slots=True)
class CellStarted:
    """The cell that runs now, counted from 1; ``seconds_left`` is an estimate once one cell is through."""

    index: int
    cells: int
    variant: str
    random_seed: int
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class CellDone:
    """A cell was measured and is on disk."""

    cell: Cell


@dataclass(frozen=True, slots=True)
class CellFailed:
    """A cell's training failed; it is tried again the next time."""

    variant: str
    random_seed: int
    reason: str


@dataclass(frozen=True, slots=True)
class AblationFinished:
    """All cells that were measured, now or before, and those that failed."""

    study: Study
    device: str
    cells: tuple[Cell, ...]
    failed: tuple[CellFailed, ...]


Event = Progress | AblationStarted | CellStarted | CellDone | CellFailed | AblationFinished
