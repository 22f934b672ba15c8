"""Queries on the candidate pairs of a run: the order of the review list and the rows of one page of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

VerdictKind = Literal["accepted", "rejected", "unsure", "no_counterpart"]
VerdictFilter = Literal[
    "undecided", "all", "accepted", "rejected", "unsure", "no_counterpart", "disagreement"
]
QueueOrder = Literal["score", "score_ascending", "left_label", "right_label"]
Ids = npt.NDArray[np.int64]

# Verdicts are few and candidates many: the verdicts in force are listed once and looked up per candidate.
# A left entity is settled by an accepted pair, by "no counterpart" and by being a seed of the run.
_COMMON = """
WITH in_force AS MATERIALIZED (SELECT left_id, right_id, kind FROM current_verdict),
settled AS MATERIALIZED (
  SELECT left_id FROM in_force WHERE kind IN ('accepted', 'no_counterpart')
  UNION SELECT left_id FROM run_seed WHERE run_id = :run AND role = 'seed')
"""
_UNDECIDED = """
c.left_id NOT IN (SELECT left_id FROM settled)
AND NOT EXISTS (SELECT 1 FROM in_force f WHERE f.left_id = c.left_id AND f.right_id = c.right_id)
"""
# The best pair that was not rejected; where that one is parked as unsure, the entity waits with it.
_REJECTED = "(SELECT left_id FROM in_force WHERE kind = 'rejected')"
_BEST_UNDECIDED = f"""
(c.rank = 1 OR c.left_id IN {_REJECTED})
AND c.left_id NOT IN (SELECT left_id FROM in_force WHERE kind = 'unsure')
AND (c.rank = 1 OR NOT EXISTS (
  SELECT 1 FROM candidate b WHERE b.run_id = :run AND b.left_id = c.left_id AND b.rank < c.rank
  AND NOT EXISTS (SELECT 1 FROM in_force f
                  WHERE f.left_id = b.left_id AND f.right_id = b.right_id AND f.kind = 'rejected')))
AND {_UNDECIDED}
"""
_OF_KIND = """
EXISTS (SELECT 1 FROM in_force f WHERE f.left_id = c.left_id AND f.right_id = c.right_id AND f.kind = :kind)
"""
# How the note of a verdict begins that was given in the knowledge of what others hold.
SETTLED = "settled a disagreement"
UNSETTLED = f"""
SELECT d.* FROM verdict_disagreement d WHERE NOT EXISTS (
  SELECT 1 FROM current_verdict s WHERE s.left_id = d.left_id
  AND (s.right_id = d.right_id OR s.right_id IS NULL) AND s.note LIKE '{SETTLED}%')
"""
_DISAGREED = f"(c.left_id, c.right_id) IN (SELECT left_id, right_id FROM ({UNSETTLED}) AS u)"
_NO_COUNTERPART = "c.left_id IN (SELECT left_id FROM in_force WHERE kind = 'no_counterpart')"
_ORDERS: dict[QueueOrder, str] = {
    "score": "c.score DESC, c.id",
    "score_ascending": "c.score, c.id",
    "left_label": "(SELECT label FROM entity WHERE id = c.left_id), c.left_id, c.rank",
    "right_label": "(SELECT label FROM entity WHERE id = c.right_id), c.right_id, c.score DESC",
}


@dataclass(frozen=True, slots=True)
class CandidateFilter:
    """What the review list shows, and in which order.

    ``text`` is looked for in the labels and URIs of both sides, word by word. ``best_only`` keeps one pair
    per left entity of those that wait for a verdict (the best one not rejected), and the best of ``all``;
    pairs that were accepted, rejected or left unsure are always all shown.
    """

    run_id: int
    text: str = ""
    verdict: VerdictFilter = "undecided"
    best_only: bool = True
    order: QueueOrder = "score"

    def for_run(self, run_id: int) -> CandidateFilter:
        """The same filter on another run."""
        return replace(self, run_id=run_id)


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
    rank: int
    score: float
    probability: float | None  # that the pair is right; None where the run had nothing to calibrate it by
    mutual: bool
    verdict: VerdictKind | None  # of the pair, or "no_counterpart" of its left entity
    seed: bool  # a known link that the run was trained on
    settled: bool  # its left entity has another counterpart, accepted or known


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


def candidate_ids(session: Session, wanted: CandidateFilter) -> Ids:
    """The ids of all candidates that ``wanted`` lets through, in its order."""
    return candidate_pairs(session, wanted)[:, 0]


def candidate_pairs(session: Session, wanted: CandidateFilter) -> Ids:
    """(candidate id, left id, right id) of all that ``wanted`` lets through. shape: ``(n, 3)``."""
    # The plus keeps SQLite off the index on scores: it would fetch each row from elsewhere in the file.
    where = ["+c.run_id = :run"]
    values: dict[str, Any] = {"run": wanted.run_id}
    match wanted.verdict:
        case "undecided":
            where.append(_BEST_UNDECIDED if wanted.best_only else _UNDECIDED)
        case "all":
            where += ["c.rank = 1"] if wanted.best_only else []
        case "no_counterpart":
            where += [_NO_COUNTERPART] + (["c.rank = 1"] if wanted.best_only else [])
        case "disagreement":
            where.append(_DISAGREED)
        case kind:
            where.append(_OF_KIND)
            values["kind"] = kind
    like = "ILIKE" if session.get_bind().dialect.name == "postgresql" else "LIKE"
    for number, word in enumerate(wanted.text.split()):
        clauses = []
        for variant, pattern in enumerate(_patterns(word)):
            name = f"word{number}_{variant}"
            clauses.append(f"label {like} :{name} ESCAPE '\\' OR uri {like} :{name} ESCAPE '\\'")
            values[name] = pattern
        hits = f"SELECT id FROM entity WHERE {' OR '.join(clauses)}"
        where.append(f"(c.left_id IN ({hits}) OR c.right_id IN ({hits}))")
    sql = (
        f"{_COMMON} SELECT c.id, c.left_id, c.right_id FROM candidate c"
        f" WHERE {' AND '.join(where)} ORDER BY {_ORDERS[wanted.order]}"
    )
    return _array(session.execute(text(sql), values).all(), 3)


def candidate_rows(session: Session, ids: Iterable[int]) -> list[CandidateRow]:
    """The rows of ``ids``, in the order asked for; ids that don't exist are left out."""
    wanted = [int(i) for i in ids]
    statement = text(
        "SELECT c.id, c.left_id, c.right_id, l.label AS left_label, r.label AS right_label,"
        " l.uri AS left_uri, r.uri AS right_uri, c.rank, c.score, c.probability, c.mutual,"
        " EXISTS (SELECT 1 FROM run_seed s WHERE s.run_id = c.run_id AND s.left_id = c.left_id"
        "  AND s.right_id = c.right_id AND s.role = 'seed') AS seed,"
        " EXISTS (SELECT 1 FROM run_seed s WHERE s.run_id = c.run_id AND s.left_id = c.left_id"
        "  AND s.role = 'seed') AS of_seed"
        " FROM candidate c JOIN entity l ON l.id = c.left_id JOIN entity r ON r.id = c.right_id"
        " WHERE c.id IN :ids"
    ).bindparams(bindparam("ids", expanding=True))
    found = {row.id: row for row in session.execute(statement, {"ids": wanted})}
    verdicts = verdicts_of(session, {row.left_id for row in found.values()})
    rows = []
    for i in wanted:
        if (row := found.get(i)) is None:
            continue
        kinds = verdicts.get(row.left_id, {})
        rows.append(
            CandidateRow(
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
                seed=bool(row.seed),
                settled=bool(row.of_seed and not row.seed) or "accepted" in _but(kinds, row.right_id),
            )
        )
    return rows


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


def decided_pairs(session: Session, run_id: int) -> tuple[Ids, Ids]:
    """(settled left ids, decided pairs): what makes a candidate no longer wait for a verdict."""
    settled = session.execute(text(f"{_COMMON} SELECT left_id FROM settled"), {"run": run_id}).all()
    pairs = session.execute(
        text("SELECT left_id, right_id FROM current_verdict WHERE right_id IS NOT NULL")
    ).all()
    return _array(settled, 1)[:, 0], _array(pairs, 2)


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


def _array(rows: Sequence[Iterable[int]], columns: int) -> Ids:
    """Rows as an array; numpy takes far longer to look into each row by itself."""
    return np.fromiter(chain.from_iterable(rows), np.int64, columns * len(rows)).reshape(-1, columns)


def _patterns(word: str) -> Sequence[str]:
    """LIKE patterns for ``word``; SQLite folds the case of ASCII only, so other letters get variants."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    variants = {escaped} if word.isascii() else {escaped, escaped.lower(), escaped.upper(), escaped.title()}
    return [f"%{variant}%" for variant in sorted(variants)]
