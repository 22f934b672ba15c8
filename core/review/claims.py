"""Pairs that claim the same entity: who they are, and the verdicts that leave one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.review.evidence import PairEvidence
from core.review.journal import Decision, VerdictKind
from core.store.candidates import KNOWN
from core.store.entities import AttributeRow, EntityCard, attribute_rows, entity_cards

Side = Literal["left", "right"]
Standing = Literal["accepted", "known", "proposed"]
_MOST_ATTRIBUTES = 8

_CLAIMS = text(f"""
SELECT v.left_id, v.right_id, 'accepted' AS standing, v.author, v.decided_at FROM current_verdict v
WHERE v.kind = 'accepted' AND (v.left_id = :left OR v.right_id = :right)
UNION ALL SELECT left_id, right_id, 'known', '', '' FROM ({KNOWN}) AS known
WHERE left_id = :left OR right_id = :right
""")
_CANDIDATE = text(
    "SELECT score, probability, rank FROM candidate"
    " WHERE run_id = :run AND left_id = :left AND right_id = :right"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One of several counterparts of an entity; ``card`` is that of the counterpart."""

    left_id: int
    right_id: int
    standing: Standing
    card: EntityCard
    attributes: tuple[AttributeRow, ...]
    score: float | None
    probability: float | None
    rank: int | None
    author: str
    decided_at: str

    @property
    def pair(self) -> tuple[int, int]:
        """(left id, right id)."""
        return self.left_id, self.right_id


@dataclass(frozen=True, slots=True)
class Contest:
    """An entity that several pairs claim; those in force first."""

    run_id: int
    side: Side  # on which the entity is that is claimed
    card: EntityCard
    attributes: tuple[AttributeRow, ...]
    claims: tuple[Claim, ...]


def contest_of(session: Session, run_id: int, left_id: int, right_id: int) -> Contest | None:
    """What a pair and those in force claim together; None where nothing stands against the pair.

    Where both of its entities are claimed by others too, it is about the right one.
    """
    rows = session.execute(_CLAIMS, {"run": run_id, "left": left_id, "right": right_id}).all()
    found = {(row.left_id, row.right_id): row for row in reversed(rows)}  # accepted holds above known
    for side in ("right", "left"):
        place, mine = (1, right_id) if side == "right" else (0, left_id)
        pairs = [pair for pair in found if pair[place] == mine]
        if (left_id, right_id) not in pairs:
            pairs.append((left_id, right_id))
        if len(pairs) > 1:
            break
    else:
        return None
    cards = entity_cards(session, {each for pair in pairs for each in pair})
    claims = []
    for pair in pairs:
        other = pair[1 - place]
        row = found.get(pair)
        named = {"run": run_id, "left": pair[0], "right": pair[1]}
        proposed = session.execute(_CANDIDATE, named).first()
        claims.append(
            Claim(
                *pair,
                standing=row.standing if row else "proposed",
                card=cards[other],
                attributes=_attributes(session, other),
                score=proposed.score if proposed else None,
                probability=proposed.probability if proposed else None,
                rank=proposed.rank if proposed else None,
                author=row.author if row else "",
                decided_at=row.decided_at if row else "",
            )
        )
    claims.sort(key=lambda claim: (claim.standing == "proposed", -(claim.probability or claim.score or 0)))
    return Contest(
        run_id, "right" if place else "left", cards[mine], _attributes(session, mine), tuple(claims)
    )


def leave_one(contest: Contest, kept: tuple[int, int] | None, author: str, note: str = "") -> list[Decision]:
    """The verdicts, for one step, that leave ``kept`` alone in force, or none of them.

    A known link that is kept needs no verdict; one that is rejected is not what the next run learns from.
    """
    decisions = []
    for claim in contest.claims:
        kind: VerdictKind = "accepted" if claim.pair == kept else "rejected"
        in_force = "accepted" if claim.standing == "known" else claim.standing
        if in_force != kind:
            decisions.append(Decision(*claim.pair, kind, claim.score, contest.run_id, author, note))
    # Accepted last: of two verdicts on an entity the later is the one to come back to.
    return sorted(decisions, key=lambda decision: decision.kind == "accepted")


def leave_all_but(evidence: PairEvidence, accepted: Decision) -> list[Decision]:
    """The verdicts, for one step, that put ``accepted`` in the place of its entities' other counterparts."""
    left_id, right_id = evidence.key
    replaced: dict[tuple[int, int], Decision] = {}  # a known link may have been accepted too
    for conflict in evidence.conflicts:
        if conflict.other_id is None:
            continue
        pair = (left_id, conflict.other_id) if conflict.side == "left" else (conflict.other_id, right_id)
        replaced[pair] = Decision(
            *pair, "rejected", None, accepted.run_id, accepted.author, "replaced by another counterpart"
        )
    return [*replaced.values(), accepted]


def _attributes(session: Session, entity_id: int) -> tuple[AttributeRow, ...]:
    return tuple(attribute_rows(session, entity_id)[:_MOST_ATTRIBUTES])
