"""Queries on the candidate pairs of a run: the rows of a page of the review list, and what is decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from core.store.packed import packed_ids

VerdictKind = Literal["accepted", "rejected", "unsure", "no_counterpart"]
Ids = npt.NDArray[np.int64]

# How the note of a verdict begins that was given in the knowledge of what others hold.
SETTLED = "settled a disagreement"
UNSETTLED = f"""
SELECT d.* FROM verdict_disagreement d WHERE NOT EXISTS (
  SELECT 1 FROM current_verdict s WHERE s.left_id = d.left_id
  AND (s.right_id = d.right_id OR s.right_id IS NULL) AND s.note LIKE '{SETTLED}%')
"""

# The links that the run ``:run`` was trained on, but for those that a verdict rejects.
KNOWN = """
SELECT s.left_id, s.right_id FROM run_seed s WHERE s.run_id = :run AND s.role = 'seed' AND NOT EXISTS (
  SELECT 1 FROM current_verdict d
  WHERE d.left_id = s.left_id AND d.right_id = s.right_id AND d.kind = 'rejected')
"""


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A candidate as the list shows it."""

    id: int
    left_id: int
    right_id: int
    left_label: str
    right_label: str
    left_uri: str
    right_uri: str
    rank: int | None  # None, as the score, where the run did not propose the pair
    score: float | None
    probability: float | None  # that the pair is right; None where the run had nothing to calibrate it by
    mutual: bool
    verdict: VerdictKind | None  # of the pair, or "no_counterpart" of its left entity
    seed: bool  # a known link that the run was trained on
    settled: bool  # its left entity has another counterpart, accepted or known
    taken: bool  # its right entity is the counterpart of another one, accepted or known


def reviewable_run(session: Session) -> int | None:
    """The newest run that ended and has candidates."""
    run: int | None = session.execute(
        text(
            "SELECT max(r.id) FROM run r WHERE (r.status IN ('done', 'stopped')"
            " OR r.status = 'failed' AND r.best_epoch IS NOT NULL)"
            " AND EXISTS (SELECT 1 FROM candidate c WHERE c.run_id = r.id)"
        )
    ).scalar()
    return run


_PROPOSED = text("""
SELECT c.id, c.run_id, c.left_id, c.right_id, l.label AS left_label, r.label AS right_label,
  l.uri AS left_uri, r.uri AS right_uri, c.rank, c.score, c.probability, c.mutual
FROM candidate c JOIN entity l ON l.id = c.left_id JOIN entity r ON r.id = c.right_id WHERE c.id IN :ids
""").bindparams(bindparam("ids", expanding=True))
_UNPROPOSED = text("""
SELECT -v.id AS id, NULL AS run_id, v.left_id, v.right_id, l.label AS left_label, r.label AS right_label,
  l.uri AS left_uri, r.uri AS right_uri, NULL AS rank, NULL AS score, NULL AS probability, NULL AS mutual
FROM verdict v JOIN entity l ON l.id = v.left_id JOIN entity r ON r.id = v.right_id WHERE -v.id IN :ids
""").bindparams(bindparam("ids", expanding=True))
_SEEDS = text(f"""
SELECT left_id, right_id FROM ({KNOWN}) AS known WHERE left_id IN :lefts OR right_id IN :rights
""").bindparams(bindparam("lefts", expanding=True), bindparam("rights", expanding=True))
_HOLDERS = text("""
SELECT left_id, right_id FROM current_verdict WHERE kind = 'accepted' AND right_id IN :rights
""").bindparams(bindparam("rights", expanding=True))


def candidate_rows(session: Session, ids: Iterable[int]) -> list[CandidateRow]:
    """The rows of ``ids``, in the order asked for; ids that don't exist are left out.

    A number below 0 is that of the verdict on a pair which the run did not propose.
    """
    wanted = [int(i) for i in ids]
    found = {row.id: row for row in session.execute(_PROPOSED, {"ids": [i for i in wanted if i > 0]})}
    found |= {row.id: row for row in session.execute(_UNPROPOSED, {"ids": [i for i in wanted if i < 0]})}
    lefts, rights = ({getattr(row, side) for row in found.values()} for side in ("left_id", "right_id"))
    verdicts = verdicts_of(session, lefts)
    runs = {row.run_id for row in found.values()} - {None}
    seeds: set[tuple[int, int]] = set()
    for run_id in runs:
        values = {"run": run_id, "lefts": list(lefts), "rights": list(rights)}
        seeds |= {tuple(row) for row in session.execute(_SEEDS, values)}
    holders: dict[int, set[int]] = {}
    for left, right in [*session.execute(_HOLDERS, {"rights": list(rights)}), *seeds]:
        holders.setdefault(right, set()).add(left)
    linked = {left for left, _ in seeds}
    return [
        _row(row, verdicts.get(row.left_id, {}), seeds, linked, holders.get(row.right_id, set()))
        for i in wanted
        if (row := found.get(i)) is not None
    ]


def _row(
    row: Any,
    kinds: dict[int | None, VerdictKind],
    seeds: set[tuple[int, int]],
    linked: set[int],
    holders: set[int],
) -> CandidateRow:
    seed = (row.left_id, row.right_id) in seeds
    return CandidateRow(
        id=row.id,
        left_id=row.left_id,
        right_id=row.right_id,
        left_label=row.left_label,
        right_label=row.right_label,
        left_uri=row.left_uri,
        right_uri=row.right_uri,
        rank=row.rank,
        score=row.score,
        probability=row.probability,
        mutual=bool(row.mutual),
        verdict=kinds.get(row.right_id) or kinds.get(None),
        seed=seed,
        settled=(row.left_id in linked and not seed) or "accepted" in _but(kinds, row.right_id),
        taken=bool(holders - {row.left_id}),
    )


def _but(kinds: dict[int | None, VerdictKind], right_id: int) -> set[VerdictKind]:
    return {kind for other, kind in kinds.items() if other != right_id}


def verdicts_of(session: Session, left_ids: Iterable[int]) -> dict[int, dict[int | None, VerdictKind]]:
    """The verdicts in force of some left entities: kind by right entity (None for "no counterpart")."""
    statement = text("SELECT left_id, right_id, kind FROM current_verdict WHERE left_id IN :ids").bindparams(
        bindparam("ids", expanding=True)
    )
    verdicts: dict[int, dict[int | None, VerdictKind]] = {}
    for row in session.execute(statement, {"ids": list(left_ids)}):
        verdicts.setdefault(row.left_id, {})[row.right_id] = row.kind
    return verdicts


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """What makes the candidates of a run no longer wait for a verdict."""

    settled: Ids  # left entities with a counterpart, accepted or known, or without one. Shape: (s,)
    pairs: Ids  # (left id, right id) of the pairs with a verdict in force. Shape: (v, 2)
    kinds: npt.NDArray[np.str_]  # of these. Shape: (v,)

    def of_kind(self, kind: VerdictKind) -> Ids:
        """The pairs with this verdict. Shape: ``(w, 2)``."""
        found: Ids = self.pairs[self.kinds == kind]
        return found


def decided_pairs(session: Session, run_id: int) -> Decided:
    """What is decided, with the links that the run was trained on where no verdict rejects them."""
    verdicts = session.execute(text("SELECT left_id, right_id, kind FROM current_verdict")).all()
    kinds = np.array([row.kind for row in verdicts], np.str_)
    pairs = np.array([(row.left_id, row.right_id or 0) for row in verdicts], np.int64).reshape(-1, 2)
    of_pair = kinds != "no_counterpart"
    seeds = "FROM run_seed WHERE run_id = :run AND role = 'seed' ORDER BY left_id, right_id"
    left, right = (
        packed_ids(session, f"SELECT {side}_id AS id {seeds}", {"run": run_id}) for side in ("left", "right")
    )
    rejected = np.isin(pair_keys(left, right), pair_keys(*pairs[kinds == "rejected"].T))
    settled = pairs[np.isin(kinds, ("accepted", "no_counterpart")), 0]
    return Decided(np.concatenate([settled, left[~rejected]]), pairs[of_pair], kinds[of_pair])


def pair_keys(left_ids: Ids, right_ids: Ids) -> Ids:
    """One number per pair, so that numpy can look pairs up."""
    return (left_ids << 32) | right_ids


def first_candidates(
    session: Session, run_id: int, role: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The probability of the first candidates of a run's ``role`` links, and whether each is right.

    There is one for each left entity; candidates without a probability are left out. Shapes: ``(n,)``.
    """
    rows = session.execute(
        text(
            "WITH asked AS MATERIALIZED"
            " (SELECT left_id, right_id FROM run_seed WHERE run_id = :run AND role = :role)"
            " SELECT c.probability, EXISTS (SELECT 1 FROM asked a"
            "  WHERE a.left_id = c.left_id AND a.right_id = c.right_id) AS is_right"
            " FROM candidate c WHERE c.run_id = :run AND c.rank = 1 AND c.probability IS NOT NULL"
            " AND c.left_id IN (SELECT left_id FROM asked) ORDER BY c.left_id"
        ),
        {"run": run_id, "role": role},
    ).all()
    return np.array([row.probability for row in rows], float), np.array([row.is_right for row in rows], bool)
