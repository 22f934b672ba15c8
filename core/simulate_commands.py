"""The `simulate` sub-command: what a curator's verdicts would teach, by the order of the queue."""

from __future__ import annotations

import argparse
import sys
import threading
from contextlib import closing
from pathlib import Path

from core.errors import MimeaError
from core.store.project_file import ProjectFile
from core.terminal import progress_bar

# Those of core.simulation.orders, which is slower to import than `--help` may be.
_ORDERS = ("teach", "best", "uncertain", "random")


def add_simulate_options(parser: argparse.ArgumentParser) -> None:
    """The options of ``simulate``."""
    parser.add_argument(
        "--orders", default=",".join(_ORDERS), metavar="NAME,...",
        help=f"orders in which pairs are shown (default: {','.join(_ORDERS)})",
    )  # fmt: skip
    parser.add_argument("--rounds", type=int, default=10, metavar="N", help="refreshes (default: 10)")
    parser.add_argument(
        "--verdicts", type=int, default=100, metavar="N", help="verdicts a round (default: 100)"
    )
    parser.add_argument("--random-seed", type=int, default=0, metavar="N")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write to FILE instead of standard output")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="draw the rounds of --csv, as .svg or .png by its name"
    )


def simulate(options: argparse.Namespace, stop: threading.Event) -> None:
    """Simulate a curator who knows the links, from the newest run on; the project stays as it is."""
    from core.commands import UsageError
    from core.simulation import report
    from core.simulation.orders import ORDERS
    from core.simulation.simulate import Plan, Simulation

    names = [name.strip() for name in options.orders.split(",")]
    orders = [order for order in ORDERS if order in names]
    if len(orders) != len(names):
        raise UsageError(f"--orders takes {', '.join(ORDERS)}, found {options.orders!r}")
    if options.rounds < 1 or options.verdicts < 1:
        raise UsageError("--rounds and --verdicts must be 1 or more")
    if options.plot is not None and (options.csv is None or options.plot.suffix not in (".svg", ".png")):
        raise UsageError("--plot takes a name that ends in .svg or .png, and needs --csv")
    plan = Plan(orders, options.rounds, options.verdicts, random_seed=options.random_seed)
    with closing(ProjectFile.open(options.project)) as project, progress_bar() as show:
        try:
            out = sys.stdout if options.csv is None else options.csv.open("w", encoding="utf-8")
        except OSError as error:
            raise MimeaError(f"{options.csv} can't be written: {error.strerror or error}") from error
        try:
            out.write(report.header())
            for done, round_done in enumerate(Simulation(project, plan, stop).events(), start=1):
                show(f"Simulating {round_done.order}", done, len(orders) * (plan.rounds + 1))
                out.write(report.line(round_done))
                out.flush()  # a simulation takes minutes: what there is can be looked at
        finally:
            if out is not sys.stdout:
                out.close()
    if options.plot is not None:
        picture = report.draw([(project.name, report.read(options.csv))], options.plot.suffix[1:])
        options.plot.write_bytes(picture)
    if options.csv is not None:
        print(f"Rounds written to {options.csv}")
