"""A finished ablation as a Markdown page that stands on its own, and as CSV."""

from __future__ import annotations

import csv
import io
import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from importlib.metadata import version

from core import __version__
from core.ablation.cost import REPEATS
from core.ablation.events import AblationFinished
from core.ablation.statistics import Summary, summarise
from core.config import RunConfig

METRICS = {"mrr": "MRR", "hits@1": "Hits@1", "hits@10": "Hits@10"}
DECODINGS = {"cosine": "Cosine", "csls": "CSLS", "sinkhorn": "Sinkhorn"}
_NOTHING = "-"
_PACKAGES = ("torch", "numpy", "scipy", "POT")
_STATED = ("modalities", "device", "random_seed", "checkpoint_every")  # elsewhere, or of no effect
_COLUMNS = (
    *("ablation", "variant", "changes", "measure", "metric", "mean", "std", "p"),
    *("random_seeds", "values"),
)

Table = Mapping[tuple[str, str, str], Summary]  # (variant, measure, metric), such as ("MIMEA", "csls", "mrr")


def summaries(finished: AblationFinished) -> Table:
    """Every metric of every variant over its random seeds, tested against the reference's."""
    values: dict[tuple[str, str, str], dict[int, float]] = {}
    for cell in finished.cells:
        for measure, metrics in cell.values.items():
            for metric, value in metrics.items():
                values.setdefault((cell.variant, measure, metric), {})[cell.random_seed] = value
    reference = finished.study.ablation.reference
    return {
        (variant, measure, metric): summarise(
            numbers, None if variant == reference else values.get((reference, measure, metric))
        )
        for (variant, measure, metric), numbers in values.items()
    }


def markdown(finished: AblationFinished, project: str, today: date) -> str:
    """The page: what was run on what, and a table for each decoding, or one of costs."""
    table = summaries(finished)
    body = _rankings(finished, table) if finished.study.ablation.kind != "cost" else _costs(table)
    settings = json.dumps(json.loads(finished.study.config.to_json()), indent=1)
    return "\n".join(
        [*_head(finished, project, today), *body, "", "## All settings", "", "```json", settings, "```", ""]
    )


def csv_text(finished: AblationFinished) -> str:
    """Long form: a row for each metric of each variant."""
    changes = {variant.name: variant.changes for variant in finished.study.ablation.variants}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for (variant, measure, metric), summary in summaries(finished).items():
        writer.writerow(
            [
                finished.study.ablation.name,
                variant,
                json.dumps(changes[variant]),
                measure,
                metric,
                summary.mean,
                summary.std,
                summary.p,
                " ".join(str(seed) for seed in summary.values),
                " ".join(repr(value) for value in summary.values.values()),
            ]
        )
    return out.getvalue()


def _head(finished: AblationFinished, project: str, today: date) -> Iterator[str]:
    study = finished.study
    seeds = sorted({cell.random_seed for cell in finished.cells})
    left, right = study.entities
    versions = [f"MIMEA Explorer {__version__}", f"Python {platform.python_version()}"]
    facts = {
        "Project": f"{project}: {left:,} left and {right:,} right entities, {study.links:,} known links",
        "Split": f"{len(study.split.seed):,} seeds, {len(study.split.validation):,} validation links, "
        f"{len(study.split.test):,} test links; drawn anew by each random seed",
        "Modalities": ", ".join(study.config.model.modalities),
        "Random seeds": ", ".join(map(str, seeds)),
        "Device": finished.device,
        "Versions": ", ".join([*versions, *(f"{name} {version(name)}" for name in _PACKAGES)]),
        "Date": today.isoformat(),
        "Settings": ", ".join(_changed_settings(study.config)) or "the defaults",
    }
    yield f"# {study.ablation.title}"
    yield ""
    yield "| | |"
    yield "|---|---|"
    for name, fact in facts.items():
        yield f"| {name} | {fact} |"
    for what, why in study.left_out.items():
        yield f"| Left out: {what} | {why} |"
    for cell in finished.failed:
        yield f"| Failed: {cell.variant}, random seed {cell.random_seed} | {cell.reason} |"
    yield ""


def _changed_settings(config: RunConfig) -> Iterator[str]:
    """The settings that differ from the defaults."""
    for section in fields(config):
        own, usual = getattr(config, section.name), getattr(RunConfig(), section.name)
        for setting in fields(own):
            value = getattr(own, setting.name)
            if value != getattr(usual, setting.name) and setting.name not in _STATED:
                yield f"{setting.name} = {', '.join(value) if isinstance(value, tuple) else value}"


def _rankings(finished: AblationFinished, table: Table) -> Iterator[str]:
    ablation = finished.study.ablation
    yield (
        "Test links ranked among the right entities of test links. Mean ± sample standard deviation over the "
        f"random seeds; p of the paired two-sided t-test against {ablation.reference} with the same random "
        "seeds; the best mean is bold."
    )
    for decoding, title in DECODINGS.items():
        rows = [
            (variant.name, [table.get((variant.name, decoding, metric)) for metric in METRICS])
            for variant in ablation.variants
        ]
        best = [
            max((cell.mean for cell in column if cell is not None), default=None)
            for column in zip(*(cells for _, cells in rows), strict=True)
        ]
        yield from ("", f"## {title}", "")
        yield "| Variant | " + " | ".join(f"{name} | p" for name in METRICS.values()) + " |"
        yield "|---|" + "---:|---:|" * len(METRICS)
        for name, cells in rows:
            shown = [_ranking(cell, top) for cell, top in zip(cells, best, strict=True)]
            yield f"| {name} | " + " | ".join(shown) + " |"


def _ranking(summary: Summary | None, best: float | None) -> str:
    if summary is None:
        return f"{_NOTHING} | {_NOTHING}"
    spread = _NOTHING if summary.std is None else f"{summary.std:.3f}"
    value = f"{summary.mean:.3f} ± {spread}"
    p = _NOTHING if summary.p is None else f"{summary.p:.3f}" if summary.p >= 0.001 else "< 0.001"
    return f"{f'**{value}**' if summary.mean == best else value} | {p}"


def _costs(table: Table) -> Iterator[str]:
    variants: Sequence[str] = list(dict.fromkeys(variant for variant, _, _ in table))
    yield (
        "Operations are multiplications and additions of matrix products, where sparse matrices count with "
        "their entries; what works element by element is not counted. An inference embeds and fuses all "
        "entities; an epoch is a forward and a backward pass over the seeds. The time is the median of "
        f"{REPEATS} inferences, ± their standard deviation, timed in turns with those of {variants[0]} that "
        "it is relative to."
    )
    yield ""
    yield "| Variant | Parameters (M) | FLOPs, inference (G) | FLOPs, epoch (G) | Inference (ms) | Relative |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name in variants:
        yield (
            f"| {name} | {table[name, 'model', 'parameters'].mean / 1e6:.3f} "
            f"| {table[name, 'inference', 'flops'].mean / 1e9:.3f} "
            f"| {table[name, 'epoch', 'flops'].mean / 1e9:.3f} "
            f"| {table[name, 'inference', 'seconds'].mean * 1e3:.1f} "
            f"± {table[name, 'inference', 'seconds_std'].mean * 1e3:.1f} "
            f"| {table[name, 'inference', 'relative'].mean:.2f}× |"
        )
