"""Visual features from a file: each vector finds its entity by URI, by image name or by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError, TrainingError
from core.features.feature_files import read_feature_file
from core.features.visual import centred
from core.kg.compressed import find, named
from core.kg.dbp15k import entity_uris
from core.kg.images import image_names

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

_SEPARATOR = ";"
_INDEX = "_ImageIndex.txt"


def precomputed_features(
    setting: str, sources: Sequence[str], uris: Sequence[Sequence[str]], entity_ids: Integers
) -> tuple[Floats, NDArray[np.bool_]]:
    """Features by entity: the mean over its vectors, see :func:`core.features.visual.centred`.

    A vector is an entity's if it is known by the entity's URI, by a name that an MMKB image index beside the
    features or in the graph's folder has for it, or by its number: that of ``ent_ids_1`` and ``ent_ids_2``
    where these are in one of the folders, else the project's own.

    Args:
        setting: the file of both graphs, or the left one's and the right one's with ``;`` between them.
        sources: folders or files that the graphs were read from.
        uris: of the left and of the right entities.
        entity_ids: the project's numbers of them, left graph first. Shape: ``(n,)``.

    Returns:
        Features of shape ``(n, f)``, zero without a vector, and which entities have one. Shape: ``(n,)``.

    Raises:
        TrainingError: the setting is empty or names more than two files.
        InputError: a file is not what it should be, or none of its vectors is an entity's.
    """
    paths = _paths(setting)
    files = {path: read_feature_file(path) for path in paths}
    widths = {len(next(iter(vectors.values()))) for vectors in files.values()}
    if len(widths) > 1:
        lengths = " and ".join(map(str, sorted(widths)))
        raise InputError(paths[1], f"vectors as long as those of {paths[0].name}", f"lengths {lengths}")
    aliases = _aliases([*(path.parent for path in paths), *(Path(source) for source in sources if source)])
    n_left = len(uris[0])
    sides = (slice(None, n_left), slice(n_left, None))
    total = np.zeros((len(entity_ids), widths.pop()), dtype=np.float32)
    count = np.zeros(len(entity_ids), dtype=np.int64)
    for side, path, own in zip(sides, (paths[0], paths[-1]), uris, strict=True):
        positions = _positions(own, entity_ids[side].tolist(), aliases)
        for name, vector in files[path].items():
            if name in positions:
                total[side][positions[name]] += vector
                count[side][positions[name]] += 1
    has = count > 0
    for path in dict.fromkeys(paths):
        part = np.concatenate(
            [has[s] for s, p in zip(sides, (paths[0], paths[-1]), strict=True) if p == path]
        )
        if not part.any():
            raise InputError(
                path,
                f"identifiers of this project's entities, such as {uris[paths.index(path)][0]!r}",
                f"{len(files[path]):,} others, such as {next(iter(files[path]))!r}",
            )
    total[has] /= count[has, None]
    return centred(total, has, n_left), has


def _paths(setting: str) -> list[Path]:
    whole = Path(setting).expanduser()
    # A name may hold the separator: what is a file as it is written isn't taken apart.
    parts = [setting] if whole.is_file() else [part.strip() for part in setting.split(_SEPARATOR)]
    paths = [Path(part).expanduser().absolute() for part in parts if part]
    if not 1 <= len(paths) <= 2:
        raise TrainingError(
            "visual_encoder precomputed needs visual_features: a file of image features, "
            f"or one for each graph with {_SEPARATOR} between them"
        )
    return paths


def _aliases(places: Sequence[Path]) -> dict[str, str]:
    """The URI that an image name or a number stands for, by what lies in these folders."""
    aliases: dict[str, str] = {}
    for folder in _folders(places):
        for index in named(folder, _INDEX):
            aliases.update((name, entity) for rows, _ in image_names(index) for entity, name in rows)
        if find(folder, "ent_ids_1") and find(folder, "ent_ids_2"):
            aliases.update(entity_uris(folder))
    return aliases


def _folders(places: Sequence[Path]) -> Iterator[Path]:
    for place in dict.fromkeys(places):
        if place.exists():
            yield place if place.is_dir() else place.parent


def _positions(uris: Sequence[str], ids: Sequence[int], aliases: Mapping[str, str]) -> dict[str, int]:
    """The place of an entity among ``uris`` by all that it is known by."""
    by_uri = {uri: position for position, uri in enumerate(uris)}
    # Where a dataset has numbers of its own, the project's would say something else by the same digits.
    own_numbers = [] if any(alias.isdecimal() for alias in aliases) else ids
    return {
        **{str(identifier): position for position, identifier in enumerate(own_numbers)},
        **{alias: by_uri[uri] for alias, uri in aliases.items() if uri in by_uri},
        **{_as_group(uri): position for uri, position in by_uri.items()},
        **by_uri,
    }


def _as_group(uri: str) -> str:
    """HDF5 takes a name for a path: ``http://a/b`` is ``http:/a/b`` there, and ``/m/01`` is ``m/01``."""
    return "/".join(part for part in uri.split("/") if part)
