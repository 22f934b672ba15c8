"""Hubs: right entities that ``HUB`` or more left ones have as their best candidate; one can be right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from core.review.journal import Decision
from core.store.candidates import KNOWN, verdicts_of
from core.store.entities import EntityCard, entity_cards
from core.store.entity_kinds import EntityKind, kinds_of
from core.store.queues import HUB

_SETTLED = f"""
SELECT left_id FROM current_verdict WHERE kind IN ('accepted', 'no_counterpart')
UNION SELECT left_id FROM ({KNOWN}) AS known
"""


@dataclass(frozen=True, slots=True)
class Claimant:
    """A left entity whose best candidate is the hub; ``accepted``: it was decided to be the same."""

    card: EntityCard
    kind: EntityKind
    score: float
    probability: float | None
    mutual: bool
    accepted: bool


@dataclass(frozen=True, slots=True)
class Hub:
    """A right entity with all left ones that wait for a verdict on it, the likeliest first."""

    run_id: int
    card: EntityCard
    kind: EntityKind
    claimants: tuple[Claimant, ...]

    def resolved(self, chosen: int | None, author: str, note: str = "") -> list[Decision]:
        """The verdicts that ``chosen`` (a left id, None for none) is the hub's counterpart and the rest not.

        What has a verdict already is left as it is, unless another is chosen now.
        """
        decisions = []
        for claimant in self.claimants:
            right = claimant.card.id == chosen
            if claimant.accepted and (right or chosen is None):
                continue
            decisions.append(
                Decision(
                    claimant.card.id,
                    self.card.id,
                    "accepted" if right else "rejected",
                    claimant.score,
                    self.run_id,
                    author,
                    note,
                )
            )
        return decisions


def hub_ids(session: Session, run_id: int) -> list[int]:
    """Right entities that ``HUB`` left ones have as their best, two of which wait; those with most first."""
    rows = session.execute(
        text(
            f"WITH settled AS MATERIALIZED ({_SETTLED}), pairs AS MATERIALIZED"
            " (SELECT left_id, right_id FROM current_verdict WHERE right_id IS NOT NULL)"
            " SELECT right_id FROM (SELECT c.right_id, count(*) AS claims, count(*) FILTER ("
            "   WHERE c.left_id NOT IN (SELECT left_id FROM settled) AND NOT EXISTS"
            "   (SELECT 1 FROM pairs x WHERE x.left_id = c.left_id AND x.right_id = c.right_id)) AS waiting"
            "  FROM candidate c WHERE c.run_id = :run AND c.rank = 1 GROUP BY c.right_id) AS claimed"
            " WHERE claims >= :hub AND waiting > 1 ORDER BY waiting DESC, right_id"
        ),
        {"run": run_id, "hub": HUB},
    )
    return [row.right_id for row in rows]


def read_hub(session: Session, run_id: int, right_id: int) -> Hub:
    """A right entity and those that claim it.

    Raises:
        LookupError: there is no such entity.
    """
    rows = session.execute(
        text(
            "SELECT left_id, score, probability, mutual FROM candidate"
            " WHERE run_id = :run AND right_id = :right AND rank = 1"
            " ORDER BY probability IS NULL, probability DESC, score DESC, id"
        ),
        {"run": run_id, "right": right_id},
    ).all()
    verdicts = verdicts_of(session, [row.left_id for row in rows])
    seeds = _seeds(session, run_id, [row.left_id for row in rows])
    waiting = [
        row
        for row in rows
        if (verdicts.get(row.left_id, {}).get(right_id) == "accepted")
        or not (row.left_id in seeds or _is_decided(verdicts.get(row.left_id, {}), right_id))
    ]
    ids = [right_id, *(row.left_id for row in waiting)]
    cards, kinds = entity_cards(session, ids), kinds_of(session, ids)
    if right_id not in cards:
        raise LookupError(f"no entity {right_id}")
    claimants = tuple(
        Claimant(
            cards[row.left_id],
            kinds[row.left_id],
            row.score,
            row.probability,
            bool(row.mutual),
            verdicts.get(row.left_id, {}).get(right_id) == "accepted",
        )
        for row in waiting
    )
    return Hub(run_id, cards[right_id], kinds[right_id], claimants)


def _is_decided(kinds: Mapping[int | None, str], right_id: int) -> bool:
    """Whether an entity with such verdicts, by right entity, waits no more for one on this pair."""
    return right_id in kinds or None in kinds or "accepted" in kinds.values()


def _seeds(session: Session, run_id: int, left_ids: list[int]) -> set[int]:
    statement = text(f"SELECT left_id FROM ({KNOWN}) AS known WHERE left_id IN :ids").bindparams(
        bindparam("ids", expanding=True)
    )
    return set(session.scalars(statement, {"run": run_id, "ids": left_ids}))
