"""An ablation on a thread of the window, which waits for the process that measures."""

from __future__ import annotations

import threading

from app.job import Report, Work
from core.ablation.child import ablate_in_child
from core.config import RunConfig
from core.store.project_file import ProjectFile


def ablation_work(file: ProjectFile, name: str, config: RunConfig, random_seeds: int) -> Work:
    """Measures ``table4`` and so on, reports its events and returns the last one, ``AblationFinished``."""

    def work(report: Report, stop: threading.Event) -> object:
        from core.ablation.events import AblationFinished  # seconds: not for the thread of the window

        for event in ablate_in_child(file, name, config, random_seeds, stop):
            if isinstance(event, AblationFinished):
                return event
            report(event)
        raise AssertionError("an ablation that neither failed nor was cancelled ends with its result")

    return work
