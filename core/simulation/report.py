"""What a simulation measured, as a table and as a figure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal

from matplotlib.figure import Figure

from core.errors import InputError
from core.simulation.orders import TITLES, Order
from core.simulation.simulate import RoundDone

Row = dict[str, float]
Curves = dict[Order, list[Row]]

_COLUMNS = (
    "order", "round", "verdicts", "accepted", "mrr", "hits@1", "hits@10",
    "expected_left", "deviation", "actually_left", "cpu_seconds",
)  # fmt: skip
# Okabe and Ito's, which the colour-blind tell apart; a marker each for prints without colour.
_LOOKS: dict[Order, tuple[str, str]] = {
    "teach": ("#0072B2", "o"),
    "best": ("#009E73", "^"),
    "uncertain": ("#D55E00", "s"),
    "random": ("#666666", "D"),
}


def header() -> str:
    """The first line of the table."""
    return _line(_COLUMNS)


def line(done: RoundDone) -> str:
    """One round as a line of the table."""
    shares = (done.metrics["mrr"], done.metrics["hits@1"], done.metrics["hits@10"])
    counts = (done.left.expected, done.left.deviation)
    return _line(
        [
            done.order, done.round, done.verdicts, done.accepted, *(f"{share:.4f}" for share in shares),
            *(f"{count:.1f}" for count in counts), done.actually_left, f"{done.seconds:.1f}",
        ]
    )  # fmt: skip


def read(path: Path) -> Curves:
    """The rounds of a table by order.

    Raises:
        InputError: it is no such table.
    """
    curves: Curves = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                name = row.pop("order")
                order = next(known for known in TITLES if known == name)
                curves.setdefault(order, []).append({name: float(value) for name, value in row.items()})
            except (KeyError, StopIteration, TypeError, ValueError) as error:
                raise InputError(path, "a round of a simulation", repr(row), line=number) from error
    return curves


def verdicts_for(curve: Sequence[Row], mrr: float) -> float | None:
    """How many verdicts an order needs for an MRR, between rounds along a straight line; None beyond."""
    for before, after in pairwise(curve):
        if before["mrr"] >= mrr:
            return before["verdicts"]
        if after["mrr"] >= mrr:
            share = (mrr - before["mrr"]) / (after["mrr"] - before["mrr"])
            return before["verdicts"] + share * (after["verdicts"] - before["verdicts"])
    return None


def draw(parts: Sequence[tuple[str, Curves]], format: Literal["svg", "png"]) -> bytes:
    """MRR by verdicts, and the estimate of what is left, a column for each project."""
    figure = Figure(figsize=(4.4 * len(parts), 6.0), layout="constrained")
    grid = figure.subplots(2, len(parts), squeeze=False)
    for column, (title, curves) in enumerate(parts):
        above, below = grid[:, column]
        above.set_title(title)
        above.set_ylabel("MRR of held-out links")
        below.set_ylabel("Correct pairs undecided")
        below.set_xlabel("Verdicts")
        for order, rows in curves.items():
            colour, marker = _LOOKS[order]
            verdicts = [row["verdicts"] for row in rows]
            look = {"color": colour, "marker": marker, "markersize": 4, "linewidth": 1.5}
            above.plot(verdicts, [row["mrr"] for row in rows], label=TITLES[order], **look)
            below.plot(verdicts, [row["actually_left"] for row in rows], **look)
            expected = [row["expected_left"] for row in rows]
            below.plot(verdicts, expected, color=colour, linestyle=":", linewidth=1.5)
        for axes in (above, below):
            axes.grid(axis="y", color="#dddddd", linewidth=0.6)
            axes.spines[["top", "right"]].set_visible(False)
        below.plot([], [], color="#666666", linestyle=":", label="estimated")
        below.plot([], [], color="#666666", label="true")
        below.legend(frameon=False, loc="best")
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
    out = io.BytesIO()
    # Without a date the same rounds give the same SVG.
    figure.savefig(out, format=format, dpi=150, metadata={"Date": None} if format == "svg" else None)
    return out.getvalue()


def _line(values: Iterable[object]) -> str:
    return ",".join(str(value) for value in values) + "\n"
