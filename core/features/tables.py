"""What training reads of the store, at one point of time: plain arrays, entities by their position."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from core.config import FeatureConfig
from core.errors import TrainingError
from core.features.words import Vocabulary
from core.modality import Modality
from core.store import arrays
from core.store.project_file import ProjectFile

Integers = NDArray[np.int64]
SIDES: tuple[arrays.Side, arrays.Side] = ("left", "right")


@dataclass(frozen=True, slots=True)
class Tables:
    """Both graphs; entities are numbered left graph first. What no modality of the run needs is empty."""

    ids: Integers  # (n,)
    n_left: int
    triples: Sequence[Integers]  # for each graph (m, 3): head position, relation identifier, tail position
    relations: Vocabulary
    uses: Integers  # (m, 2): entity position, attribute identifier; one a value
    values: Sequence[str]  # of the uses, in their order
    attributes: Vocabulary
    entities: Sequence[Sequence[arrays.EntityName]]  # of the left and of the right graph
    images: Sequence[arrays.ImageRow]
    sources: Sequence[str]  # where the graphs were read from

    @property
    def n(self) -> int:
        """Number of entities of both graphs."""
        return len(self.ids)


def read_tables(project: ProjectFile, config: FeatureConfig, modalities: Collection[Modality]) -> Tables:
    """Read what the modalities need with these settings.

    Raises:
        TrainingError: a graph is empty.
    """
    precomputed = "visual" in modalities and config.visual_encoder == "precomputed"
    with project.read() as session:
        ids = [arrays.entity_ids(session, side) for side in SIDES]
        for side, part in zip(SIDES, ids, strict=True):
            if not len(part):
                raise TrainingError(f"the {side} graph has no entities; import it first")
        triples = [arrays.relation_triples(session, side) for side in SIDES]
        for index, part in enumerate(triples):
            part[:, 0], part[:, 2] = _positions(ids, index, part[:, 0]), _positions(ids, index, part[:, 2])
        uses, values = _attributes(session, ids, config.text_encoder == "sentence")
        named = "name" in modalities or precomputed
        return Tables(
            ids=np.concatenate(ids),
            n_left=len(ids[0]),
            triples=triples,
            relations=Vocabulary.of(arrays.relation_uris(session), arrays.relation_labels(session)),
            uses=uses,
            values=values,
            attributes=Vocabulary.of(arrays.attribute_uris(session), arrays.attribute_labels(session)),
            entities=[arrays.entity_names(session, side) for side in SIDES] if named else [[], []],
            images=arrays.images(session) if "visual" in modalities and not precomputed else [],
            sources=arrays.graph_sources(session),
        )


def _attributes(session: Session, ids: Sequence[Integers], with_values: bool) -> tuple[Integers, list[str]]:
    uses, values = [], []
    for index, side in enumerate(SIDES):
        if with_values:
            part, texts = arrays.attribute_values(session, side)
            values += texts
        else:
            part = arrays.attribute_uses(session, side)
        part[:, 0] = _positions(ids, index, part[:, 0])
        uses.append(part)
    return np.concatenate(uses), values


def _positions(ids: Sequence[Integers], side: int, identifiers: Integers) -> Integers:
    return (len(ids[0]) if side else 0) + np.searchsorted(ids[side], identifiers)
