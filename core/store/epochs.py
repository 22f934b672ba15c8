"""The epochs of a run in the store: all that its curves are drawn from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.modality import JOINT, MODALITIES
from core.store.schema import Epoch

Metrics = Mapping[str, float]  # {"mrr": .., "hits@1": ..}

_DETAILS = ("loss_weights", "decodings", "weights", "spread", "pseudo_seeds", "pseudo_precision", "memory")


@dataclass(frozen=True, slots=True)
class EpochInfo:
    """What an epoch told; what was not measured is empty or None.

    ``losses`` are by modality and ``joint``, as are the ``loss_weights`` that they are multiplied with. Those
    from ``decodings`` to ``spread`` are of an evaluation: metrics by decoding, and over the entities the mean
    and the standard deviation of the fusion weight by modality. ``pseudo_precision`` is the share that is
    right of those ``pseudo_seeds`` whose answer is known, ``memory`` is in bytes.
    """

    epoch: int
    seconds: float
    losses: Mapping[str, float]
    mrr: float | None = None
    hits1: float | None = None
    hits10: float | None = None
    loss_weights: Mapping[str, float] = field(default_factory=dict)
    decodings: Mapping[str, Metrics] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    spread: Mapping[str, float] = field(default_factory=dict)
    pseudo_seeds: int = 0
    pseudo_precision: float | None = None
    memory: int | None = None


def add_epochs(session: Session, run_id: int, epochs: Sequence[EpochInfo]) -> None:
    """Record finished epochs."""
    rows = [
        {
            "run_id": run_id,
            "epoch": info.epoch,
            "seconds": info.seconds,
            **{f"loss_{name}": info.losses.get(name) for name in (JOINT, *MODALITIES)},
            "mrr": info.mrr,
            "hits1": info.hits1,
            "hits10": info.hits10,
            "detail_json": json.dumps(_details(info)),
        }
        for info in epochs
    ]
    if rows:
        session.execute(insert(Epoch), rows)


def run_epochs(session: Session, run_id: int) -> list[EpochInfo]:
    """The epochs of a run in order."""
    query = select(Epoch).where(Epoch.run_id == run_id).order_by(Epoch.epoch)
    return [_info(row) for row in session.scalars(query)]


def _details(info: EpochInfo) -> dict[str, Any]:
    found = {name: getattr(info, name) for name in _DETAILS}
    return {
        name: dict(value) if isinstance(value, Mapping) else value for name, value in found.items() if value
    }


def _info(row: Epoch) -> EpochInfo:
    losses = {name: getattr(row, f"loss_{name}") for name in (JOINT, *MODALITIES)}
    details = json.loads(row.detail_json or "{}")
    return EpochInfo(
        epoch=row.epoch,
        seconds=row.seconds,
        losses={name: loss for name, loss in losses.items() if loss is not None},
        mrr=row.mrr,
        hits1=row.hits1,
        hits10=row.hits10,
        **{name: details[name] for name in _DETAILS if name in details},
    )
