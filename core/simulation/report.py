"""What simulations measured as a figure."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.figure import Figure

from core.simulation.orders import TITLES, Order
from core.simulation.rounds import Curves, mean_mrr

# Okabe and Ito's, which the colour-blind tell apart; a marker each for prints without colour.
_LOOKS: dict[Order, tuple[str, str]] = {
    "teach": ("#0072B2", "o"),
    "best": ("#009E73", "^"),
    "uncertain": ("#D55E00", "s"),
    "random": ("#666666", "D"),
}


def draw(parts: Sequence[tuple[str, Curves]], format: Literal["svg", "png"]) -> bytes:
    """MRR by verdicts, and the estimate of what is left, a column for each project; means over the seeds."""
    figure = Figure(figsize=(4.4 * len(parts), 6.0), layout="constrained")
    grid = figure.subplots(2, len(parts), squeeze=False)
    for column, (title, curves) in enumerate(parts):
        above, below = grid[:, column]
        above.set_title(title)
        above.set_ylabel("MRR of held-out links")
        below.set_ylabel("Correct pairs undecided")
        below.set_xlabel("Verdicts")
        for order, found in curves.items():
            colour, marker = _LOOKS[order]
            verdicts, mrr = mean_mrr(found)
            look = {"color": colour, "marker": marker, "markersize": 4, "linewidth": 1.5}
            above.plot(verdicts, mrr, label=TITLES[order], **look)
            rounds = range(len(verdicts))
            below.plot(
                verdicts, [np.mean([curve[r].actually_left for curve in found]) for r in rounds], **look
            )
            expected = [np.mean([curve[r].left.expected for curve in found]) for r in rounds]
            below.plot(verdicts, expected, color=colour, linestyle=":", linewidth=1.5)
        for axes in (above, below):
            axes.grid(axis="y", color="#dddddd", linewidth=0.6)
            axes.spines[["top", "right"]].set_visible(False)
        below.set_ylim(bottom=0)
        below.plot([], [], color="#666666", linestyle=":", label="estimated")
        below.plot([], [], color="#666666", label="true")
        below.legend(frameon=False, loc="best")
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
    out = io.BytesIO()
    # Without a date the same rounds give the same SVG.
    figure.savefig(out, format=format, dpi=150, metadata={"Date": None} if format == "svg" else None)
    return out.getvalue()
