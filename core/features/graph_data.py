"""The project's two graphs as the tensors that the model reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor

from core.config import FeatureConfig
from core.errors import TrainingError
from core.features.precomputed import precomputed_features
from core.features.tables import SIDES, read_tables
from core.features.text import cached_encoder
from core.features.visual import visual_features
from core.features.words import (
    Features,
    attribute_features,
    name_features,
    relation_features,
)
from core.kg.labels import is_name
from core.modality import MODALITIES, Modality
from core.store.project_file import ProjectFile

Integers = NDArray[np.int64]
OnProgress = Callable[[str, int, int], None]  # stage, done, total
_SOURCES: dict[Modality, str] = {
    "structure": "relation triples",
    "relation": "relation triples",
    "attribute": "attribute values",
    "visual": "readable images",
    "name": "names",
}


@dataclass(frozen=True, slots=True)
class GraphData:
    """Both graphs; entities are numbered left graph first, each graph by ascending identifier.

    ``masks`` has the modalities that take part; ``left_out`` says of the others that were asked for why not.
    """

    entity_ids: Integers  # (n,)
    n_left: int
    triples: tuple[Integers, Integers]  # of each graph (m, 3): head position, relation, tail position
    edges: Tensor  # (2, e) int64: both directions, self-loops, each once, ordered by row then column
    bags: Mapping[Modality, csr_array]  # (n, words): relation, attribute, name
    dense: Mapping[Modality, Tensor]  # (n, f) float32, rows of length 1 or 0: visual, sentence embeddings
    masks: Mapping[Modality, Tensor]  # (n,) bool: the entity has the modality
    left_out: Mapping[Modality, str]
    notes: tuple[str, ...] = ()  # sentences on where features came from

    @property
    def n(self) -> int:
        """Number of entities of both graphs."""
        return len(self.entity_ids)

    @property
    def modalities(self) -> tuple[Modality, ...]:
        """Those that take part, in the order used everywhere."""
        return tuple(self.masks)

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
        InputError: a file of precomputed features is not what it should be.
    """
    report: OnProgress = on_progress or (lambda _stage, _done, _total: None)
    report("reading graphs", 0, 0)
    tables = read_tables(project, config, modalities)
    cache, n = project.sidecar / "features", tables.n
    encode = cached_encoder(cache, config.text_model, report) if config.text_encoder == "sentence" else None
    edges = undirected_edges(np.concatenate(tables.triples)[:, [0, 2]], n)
    features: dict[Modality, Features] = {}
    notes: list[str] = []
    sources = dict(_SOURCES)
    if "relation" in modalities:
        features["relation"] = relation_features(tables.triples, tables.relations, n, config.bag, encode)
    if "attribute" in modalities:
        features["attribute"] = attribute_features(
            tables.uses, tables.attributes, tables.values, n, config.bag, encode
        )
    if "name" in modalities:
        names = [each.label if is_name(each.label, each.uri) else "" for each in chain(*tables.entities)]
        features["name"] = name_features(names, encode)
    present = {modality: _rows_with_any(given) for modality, given in features.items()}
    if "structure" in modalities:
        # An entity whose only edge is its self-loop has an embedding that nothing but its seed informs.
        present["structure"] = np.bincount(edges[0], minlength=n) > 1
    if "visual" in modalities and config.visual_encoder == "precomputed":
        uris = [[each.uri for each in side] for side in tables.entities]
        features["visual"], present["visual"] = precomputed_features(
            config.visual_features, tables.sources, uris, tables.ids
        )
        sources["visual"] = "image features"
        notes.append(f"Image features were found for {present['visual'].sum():,} of {n:,} entities")
    elif "visual" in modalities:
        features["visual"], present["visual"] = visual_features(
            cache, config, tables.images, tables.ids, tables.n_left, report
        )

    present = {modality: present[modality] for modality in MODALITIES if modality in present}
    left_out = _left_out(present, tables.n_left, sources)
    masks = {m: torch.from_numpy(has) for m, has in present.items() if m not in left_out}
    if not masks:
        reasons = "; ".join(f"{modality}: {reason}" for modality, reason in left_out.items())
        raise TrainingError(f"there is nothing to train on ({reasons})")
    taking_part = {modality: given for modality, given in features.items() if modality in masks}
    return GraphData(
        entity_ids=tables.ids,
        n_left=tables.n_left,
        triples=(tables.triples[0], tables.triples[1]),
        edges=torch.from_numpy(edges),
        bags={m: given for m, given in taking_part.items() if isinstance(given, csr_array)},
        dense={
            m: torch.from_numpy(given) for m, given in taking_part.items() if isinstance(given, np.ndarray)
        },
        masks=masks,
        left_out=left_out,
        notes=tuple(notes),
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


def _rows_with_any(features: Features) -> NDArray[np.bool_]:
    """Which entities have features. Shape: ``(n,)``."""
    if isinstance(features, csr_array):
        features = np.diff(features.indptr)[:, None]
    return np.asarray(features.any(axis=1))


def _left_out(
    present: Mapping[Modality, NDArray[np.bool_]], n_left: int, sources: Mapping[Modality, str]
) -> dict[Modality, str]:
    """Modalities that a graph lacks altogether, with the reason: it has none of their sources."""
    reasons: dict[Modality, str] = {}
    for modality, has in present.items():
        missing = [
            side for side, part in zip(SIDES, (has[:n_left], has[n_left:]), strict=True) if not part.any()
        ]
        if missing:
            graphs = "either graph" if len(missing) == 2 else f"the {missing[0]} graph"
            reasons[modality] = f"no {sources[modality]} in {graphs}"
    return reasons
