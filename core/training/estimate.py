"""How much memory a run needs, before it starts: counted from the shapes of what it holds at its peak."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.alignment.blocks import MOST_KEPT_NUMBERS
from core.config import RunConfig
from core.modality import Modality
from core.store.graphs import GraphInfo, ProjectInfo

_FLOAT = 4  # bytes
_LIBRARIES = 1e9  # a process that has loaded torch, what it loads with the first epoch, and the tables
_HASHED_WORDS = 2**15  # columns of a name's bag at most
_FEATURES = {"thumbnail": 192, "efficientnet_lite0": 1280, "vit_b_16": 768}  # numbers of an image
_VISUAL = 4096  # of any other
_SENTENCE = 384  # numbers of a sentence's embedding
_SMALLER_DIMENSIONS = (256, 200, 128, 100, 64, 32)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Bytes at the peak of an epoch, and of ranking, as evaluations and the end of the run do it."""

    training: float
    ranking: float

    @property
    def peak(self) -> float:
        """The most at any time."""
        return _LIBRARIES + max(self.training, self.ranking)


def estimate(info: ProjectInfo, config: RunConfig) -> Estimate:
    """What a run of these settings needs on the project's graphs."""
    graphs = (info.left, info.right)
    n = sum(graph.entities for graph in graphs)
    d = config.model.dimension
    modalities = [m for m in config.model.modalities if all(_has(graph, m) for graph in graphs)]
    width = d * max(len(modalities), 1)
    learned = sum(_learned(info, config, modality, n) * d for modality in modalities)
    dense = sum(_learned(info, config, modality, n) for modality in modalities if _is_dense(config, modality))
    edges = 2 * sum(graph.relation_triples for graph in graphs) + n
    seeds = config.training.seed_ratio * info.links
    batch = min(config.training.batch_size, max(seeds, 1))
    rows = min(2 * seeds + config.model.transport_sample, n)
    structure = config.model.layers * (3 * n * d + 8 * edges * config.model.heads)
    # AdamW keeps two moments beside each weight and its gradient.
    training = 4 * learned + structure + 4 * rows * width + 8 * (2 * batch) ** 2 + 4 * n * width
    inputs = dense * (n + rows)
    similarity = min(info.left.entities * info.right.entities, MOST_KEPT_NUMBERS)
    ranking = 4 * learned + 6 * n * width + 2 * similarity
    return Estimate(_FLOAT * (training + inputs), _FLOAT * (ranking + inputs))


def that_fit(info: ProjectInfo, config: RunConfig, free: float) -> Iterator[RunConfig]:
    """Settings near these that need less than ``free`` bytes, the nearest first."""
    for dimension in (config.model.dimension, *_SMALLER_DIMENSIONS):
        if dimension > config.model.dimension:
            continue
        batch = config.training.batch_size
        while batch >= 64:
            smaller = config.replace(dimension=dimension, batch_size=batch)
            if estimate(info, smaller).peak <= free:
                yield smaller
                break
            batch //= 2


def _learned(info: ProjectInfo, config: RunConfig, modality: Modality, n: int) -> int:
    """How many numbers an entity has for a modality's encoder, which learns d for each of them."""
    relations, attributes = (
        sum(getattr(graph, kind) for graph in (info.left, info.right)) for kind in ("relations", "attributes")
    )
    sentence = config.features.text_encoder == "sentence"
    words = {
        "structure": n,
        "relation": 2 * (_SENTENCE if sentence else relations),
        "attribute": 2 * _SENTENCE if sentence else attributes,
        "visual": _FEATURES.get(config.features.visual_encoder, _VISUAL),
        "name": _SENTENCE if sentence else _HASHED_WORDS,
    }
    return words[modality]


def _is_dense(config: RunConfig, modality: Modality) -> bool:
    """Whether an entity's numbers are all kept, not only those that are not 0."""
    return modality == "visual" or (config.features.text_encoder == "sentence" and modality != "structure")


def _has(graph: GraphInfo, modality: Modality) -> bool:
    """Whether the graph can have the modality at all; one that a side lacks is left out of the run."""
    return {"attribute": graph.attribute_triples, "visual": graph.pictured}.get(modality, 1) > 0
