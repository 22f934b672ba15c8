"""What was measured, one line a cell: whatever ends the process, all cells but the running one are there."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from types import TracebackType

from core.config import RunConfig
from core.errors import InputError, ProjectError
from core.store.lock import ProcessLock
from core.training.split import Split

Values = Mapping[str, Mapping[str, float]]  # {"csls": {"mrr": .., ..}, ..}, {"inference": {"flops": ..}, ..}


@dataclass(frozen=True, slots=True)
class Cell:
    """One variant with one random seed, measured."""

    key: str  # of everything that decides the values: see cell_key
    variant: str
    random_seed: int
    device: str
    finished_at: str  # ISO 8601, UTC
    seconds: float
    values: Values


def cell_key(measures: str, config: RunConfig, graphs: str, split: Split) -> str:
    """Identifies a cell by what its values depend on: equal keys mean equal values.

    Args:
        measures: what is measured of it.
        config: the cell's, with its random seed and the kind of its device.
        graphs: the :func:`core.training.checkpoints.fingerprint` of what it reads of them.
        split: of the known links.
    """
    digest = blake2b(json.dumps([measures, config.to_json(), graphs]).encode(), digest_size=16)
    for pairs in (split.seed, split.validation, split.test):
        digest.update(f"{pairs.shape}".encode() + pairs.tobytes())
    return digest.hexdigest()


class CellFile:
    """The cells of a project, of all tables: one that several tables share is measured once.

    A context manager that holds the file for one process.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = ProcessLock(path.with_suffix(".lock"))
        self._cells: dict[str, Cell] = {}

    def __enter__(self) -> CellFile:
        """Take the file and read it.

        Raises:
            ProjectError: another process has it, or it can't be written.
            InputError: a line is not what :meth:`append` wrote.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ProjectError(f"{self.path} can't be written: {error.strerror or error}") from error
        if not self._lock.take():
            raise ProjectError(f"another process runs an ablation of this project ({self.path})")
        try:
            self._cells = self._read()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def get(self, key: str) -> Cell | None:
        """The cell of that key, if it was measured."""
        return self._cells.get(key)

    def append(self, cell: Cell) -> None:
        """Add a cell; it is on disk when this returns.

        Raises:
            ProjectError: it can't be written.
        """
        try:
            with self.path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(json.dumps(asdict(cell)) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ProjectError(f"{self.path} can't be written: {error.strerror or error}") from error
        self._cells[cell.key] = cell

    def _read(self) -> dict[str, Cell]:
        if not self.path.exists():
            return {}
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):  # a process was killed while it wrote the last line
            os.truncate(self.path, len(whole))
        cells = {}
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                cell = Cell(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise InputError(
                    self.path,
                    "a measured cell as one JSON object",
                    repr(line[:40].decode(errors="replace")),
                    line=number,
                    hint="Remove the line, and that cell is measured again",
                ) from error
            cells[cell.key] = cell
        return cells
