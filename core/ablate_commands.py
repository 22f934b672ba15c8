"""The `ablate` sub-command: a table or the figure of the paper, rerun on a project."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import MimeaError
from core.store.project_file import ProjectFile
from core.terminal import progress_bar

if TYPE_CHECKING:
    from core.ablation.cells import Cell
    from core.ablation.events import AblationFinished
    from core.ablation.variants import Ablation
    from core.config import RunConfig

# Those of core.ablation.variants, which is slower to import than `--help` may be.
_TABLES, _FIGURES = (4, 5, 6, 7, 8), (3,)


def add_ablate_options(parser: argparse.ArgumentParser) -> None:
    """The options of ``ablate`` that are no settings."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--table", type=int, choices=_TABLES, help="of the paper: what is varied")
    which.add_argument(
        "--figure", type=int, choices=_FIGURES, help="of the paper: d, λ, γ and τ, with a plot"
    )
    parser.add_argument(
        "--seeds", type=_positive, default=5, metavar="N", help="random seeds of each variant (default: 5)"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="folder for the results (default: beside the project)"
    )


def ablate(options: argparse.Namespace, stop: threading.Event) -> None:
    """Measure all variants, then write the results."""
    from core.ablation.results import write_results
    from core.ablation.run import cells_path
    from core.ablation.variants import FIGURES, TABLES
    from core.commands import run_config

    build = TABLES[options.table] if options.table is not None else FIGURES[options.figure]
    # The paper's tables are about the model; support by neighbours would cover its differences.
    config = run_config(options, support_weight=0)
    with closing(ProjectFile.open(options.project)) as project:
        finished = _measure(project, build, config, options.seeds, stop)
        folder = options.out or cells_path(project).parent
        for path in write_results(finished, project.name, folder.expanduser().absolute()):
            print(f"Wrote {path}")
    if finished.failed:
        cell = finished.failed[0]
        raise MimeaError(
            f"{len(finished.failed)} cells failed and are missing in the results; the first, {cell.variant} "
            f"with random seed {cell.random_seed}: {cell.reason}"
        )


def _measure(
    project: ProjectFile,
    build: Callable[[RunConfig], Ablation],
    config: RunConfig,
    random_seeds: int,
    stop: threading.Event,
) -> AblationFinished:
    """Run it to its end with a bar that shows the cell that is going."""
    from core.ablation.events import AblationFinished, AblationStarted, CellDone, CellFailed, CellStarted
    from core.ablation.run import ablate
    from core.training.events import Progress

    label = ""
    with progress_bar() as show:
        for event in ablate(project, build, config, random_seeds, stop):
            match event:
                case AblationStarted():
                    print(
                        f"{event.title} on {event.device}: {event.cells} cells, {event.known} measured before"
                    )
                    for what, why in event.left_out.items():
                        print(f"  without {what}: {why}")
                case CellStarted():
                    label = f"Cell {event.index} of {event.cells}, {event.variant}, seed {event.random_seed}"
                    if event.seconds_left is not None:
                        label += f", {timedelta(seconds=round(event.seconds_left))} left"
                    show(label, 0, 0)
                case Progress():
                    show(f"{label}: {event.stage}" if label else event.stage, event.done, event.total)
                case CellDone():
                    # Told at once also where it goes to a log: an ablation takes hours.
                    print(f"  {_measured(event.cell)}", flush=True)
                case CellFailed():
                    print(f"  failed: {event.variant}, random seed {event.random_seed}: {event.reason}")
                case AblationFinished():
                    return event
    raise MimeaError("the ablation ended without a result")


def _measured(cell: Cell) -> str:
    scores = [f"{name} {values['mrr']:.3f}" for name, values in cell.values.items() if "mrr" in values]
    found = f"MRR {', '.join(scores)}; " if scores else ""
    return f"{cell.variant}, random seed {cell.random_seed}: {found}{cell.seconds:.1f} s"


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, found {text}")
    return number
