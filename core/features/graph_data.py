"""The project's two graphs as the tensors that the model reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor

from core.config import FeatureConfig
from core.errors import TrainingError
from core.features.bags import count_bag, relation_bag, weigh
from core.features.visual import visual_features
from core.modality import MODALITIES, Modality
from core.store import arrays
from core.store.project_file import ProjectFile

Integers = NDArray[np.int64]
OnProgress = Callable[[str, int, int], None]  # stage, done, total
_SIDES: tuple[arrays.Side, arrays.Side] = ("left", "right")
_SOURCES: dict[Modality, str] = {
    "structure": "relation triples",
    "relation": "relation triples",
    "attribute": "attribute values",
    "visual": "readable images",
}


@dataclass(frozen=True, slots=True)
class GraphData:
    """Both graphs; entities are numbered left graph first, each graph by ascending identifier.

    ``masks`` has the modalities that take part; ``left_out`` says of the others that were asked for why not.
    """

    entity_ids: Integers  # (n,)
    n_left: int
    edges: Tensor  # (2, e) int64: both directions, self-loops, each once, ordered by row then column
    bags: Mapping[Modality, csr_array]  # relation, attribute: (n, words)
    visual: Tensor | None  # (n, f) float32, rows of length 1, or 0 without an image
    masks: Mapping[Modality, Tensor]  # (n,) bool: the entity has the modality
    left_out: Mapping[Modality, str]

    @property
    def n(self) -> int:
        """Number of entities of both graphs."""
        return len(self.entity_ids)

    @property
    def modalities(self) -> tuple[Modality, ...]:
        """Those that take part, in the order used everywhere."""
        return tuple(modality for modality in MODALITIES if modality in self.masks)

    def positions(self, pairs: Integers) -> Integers:
        """Identifiers of (left, right) pairs as positions. Shape: ``(m, 2)``."""
        left, right = self.entity_ids[: self.n_left], self.entity_ids[self.n_left :]
        return np.stack(
            [np.searchsorted(left, pairs[:, 0]), self.n_left + np.searchsorted(right, pairs[:, 1])], axis=1
        )


def load_graph_data(
    project: ProjectFile,
    config: FeatureConfig,
    modalities: Sequence[Modality],
    on_progress: OnProgress | None = None,
) -> GraphData:
    """Read the project's graphs and compute (or take from the cache) their features.

    Raises:
        TrainingError: a graph is empty, an encoder's weights are missing, or no modality is left.
    """
    report: OnProgress = on_progress or (lambda _stage, _done, _total: None)
    report("reading graphs", 0, 0)
    with project.read() as session:
        ids = [arrays.entity_ids(session, side) for side in _SIDES]
        triples = [arrays.relation_triples(session, side) for side in _SIDES]
        uses = [arrays.attribute_uses(session, side) for side in _SIDES]
        relation_uris, attribute_uris = arrays.relation_uris(session), arrays.attribute_uris(session)
        images = arrays.images(session) if "visual" in modalities else []
    for side, part in zip(_SIDES, ids, strict=True):
        if not len(part):
            raise TrainingError(f"the {side} graph has no entities; import it first")
    offsets = (0, len(ids[0]))
    n = len(ids[0]) + len(ids[1])
    for part, own, offset in zip(triples, ids, offsets, strict=True):
        part[:, 0] = offset + np.searchsorted(own, part[:, 0])
        part[:, 2] = offset + np.searchsorted(own, part[:, 2])
    for part, own, offset in zip(uses, ids, offsets, strict=True):
        part[:, 0] = offset + np.searchsorted(own, part[:, 0])
    edges = undirected_edges(np.concatenate(triples)[:, [0, 2]], n)

    bags: dict[Modality, csr_array] = {}
    visual: Tensor | None = None
    present: dict[Modality, NDArray[np.bool_]] = {}
    if "structure" in modalities:
        # An entity whose only edge is its self-loop has an embedding that nothing but its seed informs.
        present["structure"] = np.bincount(edges[0], minlength=n) > 1
    if "relation" in modalities:
        words, count = _vocabulary(relation_uris)
        numbered = [np.stack([p[:, 0], words[p[:, 1]], p[:, 2]], axis=1) for p in triples]
        bags["relation"] = relation_bag(numbered, count, n, config.bag)
        present["relation"] = np.diff(bags["relation"].indptr) > 0
    if "attribute" in modalities:
        words, count = _vocabulary(attribute_uris)
        used = np.concatenate(uses)
        counts = count_bag(used[:, 0], words[used[:, 1]], (n, count))
        bags["attribute"] = weigh(counts) if config.bag == "weighted" else counts
        present["attribute"] = np.diff(bags["attribute"].indptr) > 0
    if "visual" in modalities:
        features, has_image = visual_features(
            project.sidecar / "features", config, images, np.concatenate(ids), len(ids[0]), report
        )
        visual, present["visual"] = torch.from_numpy(features), has_image

    left_out = _left_out(present, len(ids[0]))
    taking_part = [modality for modality in present if modality not in left_out]
    if not taking_part:
        reasons = "; ".join(f"{modality}: {reason}" for modality, reason in left_out.items())
        raise TrainingError(f"there is nothing to train on ({reasons})")
    return GraphData(
        entity_ids=np.concatenate(ids),
        n_left=len(ids[0]),
        edges=torch.from_numpy(edges),
        bags={modality: bag for modality, bag in bags.items() if modality in taking_part},
        visual=visual if "visual" in taking_part else None,
        masks={modality: torch.from_numpy(present[modality]) for modality in taking_part},
        left_out=left_out,
    )


def undirected_edges(pairs: Integers, n: int) -> Integers:
    """Entity pairs in both directions and each entity with itself, each once, by row then column.

    Args:
        pairs: positions that share a triple. Shape: ``(m, 2)``.
        n: number of entities.

    Returns:
        Shape: ``(2, e)``.
    """
    loops = np.arange(n, dtype=np.int64)
    keys = np.concatenate([pairs[:, 0] * n + pairs[:, 1], pairs[:, 1] * n + pairs[:, 0], loops * n + loops])
    return np.stack(np.divmod(np.unique(keys), n))


def _vocabulary(uris: Mapping[int, str]) -> tuple[Integers, int]:
    """A word for each URI: graphs that share a type share its word. Indexed by the type's identifier."""
    numbers = {uri: number for number, uri in enumerate(sorted(set(uris.values())))}
    words = np.zeros(max(uris, default=0) + 1, dtype=np.int64)
    for identifier, uri in uris.items():
        words[identifier] = numbers[uri]
    return words, len(numbers)


def _left_out(present: Mapping[Modality, NDArray[np.bool_]], n_left: int) -> dict[Modality, str]:
    """Modalities that a graph lacks altogether, with the reason."""
    reasons: dict[Modality, str] = {}
    for modality, has in present.items():
        missing = [
            side for side, part in zip(_SIDES, (has[:n_left], has[n_left:]), strict=True) if not part.any()
        ]
        if missing:
            graphs = "either graph" if len(missing) == 2 else f"the {missing[0]} graph"
            reasons[modality] = f"no {_SOURCES[modality]} in {graphs}"
    return reasons
