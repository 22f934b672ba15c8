"""Everything that speaks for or against a pair, read in one go for the review window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.kg.labels import is_name
from core.review.attributes import AttributePair, AttributeValue, align_attributes
from core.review.consequences import Consequences, consequences_of
from core.review.disagreement import Opinion, disagreement_on
from core.review.journal import VerdictKind
from core.review.neighbourhood import NeighbourComparison
from core.review.neighbours import compare_neighbours
from core.review.pair_history import PastVerdict, pair_history
from core.review.score_parts import ModalityEvidence, Reasons, SupportEvidence, score_parts
from core.store.candidates import KNOWN, verdicts_of
from core.store.entities import IMAGE_PROBLEMS, EntityCard, ImageRef, attribute_rows, entity_cards
from core.store.entity_kinds import EntityKind, kinds_of
from core.store.schema import Candidate

Side = Literal["left", "right"]
MOST_OTHERS = 10  # as many as there are digits to pick one by


@dataclass(frozen=True, slots=True)
class OtherCandidate:
    """A pair that competes with the one shown; ``entity_id`` is the entity on the far side."""

    left_id: int
    right_id: int
    entity_id: int
    label: str
    rank: int
    score: float
    verdict: VerdictKind | None
    image: ImageRef | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something in force that an acceptance of this pair would contradict."""

    side: Side  # whose counterpart is taken
    label: str
    other_label: str  # the counterpart it has; empty for "no counterpart"
    other_id: int | None
    seed: bool  # known from the import rather than decided here


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """The verdict in force on the pair, or "no counterpart" on its left entity."""

    kind: VerdictKind
    author: str
    note: str
    decided_at: str


@dataclass(frozen=True, slots=True)
class PairEvidence:
    """What the window shows of a pair; ``score`` and ``rank`` are None if the run did not propose it."""

    run_id: int
    left: EntityCard
    right: EntityCard
    left_kind: EntityKind
    right_kind: EntityKind
    score: float | None
    probability: float | None  # that the pair is right; None too where the run had nothing to calibrate it by
    rank: int | None
    of: int  # how many candidates the left entity has
    mutual: bool
    seed: bool
    verdict: StoredVerdict | None
    history: tuple[PastVerdict, ...]
    conflicts: tuple[Conflict, ...]
    accepting: Consequences
    opinions: tuple[Opinion, ...]  # where authors differ on the pair, and nobody has settled it
    modalities: tuple[ModalityEvidence, ...]
    support: SupportEvidence
    attributes: tuple[AttributePair, ...]
    neighbours: NeighbourComparison
    for_left: tuple[OtherCandidate, ...]
    for_right: tuple[OtherCandidate, ...]

    @property
    def key(self) -> tuple[int, int]:
        """(left id, right id)."""
        return self.left.id, self.right.id


def pair_evidence(session: Session, run_id: int, left_id: int, right_id: int) -> PairEvidence:
    """Read everything about a pair.

    Raises:
        LookupError: there is no such entity.
    """
    cards = entity_cards(session, [left_id, right_id])
    if left_id not in cards or right_id not in cards:
        raise LookupError(f"no entity {left_id} or {right_id}")
    candidate = session.scalars(
        select(Candidate).where(
            Candidate.run_id == run_id, Candidate.left_id == left_id, Candidate.right_id == right_id
        )
    ).first()
    neighbours = compare_neighbours(session, run_id, left_id, right_id)
    attributes = [
        [AttributeValue(r.name, r.value, r.datatype, r.language) for r in attribute_rows(session, entity_id)]
        for entity_id in (left_id, right_id)
    ]
    lacks = (
        _lacks(cards[left_id], bool(attributes[0]), bool(neighbours.left.total)),
        _lacks(cards[right_id], bool(attributes[1]), bool(neighbours.right.total)),
    )
    modalities, support = score_parts(session, run_id, candidate, (left_id, right_id), lacks)
    kinds = kinds_of(session, [left_id, right_id])
    for_left = _others(session, run_id, "left", left_id)
    for_right = _others(session, run_id, "right", right_id)
    return PairEvidence(
        run_id=run_id,
        left=cards[left_id],
        right=cards[right_id],
        left_kind=kinds[left_id],
        right_kind=kinds[right_id],
        score=candidate.score if candidate else None,
        probability=candidate.probability if candidate else None,
        rank=candidate.rank if candidate else None,
        of=len(for_left),
        mutual=bool(candidate and candidate.mutual),
        seed=_is_seed(session, run_id, left_id, right_id),
        verdict=_verdict(session, left_id, right_id),
        history=pair_history(session, left_id, right_id),
        accepting=consequences_of(session, run_id, left_id, right_id),
        opinions=disagreement_on(session, left_id, right_id),
        conflicts=_conflicts(session, run_id, cards[left_id], cards[right_id]),
        modalities=modalities,
        support=support,
        attributes=align_attributes(*attributes),
        neighbours=neighbours,
        for_left=for_left[:MOST_OTHERS],
        for_right=for_right[:MOST_OTHERS],
    )


def _lacks(card: EntityCard, attributes: bool, neighbours: bool) -> Reasons:
    """Why an entity takes no part in a modality, by modality."""
    reasons: Reasons = {}
    if not is_name(card.label, card.uri):
        reasons["name"] = "no name"
    if not neighbours:
        reasons["structure"] = reasons["relation"] = "no relations"
    if not attributes:
        reasons["attribute"] = "no attributes"
    if not card.images:
        reasons["visual"] = "no image"
    elif all(image.status != "ok" for image in card.images):
        reasons["visual"] = IMAGE_PROBLEMS[card.images[0].status]
    return reasons


def _others(session: Session, run_id: int, side: Side, entity_id: int) -> tuple[OtherCandidate, ...]:
    """All candidates of an entity, the best first; for a right entity those that it is proposed for."""
    mine, far = ("left_id", "right_id") if side == "left" else ("right_id", "left_id")
    order = "c.rank" if side == "left" else "c.score DESC, c.id"
    rows = session.execute(
        text(
            f"SELECT c.left_id, c.right_id, c.{far} AS entity_id, e.label, c.rank, c.score"
            f" FROM candidate c JOIN entity e ON e.id = c.{far}"
            f" WHERE c.run_id = :run AND c.{mine} = :id ORDER BY {order} LIMIT 200"
        ),
        {"run": run_id, "id": entity_id},
    ).all()
    shown = [row.entity_id for row in rows[:MOST_OTHERS]]
    cards = entity_cards(session, shown)
    verdicts = verdicts_of(session, {row.left_id for row in rows[:MOST_OTHERS]})
    return tuple(
        OtherCandidate(
            left_id=row.left_id,
            right_id=row.right_id,
            entity_id=row.entity_id,
            label=row.label,
            rank=row.rank if side == "left" else number,
            score=row.score,
            verdict=verdicts.get(row.left_id, {}).get(row.right_id),
            image=_usable_image(cards.get(row.entity_id)),
        )
        for number, row in enumerate(rows, start=1)
    )


def _usable_image(card: EntityCard | None) -> ImageRef | None:
    return card.images[0] if card and card.images and card.images[0].status == "ok" else None


def _is_seed(session: Session, run_id: int, left_id: int, right_id: int) -> bool:
    found = session.execute(
        text(
            "SELECT EXISTS (SELECT 1 FROM run_seed WHERE run_id = :run AND left_id = :left"
            " AND right_id = :right AND role = 'seed')"
        ),
        {"run": run_id, "left": left_id, "right": right_id},
    )
    return bool(found.scalar_one())


def _verdict(session: Session, left_id: int, right_id: int) -> StoredVerdict | None:
    row = session.execute(
        text(
            "SELECT kind, author, note, decided_at FROM current_verdict"
            " WHERE left_id = :left AND (right_id = :right OR right_id IS NULL)"
            " ORDER BY right_id IS NULL LIMIT 1"
        ),
        {"left": left_id, "right": right_id},
    ).first()
    return StoredVerdict(row.kind, row.author, row.note, row.decided_at) if row else None


def _conflicts(session: Session, run_id: int, left: EntityCard, right: EntityCard) -> tuple[Conflict, ...]:
    values = {"run": run_id, "left": left.id, "right": right.id}
    other_pair = "(left_id = :left AND right_id <> :right) OR (right_id = :right AND left_id <> :left)"
    rows = session.execute(
        text(
            "SELECT left_id, right_id, kind FROM current_verdict"
            f" WHERE (kind = 'accepted' AND ({other_pair})) OR (kind = 'no_counterpart' AND left_id = :left)"
            f" UNION ALL SELECT left_id, right_id, 'seed' FROM ({KNOWN}) AS known WHERE {other_pair}"
        ),
        values,
    ).all()
    ids = {row.left_id if row.right_id == right.id else row.right_id for row in rows} - {None}
    cards = entity_cards(session, [i for i in ids if i is not None])
    return tuple(_conflict((row.left_id, row.right_id, row.kind), left, right, cards) for row in rows)


def _conflict(
    row: tuple[int, int | None, str], left: EntityCard, right: EntityCard, cards: dict[int, EntityCard]
) -> Conflict:
    left_id, right_id, kind = row
    if right_id is None:
        return Conflict("left", left.label, "", None, False)
    if left_id == left.id:
        return Conflict("left", left.label, cards[right_id].label, right_id, kind == "seed")
    return Conflict("right", right.label, cards[left_id].label, left_id, kind == "seed")
