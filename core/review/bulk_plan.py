"""What judging many candidates at once would do, before it is done as one step of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.alignment.assignment import one_to_one
from core.review.journal import BULK_NOTE, BULK_REJECTED_NOTE, Decision, Step, decide
from core.store.candidate_columns import CandidateColumns, candidate_columns
from core.store.candidates import KNOWN, pair_keys
from core.store.entities import entity_labels
from core.store.project_file import ProjectFile

BulkKind = Literal["accepted", "rejected"]
Ids = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
MOST_NAMED = 50
# The pairs that leave no other counterpart to their entities.
HELD = f"SELECT left_id, right_id FROM current_verdict WHERE kind = 'accepted' UNION {KNOWN}"


@dataclass(frozen=True, slots=True)
class Clash:
    """An entity that would have several counterparts: those it has already, and those to be accepted."""

    label: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class BulkPlan:
    """What is to be written, and what would come of it.

    ``decided`` counts pairs that are left alone since they have a verdict, or stand against "no
    counterpart"; ``left_out`` those that one-to-one leaves out. ``precision`` is the share of right pairs to
    expect among those accepted, from the calibrated probabilities; None where the run has none.
    """

    run_id: int
    kind: BulkKind
    rows: CandidateColumns
    decided: int
    left_out: int
    clashing: int  # entities that would have more than one counterpart
    clashes: tuple[Clash, ...]  # the first of them
    precision: float | None

    def __len__(self) -> int:
        return len(self.rows)


def plan_bulk(session: Session, run_id: int, kind: BulkKind, ids: Ids, *, exclusive: bool = True) -> BulkPlan:
    """Plan to judge the candidates ``ids`` of a run alike.

    ``exclusive`` accepts no entity twice, and none that has a counterpart: of candidates that exclude each
    other it takes those that promise the most right pairs together. Without it they are all accepted.
    """
    columns = candidate_columns(session, run_id)
    chosen = columns.take(columns.places(np.sort(ids[ids > 0])))
    rows = chosen.take(np.flatnonzero(~_decided(session, chosen)))
    decided = len(ids) - len(rows)
    if kind == "rejected":
        return BulkPlan(run_id, kind, rows, decided, 0, 0, (), None)
    held = np.array(session.execute(text(HELD), {"run": run_id}).all(), np.int64).reshape(-1, 2)
    kept = rows
    if exclusive:
        free = ~(np.isin(rows.left_id, held[:, 0]) | np.isin(rows.right_id, held[:, 1]))
        kept = rows.take(np.flatnonzero(free))
        worth = np.where(np.isnan(kept.probability), kept.score, kept.probability).astype(np.float64)
        if len(kept):
            kept = kept.take(np.sort(one_to_one(kept.left_id, kept.right_id, worth)))
    clashing, clashes = _clashes(session, kept, held)
    known = len(kept) > 0 and not np.isnan(kept.probability).any()
    precision = float(kept.probability.mean(dtype=np.float64)) if known else None
    return BulkPlan(run_id, kind, kept, decided, len(rows) - len(kept), clashing, clashes, precision)


def carry_out(project: ProjectFile, plan: BulkPlan, author: str) -> Step:
    """Write the verdicts of a plan that has any, as one step."""
    note = BULK_NOTE if plan.kind == "accepted" else BULK_REJECTED_NOTE
    pairs = zip(
        plan.rows.left_id.tolist(), plan.rows.right_id.tolist(), plan.rows.score.tolist(), strict=True
    )
    return decide(
        project,
        [Decision(left, right, plan.kind, score, plan.run_id, author, note) for left, right, score in pairs],
    )


def _decided(session: Session, rows: CandidateColumns) -> Mask:
    found = session.execute(
        text("SELECT left_id, right_id FROM current_verdict WHERE kind <> 'unsure'")
    ).all()
    pairs = [row.left_id << 32 | row.right_id for row in found if row.right_id is not None]
    alone = [row.left_id for row in found if row.right_id is None]
    mask: Mask = np.isin(pair_keys(rows.left_id, rows.right_id), pairs) | np.isin(rows.left_id, alone)
    return mask


def _clashes(session: Session, rows: CandidateColumns, held: Ids) -> tuple[int, tuple[Clash, ...]]:
    """How many entities ``rows`` and the pairs ``held`` give several counterparts, and who the first are."""
    pairs = np.unique(np.concatenate([np.column_stack([rows.left_id, rows.right_id]), held]), axis=0)
    number, found = 0, []
    for side, ids in ((0, rows.left_id), (1, rows.right_id)):
        entities, counts = np.unique(pairs[:, side], return_counts=True)
        double = entities[(counts > 1) & np.isin(entities, ids)]
        number += len(double)
        found += [
            (int(each), pairs[pairs[:, side] == each, 1 - side].tolist()) for each in double[:MOST_NAMED]
        ]
    found = found[:MOST_NAMED]
    labels = entity_labels(session, {each for one, others in found for each in (one, *others)})
    return number, tuple(
        Clash(labels[one], tuple(labels[other] for other in others)) for one, others in found
    )
