"""Figure 3: a panel for each hyper-parameter and metric, a line for each decoding."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import fields
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from core.ablation.events import AblationFinished
from core.ablation.report import DECODINGS, METRICS, Table, summaries
from core.ablation.variants import FULL, Variant
from core.config import ModelConfig, TrainingConfig

# Okabe and Ito's, which the colour-blind tell apart; a marker each for prints without colour.
_LOOKS = {"cosine": ("#0072B2", "o"), "csls": ("#D55E00", "s"), "sinkhorn": ("#009E73", "^")}
_GREY = "#666666"


def draw(finished: AblationFinished, format: Literal["svg", "png"]) -> bytes:
    """The figure as a file's content: means as lines, bands of one standard deviation around them."""
    panels = _panels(finished)
    table = summaries(finished)
    figure = Figure(figsize=(2.6 * len(panels), 2.1 * len(METRICS)), layout="constrained")
    grid = figure.subplots(len(METRICS), len(panels), sharey="row", sharex="col", squeeze=False)
    for column, (setting, variants) in enumerate(panels.items()):
        for row, (metric, title) in enumerate(METRICS.items()):
            axes: Axes = grid[row, column]
            _panel(axes, setting, variants, metric, table)
            _mark_configured(axes, list(variants), _configured(finished, setting))
            if column == 0:
                axes.set_ylabel(title)
        grid[-1, column].set_xlabel(_label(setting))
    figure.legend(
        *grid[0, 0].get_legend_handles_labels(),
        loc="outside upper center",
        ncols=len(DECODINGS),
        frameon=False,
    )
    out = io.BytesIO()
    # Without a date the same cells give the same SVG.
    figure.savefig(out, format=format, dpi=200, metadata={"Date": None} if format == "svg" else None)
    return out.getvalue()


def _panels(finished: AblationFinished) -> dict[str, dict[float, Variant]]:
    """Variants by the one setting that they change, and by its value."""
    panels: dict[str, dict[float, Variant]] = {}
    for variant in finished.study.ablation.variants:
        if variant.name != FULL:
            ((setting, value),) = variant.changes.items()
            panels.setdefault(setting, {})[value] = variant
    return panels


def _panel(axes: Axes, setting: str, variants: Mapping[float, Variant], metric: str, table: Table) -> None:
    for decoding, title in DECODINGS.items():
        points = [table.get((variant.name, decoding, metric)) for variant in variants.values()]
        mean = np.array([np.nan if point is None else point.mean for point in points])
        spread = np.array([np.nan if point is None else point.std or 0.0 for point in points])
        colour, marker = _LOOKS[decoding]
        positions = np.arange(len(points))
        axes.fill_between(positions, mean - spread, mean + spread, color=colour, alpha=0.2, linewidth=0)
        axes.plot(positions, mean, color=colour, marker=marker, markersize=4, linewidth=1.5, label=title)
    # Values that are tried lie at even distances, whatever their ratio.
    axes.set_xticks(range(len(variants)), [f"{value:g}" for value in variants])
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)


def _mark_configured(axes: Axes, values: list[float], configured: float) -> None:
    """A dotted line at the value that the other panels were drawn with."""
    if configured in values:
        axes.axvline(values.index(configured), color=_GREY, linestyle=":", linewidth=1, zorder=0)


def _configured(finished: AblationFinished, setting: str) -> float:
    config = finished.study.config
    section = config.model if hasattr(config.model, setting) else config.training
    return float(getattr(section, setting))


def _label(setting: str) -> str:
    symbols = {f.name: f.metadata["symbol"] for f in (*fields(ModelConfig), *fields(TrainingConfig))}
    return f"${symbols[setting]}$" if symbols[setting].isascii() else symbols[setting]
