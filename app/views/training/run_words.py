"""A run of the store in words: how it ended, how good it was, how its settings differ."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from app.views.training.run_facts import duration
from app.views.training.setting_groups import GROUPS, MAIN
from core.config import RunConfig
from core.errors import ConfigError
from core.store.runs import INTERRUPTED, RunInfo

STATUS = {
    "queued": "queued",
    "running": "running",
    "done": "finished",
    "stopped": "stopped",
    "failed": "failed",
}
_LABELS = MAIN | {key: label for labels in GROUPS.values() for key, label in labels.items()}


def run_title(run: RunInfo) -> str:
    """A run in a list to choose from."""
    best = best_decoding(run.metrics_json)
    parts = [f"Run {run.id}", run.tag, f"MRR {best[1]['mrr']:.3f}" if best else "", status(run)]
    return "  ·  ".join(part for part in parts if part)


def status(run: RunInfo) -> str:
    """How it ended."""
    return INTERRUPTED if run.error == INTERRUPTED else STATUS.get(run.status, run.status)


def best_decoding(metrics_json: str | None) -> tuple[str, dict[str, float]] | None:
    """The decoding with the highest MRR of a run's stored metrics; None where nothing was tested."""
    decodings = json.loads(metrics_json or "{}").get("decodings") or {}
    if not decodings:
        return None
    name = max(decodings, key=lambda each: decodings[each]["mrr"])
    return name, decodings[name]


def metric(run: RunInfo, name: str) -> str:
    """A metric of the best decoding; a dash where nothing was tested."""
    best = best_decoding(run.metrics_json)
    return f"{best[1][name]:.3f}" if best else "–"


def started(run: RunInfo) -> str:
    """When it began, or was queued."""
    return f"{datetime.fromisoformat(run.started_at).astimezone():%d %b %Y, %H:%M}"


def took(run: RunInfo) -> str:
    """From its start to its end; empty before that."""
    if run.finished_at is None or run.status == "queued":
        return ""
    ends = (datetime.fromisoformat(time) for time in (run.started_at, run.finished_at))
    begin, end = ends
    return duration((end - begin).total_seconds())


def configuration(run: RunInfo) -> RunConfig | None:
    """Its settings; None where another version stored some that this one doesn't know."""
    try:
        return RunConfig.from_json(run.config_json)
    except ConfigError:
        return None


def differing(runs: Sequence[RunInfo]) -> dict[int, str]:
    """By run, the settings in which not all of ``runs`` agree."""
    configs = {run.id: _flat(config) for run in runs if (config := configuration(run)) is not None}
    keys = [key for key in _LABELS if len({repr(values[key]) for values in configs.values()}) > 1]
    return {
        run_id: ", ".join(f"{_LABELS[key].lower()} {_words(key, values[key])}" for key in keys)
        for run_id, values in configs.items()
    }


def _flat(config: RunConfig) -> dict[str, Any]:
    sections = (config.features, config.model, config.training)
    return {setting.name: getattr(part, setting.name) for part in sections for setting in fields(part)}


def _words(key: str, value: Any) -> str:
    if isinstance(value, tuple):
        return (
            "+".join(name[0].upper() for name in value) if key == "modalities" else " ".join(value) or "none"
        )
    if key.endswith("_ratio"):
        return f"{100 * value:g}"
    return f"{value:g}" if isinstance(value, float) else str(value) or "none"
