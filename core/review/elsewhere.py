"""Looks for a counterpart in the whole other graph, where no candidate is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz import fuzz, process
from safetensors import SafetensorError, safe_open
from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from core.errors import MimeaError
from core.review.values import fold
from core.store.entities import EntityCard, entity_cards
from core.store.project_file import ProjectFile
from core.store.run_files import run_folder
from core.store.schema import Entity, Graph
from core.store.search import entity_hits
from core.store.vanished import PRESENT

MOST = 50
_MOST_HITS = 5_000  # that are compared with the words
_LEAST_SIMILAR = 60  # of 100, for labels that are only similar
_RIGHT = select(Entity.id, Entity.label).join(Graph).where(Graph.side == "right", PRESENT)
_VALUES = text(
    "SELECT t.entity_id, a.label, t.value FROM attribute_triple t JOIN attribute a ON a.id = t.attribute_id"
    " WHERE t.entity_id IN :ids ORDER BY t.id"
).bindparams(bindparam("ids", expanding=True))


@dataclass(frozen=True, slots=True)
class Hit:
    """A right entity that was found, and by what."""

    card: EntityCard
    why: str
    counterpart: str  # whom it is accepted for already; empty for none


def search_right(session: Session, words: str) -> list[Hit]:
    """Right entities in which every word occurs, the most similar label first; then similar labels."""
    if not words.strip():
        return []
    labels = _matching(session, words)
    found = dict.fromkeys(_most_similar(words, labels), "")
    if len(found) < MOST:
        every = {row.id: row.label for row in session.execute(_RIGHT)}
        for entity in _most_similar(words, every, _LEAST_SIMILAR):
            if len(found) < MOST:
                found.setdefault(entity, "similar label" if every[entity] else "")
    return _hits(session, found, words)


def similar_images(project: ProjectFile, run_id: int, left_id: int) -> list[Hit]:
    """Right entities by the cosine of what the run made of their pictures, the most similar first.

    Raises:
        MimeaError: the run has no such embeddings, or the entity takes no part in them.
    """
    path = run_folder(project.sidecar, run_id) / "embeddings.safetensors"
    try:
        with safe_open(path, framework="np") as file:
            if "visual" not in file.keys():  # noqa: SIM118 - it is no mapping
                raise MimeaError("the run did not use images; train with them to search by image")
            ids, visual = file.get_tensor("entity_ids"), file.get_tensor("visual")
            n_left = int(file.metadata()["n_left"])
    except (OSError, SafetensorError) as error:
        raise MimeaError("the embeddings of the run are missing; train again to search by image") from error
    place = np.flatnonzero(ids[:n_left] == left_id)
    if not len(place) or not visual[place[0]].any():
        raise MimeaError("the left entity has no image that the run could use")
    right = visual[n_left:]
    cosine = np.where(right.any(axis=1), right @ visual[place[0]], -np.inf)
    best = np.argsort(-cosine, kind="stable")[:MOST]
    found = {int(ids[n_left + i]): f"image {cosine[i]:.2f}" for i in best if np.isfinite(cosine[i])}
    with project.read() as session:
        present = session.scalars(select(Entity.id).where(Entity.id.in_(found), PRESENT)).all()
        return _hits(session, {entity: why for entity, why in found.items() if entity in present}, "")


def _most_similar(words: str, labels: Mapping[int, str], least: float = 0) -> list[int]:
    """Entities by how similar their labels are, case and accents aside; of those alike the nearest."""
    wanted = fold(words)
    folded = {entity: fold(label) for entity, label in labels.items()}
    hits = process.extract(wanted, folded, scorer=fuzz.WRatio, limit=None, score_cutoff=least)
    ranked = sorted(hits, key=lambda hit: (-hit[1], -fuzz.ratio(wanted, hit[0])))
    return [entity for _, _, entity in ranked[:MOST]]


def _matching(session: Session, words: str) -> dict[int, str]:
    """Labels of right entities in which every word occurs, by id."""
    query = _RIGHT.order_by(Entity.id).limit(_MOST_HITS)
    for number, word in enumerate(words.split()):
        hits, values = entity_hits(session, word, f"word{number}")
        query = query.where(Entity.id.in_(text(hits).bindparams(**values)))
    return {row.id: row.label for row in session.execute(query)}


def _hits(session: Session, found: dict[int, str], words: str) -> list[Hit]:
    cards = entity_cards(session, found)
    taken = _counterparts(session, list(found))
    values: dict[int, list[tuple[str, str]]] = {}
    for row in session.execute(_VALUES, {"ids": list(found)}):
        values.setdefault(row.entity_id, []).append((row.label, row.value))
    hits = [Hit(cards[entity], why, taken.get(entity, "")) for entity, why in found.items()]
    return [
        hit if hit.why else replace(hit, why=_why(hit.card, values.get(hit.card.id, []), words))
        for hit in hits
    ]


def _why(card: EntityCard, values: list[tuple[str, str]], words: str) -> str:
    """Where a word that is not in the label occurs."""
    for word in words.casefold().split():
        if word in card.label.casefold():
            continue
        for name, value in values:
            if word in value.casefold():
                return f"{name}: {value}"
    return ""


def _counterparts(session: Session, ids: list[int]) -> dict[int, str]:
    query = text(
        "SELECT v.right_id, e.label FROM current_verdict v JOIN entity e ON e.id = v.left_id"
        " WHERE v.kind = 'accepted' AND v.right_id IN :ids"
    ).bindparams(bindparam("ids", expanding=True))
    return {row.right_id: row.label for row in session.execute(query, {"ids": ids})}
