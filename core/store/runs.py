"""Training runs in the store: what a run writes while it goes, and what others read of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from core.modality import MODALITIES, Modality
from core.store.many_rows import add_rows
from core.store.schema import Candidate, CandidateColumn, Epoch, ModalityWeight, Run, RunSeed

GivenRole = Literal["seed", "validation", "test", "accepted", "rejected"]
Role = GivenRole | Literal["pseudo"]
GIVEN_ROLES: tuple[GivenRole, ...] = get_args(GivenRole)  # what a run begins with: known links and verdicts
Pairs = NDArray[np.int64]

INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A run as the table has it; times are ISO 8601 in UTC, ``metrics_json`` is what ``evaluate`` returns."""

    id: int
    config_json: str
    status: str
    device: str
    started_at: str
    finished_at: str | None
    error: str | None
    best_epoch: int | None
    metrics_json: str | None
    modalities: tuple[str, ...]
    tag: str = ""
    note: str = ""
    newest_verdict: int | None = None  # the last verdict that it knew of; None where it learned from none
    started_from: int | None = None  # the run with whose model it began


@dataclass(frozen=True, slots=True)
class Candidates:
    """The columns of proposed pairs; a score is NaN where either side lacks the modality."""

    left_id: Pairs
    right_id: Pairs
    rank: Pairs
    score: NDArray[np.float32]
    by_modality: Mapping[Modality, NDArray[np.float32]]
    mutual: NDArray[np.bool_]
    probability: NDArray[np.float64] | None = None  # that the pair is right; None where nothing calibrated it
    support: NDArray[np.float64] | None = None  # by matched neighbours; None where the run asked for none

    def __len__(self) -> int:
        return len(self.left_id)


def queue_run(session: Session, config_json: str, started_from: int | None = None) -> int:
    """Add a run with the status ``queued``, which waits to be started; returns its identifier.

    ``started_from`` is the run with whose model it will begin.
    """
    run = Run(config_json=config_json, status="queued", started_at=_now(), started_from=started_from)
    session.add(run)
    session.flush()
    return run.id


def start_run(
    session: Session,
    config_json: str,
    device: str,
    modalities: Sequence[str],
    *,
    newest_verdict: int | None = None,
    started_from: int | None = None,
    queued: int | None = None,
) -> int:
    """Add a run with the status ``running``, or begin the one that is queued; returns its identifier.

    Args:
        session: open for writing.
        config_json: all settings.
        device: as people read it.
        modalities: those that take part.
        newest_verdict: the last one that there was; None where the run learns from none.
        started_from: the run with whose model it begins.
        queued: the run that :func:`queue_run` put down.
    """
    run = Run(config_json=config_json) if queued is None else session.get_one(Run, queued)
    run.status, run.device, run.modalities = "running", device, ",".join(modalities)
    run.newest_verdict, run.started_from = newest_verdict, started_from
    run.started_at = _now()
    session.add(run)
    session.flush()
    return run.id


def add_seeds(session: Session, run_id: int, role: Role, pairs: Pairs) -> None:
    """Record the links that the run uses as ``role``; ``pairs`` has the shape ``(m, 2)``."""
    rows = [
        {"run_id": run_id, "left_id": left, "right_id": right, "role": role, "pseudo_epoch": None}
        for left, right in pairs.tolist()
    ]
    if rows:
        session.execute(insert(RunSeed), rows)


def set_pseudo_seeds(session: Session, run_id: int, pairs: Pairs, epochs: NDArray[np.int64]) -> None:
    """Make these the run's pseudo-seeds, in place of those it had.

    Args:
        session: open for writing.
        run_id: the run.
        pairs: identifiers. Shape: ``(m, 2)``.
        epochs: in which each came. Shape: ``(m,)``.
    """
    session.execute(delete(RunSeed).where(RunSeed.run_id == run_id, RunSeed.role == "pseudo"))
    rows = [
        {"run_id": run_id, "left_id": left, "right_id": right, "role": "pseudo", "pseudo_epoch": epoch}
        for (left, right), epoch in zip(pairs.tolist(), epochs.tolist(), strict=True)
    ]
    if rows:
        session.execute(insert(RunSeed), rows)


def clear_results(session: Session, run_id: int) -> None:
    """Remove the candidates and weights of a run, before new ones are written."""
    session.execute(delete(CandidateColumn).where(CandidateColumn.run_id == run_id))
    session.execute(delete(Candidate).where(Candidate.run_id == run_id))
    session.execute(delete(ModalityWeight).where(ModalityWeight.run_id == run_id))


def add_candidates(
    session: Session, run_id: int, candidates: Candidates, part: slice, facts: Mapping[str, list[Any]]
) -> None:
    """Record a part of the candidates: a caller writes them in parts to let other writers in between.

    ``facts`` are more columns of that part, which :mod:`core.store.candidate_facts` computes.
    """
    scores = {
        f"score_{modality}": _nullable(candidates.by_modality[modality][part])
        for modality in MODALITIES
        if modality in candidates.by_modality
    }
    for name, column in (("probability", candidates.probability), ("score_support", candidates.support)):
        if column is not None:
            scores[name] = column[part].tolist()
    add_rows(
        session,
        "candidate",
        {
            "run_id": [run_id] * len(candidates.left_id[part]),
            "left_id": candidates.left_id[part].tolist(),
            "right_id": candidates.right_id[part].tolist(),
            "rank": candidates.rank[part].tolist(),
            "score": candidates.score[part].tolist(),
            "mutual": candidates.mutual[part].tolist(),
            **scores,
            **facts,
        },
    )


def add_modality_weights(
    session: Session, run_id: int, entity_ids: Pairs, weights: Mapping[Modality, NDArray[np.float32]]
) -> None:
    """Record the fusion weights; NaN where an entity lacks the modality. Shapes: ``(n,)`` each."""
    columns: dict[str, list[Any]] = {modality: _nullable(values) for modality, values in weights.items()}
    ids = entity_ids.tolist()
    add_rows(session, "modality_weight", {"run_id": [run_id] * len(ids), "entity_id": ids, **columns})


def finish_run(
    session: Session,
    run_id: int,
    status: Literal["done", "stopped", "failed"],
    *,
    best_epoch: int | None = None,
    metrics_json: str | None = None,
    error: str | None = None,
) -> None:
    """Close a run."""
    session.execute(
        update(Run)
        .where(Run.id == run_id)
        .values(
            status=status,
            finished_at=_now(),
            best_epoch=best_epoch,
            metrics_json=metrics_json,
            error=error,
        )
    )


def interrupt_runs(session: Session, run_ids: Sequence[int]) -> None:
    """Mark runs that a killed process left ``running`` as stopped."""
    session.execute(
        update(Run).where(Run.id.in_(run_ids)).values(status="stopped", error=INTERRUPTED, finished_at=_now())
    )


def resume_run(session: Session, run_id: int, epoch: int, device: str) -> None:
    """Make a run ``running`` again as it was after ``epoch``; what it wrote later is taken back."""
    session.execute(delete(Epoch).where(Epoch.run_id == run_id, Epoch.epoch > epoch))
    session.execute(
        update(Run)
        .where(Run.id == run_id)
        .values(
            status="running", device=device, finished_at=None, error=None, best_epoch=None, metrics_json=None
        )
    )


def latest_run(session: Session) -> RunInfo | None:
    """The newest run that has results in the store, however it ended."""
    query = select(Run).where(Run.status.not_in(("queued", "running")), Run.best_epoch.is_not(None))
    run = session.scalars(query.order_by(Run.id.desc()).limit(1)).first()
    return None if run is None else _info(run)


def get_run(session: Session, run_id: int) -> RunInfo | None:
    """The run with this identifier."""
    run = session.get(Run, run_id)
    return None if run is None else _info(run)


def list_runs(session: Session) -> list[RunInfo]:
    """All runs, the newest first."""
    return [_info(run) for run in session.scalars(select(Run).order_by(Run.id.desc()))]


def run_pairs(session: Session, run_id: int, role: Role) -> Pairs:
    """The (left, right) pairs that a run used as ``role``, ordered. Shape: ``(m, 2)``."""
    query = (
        select(RunSeed.left_id, RunSeed.right_id)
        .where(RunSeed.run_id == run_id, RunSeed.role == role)
        .order_by(RunSeed.left_id, RunSeed.right_id)
    )
    return np.array([tuple(row) for row in session.execute(query)], dtype=np.int64).reshape(-1, 2)


def _info(run: Run) -> RunInfo:
    return RunInfo(
        id=run.id,
        config_json=run.config_json,
        status=run.status,
        device=run.device,
        started_at=run.started_at,
        finished_at=run.finished_at,
        error=run.error,
        best_epoch=run.best_epoch,
        metrics_json=run.metrics_json,
        modalities=tuple(name for name in run.modalities.split(",") if name),
        tag=run.tag or "",
        note=run.note or "",
        newest_verdict=run.newest_verdict,
        started_from=run.started_from,
    )


def _nullable(values: NDArray[np.float32]) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]  # NaN is not itself


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
