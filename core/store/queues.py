"""The queues of the review list: which candidates each holds, as one SQL query that also counts them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from core.store.candidates import UNSETTLED
from core.store.packed import packed_ids
from core.store.search import search_clause

QueueName = Literal[
    "teach", "undecided", "uncertain", "dissent", "mutual", "conflict", "hub", "weak", "missing", "changed",
    "accepted", "rejected", "unsure", "no_counterpart", "mine", "others", "disagreement", "all",
]  # fmt: skip
QueueOrder = Literal[
    "teach", "likely", "likely_ascending", "score", "score_ascending", "left_label", "right_label", "verdict",
    "entropy", "dissent", "claims",
]  # fmt: skip
FacetName = Literal["chance", "score", "margin", "mutual", "verdict", "image", "kind", "author"]
Ids = npt.NDArray[np.int64]

HUB = 3  # entities that have the same one as their best candidate
_Among = Literal["waiting", "decided", "claimed", "disputed", "every"]

# Verdicts are few and candidates many: the verdicts in force are listed once and looked up per candidate.
# A left entity is settled by an accepted pair, by "no counterpart" and by being a seed of the run that
# nobody rejected.
_COMMON = """
WITH in_force AS MATERIALIZED (SELECT id, left_id, right_id, kind, author FROM current_verdict),
rejected AS MATERIALIZED (SELECT left_id, right_id FROM in_force WHERE kind = 'rejected'),
taken AS MATERIALIZED (
  SELECT left_id, right_id FROM in_force WHERE kind = 'accepted'
  UNION SELECT s.left_id, s.right_id FROM run_seed s WHERE s.run_id = :run AND s.role = 'seed'
  AND NOT EXISTS (SELECT 1 FROM rejected x WHERE x.left_id = s.left_id AND x.right_id = s.right_id)),
settled AS MATERIALIZED (
  SELECT left_id FROM taken UNION ALL SELECT left_id FROM in_force WHERE kind = 'no_counterpart')
"""
_FACTS = "c.probability, c.mutual, c.margin, c.dissent, c.claims, c.missing"
_SELECTED = f"SELECT c.id, c.left_id, c.right_id, NULL AS kind, NULL AS author, {_FACTS}"
_UNDECIDED = f"{_SELECTED} FROM candidate c"
# Plus and cross join keep SQLite on the index of the best and on the few that were rejected. A pair that is
# NOT IN a list costs a walk through all of it.
# The best pair that was not rejected; where that one is parked as unsure, the entity waits with it.
_WAITING_BEST = f"""
{_UNDECIDED} WHERE +c.run_id = :run AND c.rank = 1
AND c.left_id NOT IN (SELECT left_id FROM in_force UNION ALL SELECT left_id FROM settled)
UNION ALL
{_SELECTED} FROM (
  SELECT b.left_id, min(b.rank) AS rank FROM candidate b
  WHERE b.run_id = :run AND b.left_id IN (SELECT left_id FROM rejected)
  AND NOT EXISTS (SELECT 1 FROM rejected x WHERE x.left_id = b.left_id AND x.right_id = b.right_id)
  GROUP BY b.left_id
) AS following
CROSS JOIN candidate c WHERE c.run_id = :run AND c.left_id = following.left_id AND c.rank = following.rank
AND c.left_id NOT IN (SELECT left_id FROM in_force WHERE kind = 'unsure')
AND c.left_id NOT IN (SELECT left_id FROM settled)
"""
# A pair that the run did not propose, such as one found by hand, has the number of its verdict below 0.
_DECIDED = f"""
SELECT coalesce(c.id, -f.id) AS id, f.left_id, f.right_id, f.kind, f.author, {_FACTS} FROM in_force f
LEFT JOIN candidate c ON c.run_id = :run AND c.left_id = f.left_id AND c.right_id = f.right_id
WHERE f.right_id IS NOT NULL
UNION ALL
SELECT c.id, c.left_id, c.right_id, f.kind, f.author, {_FACTS} FROM in_force f
CROSS JOIN candidate c WHERE c.run_id = :run AND c.left_id = f.left_id AND c.rank = 1 AND f.right_id IS NULL
"""
_DISPUTED = f"""
{_UNDECIDED} WHERE c.run_id = :run
AND (c.left_id, c.right_id) IN (SELECT left_id, right_id FROM ({UNSETTLED}) AS u)
"""


@dataclass(frozen=True, slots=True)
class CandidateFilter:
    """What the review list shows, and in which order.

    ``text`` is looked for in labels, URIs and attribute values of both sides, word by word. ``best_only``
    keeps one pair per left entity of those that wait for a verdict (the best one not rejected), and the
    best of ``all``; pairs that were decided are always all shown. ``order`` None is the queue's own.
    ``facets`` are values of :mod:`core.review.facets`, one of a facet. ``pairs`` narrows the queue to some
    (left, right) pairs. Queues of ``mine`` and ``others`` are told apart by ``author``.
    """

    run_id: int
    text: str = ""
    queue: QueueName = "teach"
    best_only: bool = True
    order: QueueOrder | None = None
    facets: tuple[tuple[FacetName, str], ...] = ()
    author: str = ""
    pairs: frozenset[tuple[int, int]] | None = None

    def for_run(self, run_id: int) -> CandidateFilter:
        """The same filter on another run."""
        return replace(self, run_id=run_id)

    @property
    def ordered_by(self) -> QueueOrder:
        """The order in force."""
        return self.order or QUEUES[self.queue].order


@dataclass(frozen=True, slots=True)
class NamedQueue:
    """A queue: the condition on the rows among which it is, and the order it is gone through in."""

    among: _Among
    where: str
    order: QueueOrder = "likely"


_ALL = "TRUE"
_PREVIOUS = """(SELECT max(r.id) FROM run r WHERE r.id < :run AND r.status <> 'running'
                AND EXISTS (SELECT 1 FROM candidate e WHERE e.run_id = r.id))"""
QUEUES: dict[QueueName, NamedQueue] = {
    "teach": NamedQueue("waiting", _ALL, "teach"),
    "undecided": NamedQueue("waiting", _ALL),
    "uncertain": NamedQueue("waiting", _ALL, "entropy"),
    "dissent": NamedQueue("waiting", "dissent > 0.5", "dissent"),
    "mutual": NamedQueue("waiting", "mutual"),
    # Two that were accepted for one entity, and proposals of one that is taken.
    "conflict": NamedQueue(
        "claimed",
        "kind IS NULL AND right_id IN (SELECT right_id FROM taken) OR kind = 'accepted' AND ("
        "left_id IN (SELECT left_id FROM taken GROUP BY left_id HAVING count(*) > 1)"
        " OR right_id IN (SELECT right_id FROM taken GROUP BY right_id HAVING count(*) > 1))",
        "verdict",
    ),
    "hub": NamedQueue("waiting", f"claims >= {HUB}", "claims"),
    "weak": NamedQueue(
        "waiting",
        "CASE WHEN probability IS NULL THEN NOT mutual AND coalesce(margin, 1) < 0.05"
        " ELSE probability < 0.25 END",
        "likely_ascending",
    ),
    "missing": NamedQueue("waiting", "missing"),
    # As above: from the best of the run before to those of this one, and no other row is looked at.
    "changed": NamedQueue(
        "waiting",
        "left_id IN (SELECT o.left_id FROM candidate o CROSS JOIN candidate n"
        f" WHERE +o.run_id = {_PREVIOUS} AND o.rank = 1 AND n.run_id = :run AND n.left_id = o.left_id"
        " AND n.rank = 1 AND n.right_id <> o.right_id)",
    ),
    "accepted": NamedQueue("decided", "kind = 'accepted'"),
    "rejected": NamedQueue("decided", "kind = 'rejected'"),
    "unsure": NamedQueue("decided", "kind = 'unsure'"),
    "no_counterpart": NamedQueue("decided", "kind = 'no_counterpart'"),
    "mine": NamedQueue("decided", "author = :author"),
    "others": NamedQueue("decided", "author <> :author"),
    "disagreement": NamedQueue("disputed", _ALL),
    "all": NamedQueue("every", _ALL),
}
assert set(QUEUES) == set(get_args(QueueName))


def queue_ids(session: Session, wanted: CandidateFilter) -> Ids:
    """The ids of all candidates in a queue that its text lets through, in no order; facets are not asked.

    A number below 0 is that of the verdict on a pair which the run did not propose. Unless the best are
    asked for, those of a queue that waits are not asked whether they do: :func:`decided_pairs` tells sooner.
    """
    queue = QUEUES[wanted.queue]
    found, values = search_clause(session, wanted.text)
    values |= {"run": wanted.run_id, "author": wanted.author}
    rows = _rows(queue.among, wanted.best_only)
    query = f"SELECT id FROM ({rows}) AS q WHERE ({queue.where}){found}"
    return packed_ids(session, query, values, before=_COMMON)


def asks_for_all(wanted: CandidateFilter) -> bool:
    """Whether every candidate of the run is in a queue if it waits or is the best, as far as that is asked.

    No query has to find these: what is decided tells which they are, and in a tenth of the time.
    """
    queue = QUEUES[wanted.queue]
    return queue.among in ("waiting", "every") and queue.where == _ALL and not wanted.text


def queue_counts(session: Session, run_id: int, author: str) -> dict[QueueName, int]:
    """How many candidates each queue holds: of those that wait, the best of each entity."""
    counts: dict[QueueName, int] = {}
    for among in get_args(_Among):
        names = [name for name, queue in QUEUES.items() if queue.among == among]
        columns = ", ".join(f"count(*) FILTER (WHERE {QUEUES[name].where})" for name in names)
        sql = f"{_COMMON} SELECT {columns} FROM ({_rows(among, True)}) AS q"
        row = session.execute(text(sql), {"run": run_id, "author": author}).one()
        counts |= dict(zip(names, row, strict=True))
    return counts


def waiting_count(session: Session, run_id: int) -> int:
    """How many entities wait for a verdict on a candidate."""
    count = session.scalar(text(f"{_COMMON} SELECT count(*) FROM ({_WAITING_BEST}) AS q"), {"run": run_id})
    return count or 0


def unproposed_pairs(session: Session, ids: Iterable[int]) -> Ids:
    """(left id, right id) of the verdicts that stand for pairs which the run did not propose, as asked."""
    query = text("SELECT id, left_id, right_id FROM verdict WHERE id IN :ids").bindparams(
        bindparam("ids", expanding=True)
    )
    wanted = [-int(i) for i in ids]
    found = {row.id: (row.left_id, row.right_id) for row in session.execute(query, {"ids": wanted})}
    return np.array([found[i] for i in wanted], np.int64).reshape(-1, 2)


def _rows(among: _Among, best_only: bool) -> str:
    match among:
        case "waiting" if best_only:
            return _WAITING_BEST
        case "decided":
            return _DECIDED
        case "claimed":
            return f"{_WAITING_BEST} UNION ALL {_DECIDED}"
        case "disputed":
            return _DISPUTED
        case _:
            # The plus keeps SQLite off the indexes: it would fetch each row from elsewhere in the file. The
            # best have an index of their own.
            return f"{_UNDECIDED} WHERE {'c.rank = 1 AND ' if best_only else '+'}c.run_id = :run"
