"""The rounds of simulations as a table: written as they come, read again to go on, and summed up."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.review.progress import Left
from core.simulation.orders import TITLES, Order
from core.simulation.simulate import Plan, RoundDone

Curves = Mapping[Order, Sequence[Sequence[RoundDone]]]  # of an order one for each random seed
Numbers = NDArray[np.float64]

_COLUMNS = (
    "run", "random_seed", "order", "round", "verdicts", "accepted", "mrr", "hits@1", "hits@10",
    "expected_left", "deviation", "actually_left", "cpu_seconds",
)  # fmt: skip
_METRICS = ("mrr", "hits@1", "hits@10")


def header() -> str:
    """The first line of the table."""
    return _line(_COLUMNS)


def line(done: RoundDone) -> str:
    """One round as a line of the table."""
    return _line(
        [
            done.run_id, done.random_seed, done.order, done.round, done.verdicts, done.accepted,
            *(f"{done.metrics[name]:.4f}" for name in _METRICS),
            *(f"{count:.1f}" for count in (done.left.expected, done.left.deviation)),
            done.actually_left, f"{done.seconds:.1f}",
        ]
    )  # fmt: skip


def read(path: Path) -> list[RoundDone]:
    """The rounds of a table.

    Raises:
        InputError: it is no such table.
    """
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                found.append(_round(row))
            except (KeyError, StopIteration, TypeError, ValueError) as error:
                raise InputError(path, "a round of a simulation", repr(row), line=number) from error
    return found


def whole(rounds: Iterable[RoundDone], plan: Plan, run_id: int, path: Path) -> list[RoundDone]:
    """Of a table that shall be gone on with the rounds of curves that are complete.

    Raises:
        InputError: they are of another run, or of another number of rounds or verdicts.
    """
    kept: list[RoundDone] = []
    for curve in (each for curves in by_order(rounds).values() for each in curves):
        first, last = curve[0], curve[-1]
        if first.run_id != run_id or last.verdicts != last.round * plan.verdicts or last.round > plan.rounds:
            raise InputError(
                path,
                f"rounds of run {run_id} with {plan.verdicts} verdicts each, or no file yet",
                f"rounds of run {first.run_id}, {last.verdicts} verdicts after round {last.round}",
            )
        if len(curve) == plan.rounds + 1:
            kept += curve
    return kept


def by_order(rounds: Iterable[RoundDone]) -> Curves:
    """The rounds as curves, in the order in which they came."""
    curves: dict[Order, dict[int, list[RoundDone]]] = {}
    for done in rounds:
        curves.setdefault(done.order, {}).setdefault(done.random_seed, []).append(done)
    return {order: list(found.values()) for order, found in curves.items()}


def mean_mrr(curves: Sequence[Sequence[RoundDone]]) -> tuple[Numbers, Numbers]:
    """Verdicts, and the mean MRR over the random seeds, of the rounds that all have. Shapes: ``(r,)``."""
    shared = min(map(len, curves))
    verdicts = np.array([done.verdicts for done in curves[0][:shared]], dtype=np.float64)
    return verdicts, np.array([[d.metrics["mrr"] for d in curve[:shared]] for curve in curves]).mean(axis=0)


def verdicts_for(verdicts: Numbers, mrr: Numbers, wanted: float) -> float | None:
    """How many verdicts it takes to an MRR, between rounds along a straight line; None beyond."""
    points = [(float(count), float(reached)) for count, reached in zip(verdicts, mrr, strict=True)]
    for (before, low), (after, high) in pairwise(points):
        if low >= wanted:
            return before
        if high >= wanted:
            return before + (after - before) * (wanted - low) / (high - low)
    return None


def summary(rounds: Iterable[RoundDone]) -> str:
    """For people: what each order comes to, and how many verdicts it takes to where random order ends."""
    curves = by_order(rounds)
    wanted = mean_mrr(curves["random"])[1][-1] if "random" in curves else None
    lines = [
        f"{'Order':<24}{'verdicts':>9}{'accepted':>9}{'MRR':>9}{'from':>9}{'as random':>11}{'of its':>8}"
    ]
    for order, found in curves.items():
        verdicts, mrr = mean_mrr(found)
        needed = None if wanted is None else verdicts_for(verdicts, mrr, wanted)
        accepted = np.mean([curve[len(verdicts) - 1].accepted for curve in found])
        told = ("–", "–") if needed is None else (f"{needed:.0f}", f"{needed / verdicts[-1]:.2f}")
        lines.append(
            f"{TITLES[order]:<24}{verdicts[-1]:>9.0f}{accepted:>9.0f}{mrr[-1]:>9.4f}{mrr[0]:>9.4f}"
            f"{told[0]:>11}{told[1]:>8}"
        )
    return "\n".join(lines)


def _round(row: Mapping[str, str]) -> RoundDone:
    order = next(known for known in TITLES if known == row["order"])
    return RoundDone(
        run_id=int(row["run"]),
        random_seed=int(row["random_seed"]),
        order=order,
        round=int(row["round"]),
        verdicts=int(row["verdicts"]),
        accepted=int(row["accepted"]),
        metrics={name: float(row[name]) for name in _METRICS},
        left=Left(float(row["expected_left"]), float(row["deviation"])),
        actually_left=int(row["actually_left"]),
        seconds=float(row["cpu_seconds"]),
    )


def _line(values: Iterable[object]) -> str:
    return ",".join(str(value) for value in values) + "\n"
