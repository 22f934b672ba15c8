"""The `simulate` sub-command: what a curator's verdicts would teach, by the order of the queue."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from core.errors import MimeaError
from core.store.project_file import ProjectFile
from core.terminal import progress_bar

if TYPE_CHECKING:
    from core.simulation.simulate import Plan, RoundDone

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
    parser.add_argument(
        "--random-seeds", type=int, default=1, metavar="N",
        help="how often, each time with other links held out (default: 1)",
    )  # fmt: skip
    parser.add_argument(
        "--csv", type=Path, metavar="FILE",
        help="write to FILE instead of standard output, and go on where it ends; prints a summary",
    )  # fmt: skip
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="draw the rounds of --csv, as .svg or .png by its name"
    )


def simulate(options: argparse.Namespace, stop: threading.Event) -> None:
    """Simulate a curator who knows the links, from the newest run on; the project stays as it is."""
    from core.simulation import report, rounds

    plan = _plan(options)
    with closing(ProjectFile.open(options.project)) as project:
        with progress_bar() as show, _table(project, options.csv, plan) as (known, out):
            done = len(known)
            total = plan.random_seeds * len(plan.orders) * (plan.rounds + 1)
            for round_done in _missing(project, plan, known, stop):
                done += 1
                show(f"Simulating {round_done.order}", done, total)
                out.write(rounds.line(round_done))
                out.flush()  # a simulation takes minutes to hours: what there is can be looked at
        if options.csv is None:
            return
        found = rounds.read(options.csv)
        print(rounds.summary(found))
        if options.plot is not None:
            picture = report.draw([(project.name, rounds.by_order(found))], options.plot.suffix[1:])
            try:
                options.plot.write_bytes(picture)
            except OSError as error:
                raise MimeaError(f"{options.plot} can't be written: {error.strerror or error}") from error


def _plan(options: argparse.Namespace) -> Plan:
    from core.commands import UsageError
    from core.simulation.orders import ORDERS
    from core.simulation.simulate import Plan

    names = [name.strip() for name in options.orders.split(",")]
    orders = [order for order in ORDERS if order in names]
    if len(orders) != len(names):
        raise UsageError(f"--orders takes {', '.join(ORDERS)}, found {options.orders!r}")
    if min(options.rounds, options.verdicts, options.random_seeds) < 1:
        raise UsageError("--rounds, --verdicts and --random-seeds must be 1 or more")
    if options.plot is not None and (options.csv is None or options.plot.suffix not in (".svg", ".png")):
        raise UsageError("--plot takes a name that ends in .svg or .png, and needs --csv")
    return Plan(orders, options.rounds, options.verdicts, options.random_seeds)


@contextmanager
def _table(project: ProjectFile, path: Path | None, plan: Plan) -> Iterator[tuple[list[RoundDone], TextIO]]:
    """The rounds that the file has already, and where others are written to.

    Raises:
        InputError: the file is no such table, or one of another run or plan.
        MimeaError: it can't be written.
    """
    from core.simulation import rounds
    from core.training.refresh import run_to_refresh

    known: list[RoundDone] = []
    if path is None:
        sys.stdout.write(rounds.header())
        yield known, sys.stdout
        return
    if path.exists():
        known = rounds.whole(rounds.read(path), plan, run_to_refresh(project).id, path)
    try:
        out = path.open("w", encoding="utf-8")
    except OSError as error:
        raise MimeaError(f"{path} can't be written: {error.strerror or error}") from error
    with out:
        out.write(rounds.header())
        out.writelines(map(rounds.line, known))
        out.flush()
        yield known, out


def _missing(
    project: ProjectFile, plan: Plan, known: list[RoundDone], stop: threading.Event
) -> Iterator[RoundDone]:
    """The rounds of all curves that are not known."""
    from core.simulation.simulate import Simulation

    there = {(done.random_seed, done.order) for done in known}
    for random_seed in range(plan.random_seeds):
        orders = [order for order in plan.orders if (random_seed, order) not in there]
        if orders:
            yield from Simulation(project, plan, random_seed, stop).events(orders)
