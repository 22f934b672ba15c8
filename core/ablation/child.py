"""An ablation in a process of its own: its events, then its files."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.config import RunConfig
from core.store.places import Place
from core.store.project_file import ProjectFile
from core.training.child import in_child
from core.training.control import RunControl
from core.training.events import Progress

if TYPE_CHECKING:
    from core.ablation.events import Event


def ablate_in_child(
    project: ProjectFile, name: str, config: RunConfig, random_seeds: int, stop: threading.Event
) -> Iterator[Event]:
    """Measure ``table4``, ``figure3`` and so on, as :func:`core.ablation.run.ablate` does, and write it.

    Raises:
        ChildDied: the process was killed; what was measured is kept.
        MimeaError: as :func:`core.ablation.run.ablate`.
    """
    yield Progress("Loading PyTorch", 0, 0)
    yield from in_child(_ablate, RunControl(stop), project.location, name, config, random_seeds)


def _ablate(
    control: RunControl, place: Place, name: str, config: RunConfig, random_seeds: int
) -> Iterator[Event]:
    from core.ablation.events import AblationFinished
    from core.ablation.results import write_results
    from core.ablation.run import ablate, cells_path
    from core.ablation.variants import FIGURES, TABLES
    from core.training.devices import leave_a_core

    leave_a_core()
    kinds = {f"table{number}": build for number, build in TABLES.items()}
    kinds |= {f"figure{number}": build for number, build in FIGURES.items()}
    project = ProjectFile.open(place)
    try:
        for event in ablate(project, kinds[name], config, random_seeds, control.stop_event):
            if isinstance(event, AblationFinished):
                write_results(event, project.name, cells_path(project).parent)
            yield event
    finally:
        project.close()
