"""The candidates of a run as packed columns, so that a million of them are sorted and counted in no time.

A row at a time SQLite hands a million rows to Python in seconds; as one blob a column it takes milliseconds.
The columns say what the rows of ``candidate`` say, and what orders the list beside that.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from core.modality import MODALITIES
from core.store.candidate_facts import CandidateFacts, candidate_facts
from core.store.kinds import entity_kinds
from core.store.packed import packed_ids
from core.store.runs import Candidates
from core.store.schema import Candidate, CandidateColumn

_PART = 20_000
_PICTURED = text("SELECT DISTINCT entity_id FROM image WHERE status = 'ok'")
_TYPES = {
    **dict.fromkeys(("id", "left_id", "right_id"), "<i8"),
    **dict.fromkeys(("claims", "kind"), "<i4"),
    **dict.fromkeys(("mutual", "left_image", "right_image"), "?"),
}
_NUMBER = "<f4"

Ids = NDArray[np.int64]
Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class CandidateColumns:
    """All candidates of a run, by ascending id; what is not known is NaN. Shape of each: ``(n,)``.

    A run writes the candidates of a left entity one after the other, the best first, and so they stand here.
    ``kind`` is that of the left entity, as :func:`core.store.kinds.entity_kinds` numbers it. ``gain`` says
    what a verdict would teach the next run (:mod:`core.training.teaching`); no row of the table has it.
    """

    id: Ids
    left_id: Ids
    right_id: Ids
    score: Numbers
    probability: Numbers
    margin: Numbers
    entropy: Numbers
    dissent: Numbers
    claims: NDArray[np.int32]
    mutual: NDArray[np.bool_]
    kind: NDArray[np.int32]
    left_image: NDArray[np.bool_]  # it has one that can be shown
    right_image: NDArray[np.bool_]
    gain: Numbers

    def __len__(self) -> int:
        return len(self.id)

    def take(self, places: NDArray[np.intp]) -> CandidateColumns:
        """The candidates at ``places``, in that order."""
        return CandidateColumns(*(getattr(self, field.name)[places] for field in fields(self)))

    def followed_by(self, others: CandidateColumns) -> CandidateColumns:
        """These, and then ``others``."""
        return CandidateColumns(
            *(
                np.concatenate([getattr(self, field.name), getattr(others, field.name)])
                for field in fields(self)
            )
        )

    def places(self, ids: Ids) -> NDArray[np.intp]:
        """Where ``ids`` stand, each of which is a candidate of the run."""
        if len(self) and self.id[-1] - self.id[0] == len(self) - 1:  # without gaps
            places: NDArray[np.intp] = ids - self.id[0]
            return places
        return np.searchsorted(self.id, ids)


COLUMNS = tuple(field.name for field in fields(CandidateColumns))
_NOT_IN_ROWS = ("kind", "left_image", "right_image", "gain")


def candidate_columns(session: Session, run_id: int) -> CandidateColumns:
    """The columns of a run; where nobody packed them, from its rows."""
    query = select(CandidateColumn.name, CandidateColumn.data).where(CandidateColumn.run_id == run_id)
    packed = {row.name: row.data for row in session.execute(query)}
    if "id" not in packed:
        return columns_from_rows(session, run_id)
    columns = {name: np.frombuffer(data, _TYPES.get(name, _NUMBER)) for name, data in packed.items()}
    columns.setdefault("gain", np.full(len(columns["id"]), np.nan, np.float32))  # of an earlier version
    return CandidateColumns(**columns)


def unproposed(ids: Ids, pairs: Ids) -> CandidateColumns:
    """Pairs that the run did not propose, of which nothing is known but who they are."""
    n = len(ids)
    unknown, no, zero = np.full(n, np.nan, np.float32), np.zeros(n, np.bool_), np.zeros(n, np.int32)
    return CandidateColumns(
        id=ids,
        left_id=pairs[:, 0],
        right_id=pairs[:, 1],
        score=unknown,
        probability=unknown,
        margin=unknown,
        entropy=unknown,
        dissent=unknown,
        claims=zero,
        mutual=no,
        kind=zero,
        left_image=no,
        right_image=no,
        gain=unknown,
    )


def pack_candidates(session: Session, run_id: int, columns: CandidateColumns) -> None:
    """Write the columns of a run, in place of those that it had."""
    session.execute(delete(CandidateColumn).where(CandidateColumn.run_id == run_id))
    rows = [{"run_id": run_id, "name": name, "data": getattr(columns, name).tobytes()} for name in COLUMNS]
    session.execute(insert(CandidateColumn), rows)


def renew_facts(session: Session, run_id: int) -> None:
    """Compute the facts of a run's candidates again, after some were removed, and pack its columns."""
    scores = [f"score_{modality}" for modality in MODALITIES]
    before = candidate_columns(session, run_id)
    names = ("id", "left_id", "right_id", "rank", "score", "probability", *scores)
    table = dict(zip(names, _read(session, run_id, names), strict=True))
    if not len(table["id"]):
        session.execute(delete(CandidateColumn).where(CandidateColumn.run_id == run_id))
        return
    calibrated = not np.isnan(table["probability"]).all()
    by_modality = {
        modality: table[name].astype(np.float32)
        for modality, name in zip(MODALITIES, scores, strict=True)
        if not np.isnan(table[name]).all()
    }
    facts = candidate_facts(
        Candidates(
            left_id=table["left_id"].astype(np.int64),
            right_id=table["right_id"].astype(np.int64),
            rank=table["rank"].astype(np.int64),
            score=table["score"].astype(np.float32),
            by_modality=by_modality,
            mutual=np.zeros(len(table["id"]), np.bool_),
            probability=table["probability"] if calibrated else None,
        )
    )
    ids = table["id"].astype(np.int64)
    for start in range(0, len(ids), _PART):
        part = slice(start, start + _PART)
        values = {"id": ids[part].tolist(), **facts.rows(part)}
        rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
        session.execute(update(Candidate), rows)
    columns = columns_from_rows(session, run_id)
    kept = np.isin(ids, before.id)
    columns.gain[kept] = before.gain[before.places(ids[kept])]
    pack_candidates(session, run_id, columns)


def columns_of(
    session: Session, run_id: int, candidates: Candidates, facts: CandidateFacts
) -> CandidateColumns:
    """The columns of a run whose rows were written just now, in this order; nothing is known of gains."""
    ids = packed_ids(session, "SELECT id FROM candidate WHERE run_id = :run ORDER BY id", {"run": run_id})
    unknown = np.full(len(ids), np.nan)
    columns = {
        "id": ids,
        "probability": unknown if candidates.probability is None else candidates.probability,
        **{name: getattr(candidates, name) for name in ("left_id", "right_id", "score", "mutual")},
        **{name: getattr(facts, name) for name in ("margin", "entropy", "dissent", "claims")},
    }
    return _completed(session, columns)


def columns_from_rows(session: Session, run_id: int) -> CandidateColumns:
    """The columns of a run, read row by row; nothing is known of gains."""
    names = tuple(name for name in COLUMNS if name not in _NOT_IN_ROWS)
    columns = dict(zip(names, _read(session, run_id, names), strict=True))
    columns["claims"] = np.nan_to_num(columns["claims"])  # of rows whose facts nobody computed
    return _completed(session, columns)


def _completed(session: Session, columns: dict[str, NDArray[Any]]) -> CandidateColumns:
    """With what is known of the entities."""
    left, right = (columns[name].astype(np.int64) for name in ("left_id", "right_id"))
    pictured = np.array(session.execute(_PICTURED).scalars().all(), np.int64)
    columns |= {
        "kind": entity_kinds(session, left),
        "left_image": np.isin(left, pictured),
        "right_image": np.isin(right, pictured),
        "gain": np.full(len(left), np.nan),
    }
    return CandidateColumns(*(columns[name].astype(_TYPES.get(name, _NUMBER)) for name in COLUMNS))


def _read(session: Session, run_id: int, names: tuple[str, ...]) -> list[NDArray[Any]]:
    """Columns of the table as numbers, NaN for null; an id is exact below 2 ** 53."""
    query = text(f"SELECT {', '.join(names)} FROM candidate WHERE run_id = :run ORDER BY id")
    result = session.execute(query, {"run": run_id}, execution_options={"yield_per": _PART})
    parts = [np.array([tuple(row) for row in part], np.float64) for part in result.partitions()]
    return list(np.concatenate([np.empty((0, len(names))), *parts]).T)
