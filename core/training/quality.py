"""How good a run is and where it fails: what the Evaluation tab shows."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.alignment.calibration import Reliability, reliability
from core.errors import Cancelled, TrainingError
from core.store.candidates import first_candidates
from core.store.places import Place
from core.store.project_file import ProjectFile
from core.store.run_files import run_folder
from core.store.run_quality import Confusion, Outcomes, confusions, outcomes
from core.store.runs import get_run
from core.training.child import ChildDied, in_child
from core.training.control import RunControl

if TYPE_CHECKING:
    from core.training.evaluate import CandidateSet  # it imports torch

_DEGREES = (0, 1, 3, 6, 11, 21, 51)  # where groups begin
_VALUES = (0, 1, 3, 6, 11)
# In the folder of the run; can be measured again.
_MEASURED = {"test": "among-test.json", "all": "among-all.json"}


@dataclass(frozen=True, slots=True)
class Group:
    """Links that have something in common: how many, and the share whose first proposal is right."""

    name: str
    links: int
    right: float


@dataclass(frozen=True, slots=True)
class Quality:
    """A run measured on its test links.

    ``among_test`` and ``among_all`` are what :func:`core.training.evaluate.report` returns, the former as the
    run measured it or somebody did since, the latter None until somebody asked for it. Groups and confusions
    are of the first candidates among all right entities.
    """

    run_id: int
    links: int
    among_test: Mapping[str, Any]
    among_all: Mapping[str, Any] | None
    reliability: Reliability | None
    by_degree: Sequence[Group]
    by_values: Sequence[Group]
    by_picture: Sequence[Group]
    confusions: Sequence[Confusion]

    @property
    def partial(self) -> bool:
        """Whether the run measured CSLS from left to right alone, as a refresh does."""
        return self.links > 0 and not self.among_test.get("reverse")


def quality(project: ProjectFile, run_id: int) -> Quality:
    """Read and count; takes up to seconds on large graphs, but neither torch nor the run's embeddings.

    Raises:
        TrainingError: there is no such run.
    """
    with project.read() as session:
        run = get_run(session, run_id)
        if run is None:
            raise TrainingError(f"there is no run {run_id} in this project")
        found = outcomes(session, run_id)
        probability, right = first_candidates(session, run_id, "test")
        wrong = confusions(session, run_id, found)
    return Quality(
        run_id,
        len(found.left_id),
        _measured(project, run_id, "test") or json.loads(run.metrics_json or "{}"),
        _measured(project, run_id, "all"),
        reliability(probability, right) if len(probability) else None,
        by_steps(found.degree, found.right, _DEGREES),
        by_steps(found.values, found.right, _VALUES),
        _by_picture(found),
        wrong,
    )


def measure(project: ProjectFile, run_id: int, candidates: CandidateSet) -> None:
    """Rank the test links among theirs or all entities and keep what comes out; torch, up to minutes.

    Raises:
        TrainingError: the run's embeddings are missing.
    """
    from core.training.evaluate import evaluate

    result = evaluate(project, run_id, candidates)
    path = run_folder(project.sidecar, run_id) / _MEASURED[candidates]
    path.write_text(json.dumps(result), encoding="utf-8")


def measure_in_child(
    project: ProjectFile, run_id: int, candidates: CandidateSet, stop: threading.Event
) -> None:
    """:func:`measure` in a process of its own, which ends when ``stop`` is set.

    Raises:
        Cancelled: it was stopped.
        MimeaError: as :func:`measure`, or the process was killed.
    """
    try:
        for _ in in_child(_measure, RunControl(stop), project.location, run_id, candidates):
            pass
    except ChildDied:
        if stop.is_set():
            raise Cancelled("measuring was stopped") from None
        raise


def _measure(control: RunControl, place: Place, run_id: int, candidates: CandidateSet) -> Iterator[None]:
    from core.training.devices import leave_a_core

    def end() -> None:
        control.stop_event.wait()
        os._exit(1)  # ranking doesn't ask whether it should stop, and nothing is half written

    threading.Thread(target=end, daemon=True).start()
    leave_a_core()
    project = ProjectFile.open(place)
    try:
        measure(project, run_id, candidates)
    finally:
        project.close()
    yield from ()


def by_steps(values: NDArray[np.int64], right: NDArray[np.bool_], steps: Sequence[int]) -> list[Group]:
    """Links grouped by a number; groups without a link are left out.

    Args:
        values: of each link. Shape: ``(n,)``.
        right: whether it was answered rightly. Shape: ``(n,)``.
        steps: the least number of each group, ascending from 0.
    """
    number = np.searchsorted(steps, values, side="right") - 1
    groups = []
    for index, low in enumerate(steps):
        inside = number == index
        if inside.any():
            high = steps[index + 1] - 1 if index + 1 < len(steps) else None
            name = f"{low}+" if high is None else str(low) if high == low else f"{low}–{high}"
            groups.append(Group(name, int(inside.sum()), float(right[inside].mean())))
    return groups


def _by_picture(found: Outcomes) -> list[Group]:
    both, neither = found.pictured & found.other_pictured, ~found.pictured & ~found.other_pictured
    parts = {"both": both, "one": ~both & ~neither, "neither": neither}
    return [
        Group(name, int(inside.sum()), float(found.right[inside].mean()))
        for name, inside in parts.items()
        if inside.any()
    ]


def _measured(project: ProjectFile, run_id: int, candidates: CandidateSet) -> Mapping[str, Any] | None:
    path = run_folder(project.sidecar, run_id) / _MEASURED[candidates]
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None  # never measured, or the folder of what can be computed again was emptied
    return found if isinstance(found, dict) else None
