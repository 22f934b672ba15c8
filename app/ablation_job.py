"""An ablation on a thread of the window: the generator of ``core.ablation``, then its files."""

from __future__ import annotations

import threading

from app.job import Report, Work
from core.config import RunConfig
from core.store.project_file import ProjectFile
from core.training.events import Progress


def ablation_work(file: ProjectFile, name: str, config: RunConfig, random_seeds: int) -> Work:
    """Measures ``table4`` and so on, reports its events and returns the last one, ``AblationFinished``."""

    def work(report: Report, stop: threading.Event) -> object:
        report(Progress("Loading PyTorch", 0, 0))
        from core.training.devices import leave_a_core, preload

        preload()
        from core.ablation.events import AblationFinished
        from core.ablation.results import write_results
        from core.ablation.run import ablate, cells_path
        from core.ablation.variants import FIGURES, TABLES

        leave_a_core()
        kinds = {f"table{number}": build for number, build in TABLES.items()}
        kinds |= {f"figure{number}": build for number, build in FIGURES.items()}
        finished: AblationFinished | None = None
        for event in ablate(file, kinds[name], config, random_seeds, stop):
            if isinstance(event, AblationFinished):
                finished = event
            else:
                report(event)
        assert finished is not None, "an ablation that neither failed nor was cancelled ends with its result"
        write_results(finished, file.name, cells_path(file).parent)
        return finished

    return work
