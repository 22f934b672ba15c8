"""Visual features of entities (Enc_v of eq. 5): computed once for each image, cached beside the project."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from core.config import FeatureConfig
from core.features.cache import read_vectors, write_vectors
from core.features.encoders import ImageEncoder, encoder_identity, load_encoder
from core.features.words import unit
from core.store.arrays import ImageRow

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
OnProgress = Callable[[str, int, int], None]

_BATCH = 16  # images decoded and encoded together
_STAGE = "encoding images"


def visual_features(
    cache_folder: Path,
    config: FeatureConfig,
    images: Sequence[ImageRow],
    entity_ids: Integers,
    n_left: int,
    on_progress: OnProgress,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Features by entity: the mean over its images, see :func:`centred`.

    Args:
        cache_folder: where features are kept by image hash.
        config: names the encoder and its weights.
        images: the pictures of both graphs.
        entity_ids: identifiers, left graph first. Shape: ``(n,)``.
        n_left: number of left entities.
        on_progress: told the stage, what is done and the total.

    Returns:
        Features of shape ``(n, f)``, zero without an image, and which entities have one. Shape: ``(n,)``.

    Raises:
        TrainingError: the encoder's weights or its package are missing.
    """
    by_hash = _cached_features(cache_folder, config, images, on_progress)
    width = next((len(vector) for vector in by_hash.values()), 1)
    total = np.zeros((len(entity_ids), width), dtype=np.float32)
    count = np.zeros(len(entity_ids), dtype=np.int64)
    position = {identifier: index for index, identifier in enumerate(entity_ids.tolist())}
    for image in images:
        vector = by_hash.get(_key(image))
        if vector is not None:
            total[position[image.entity_id]] += vector
            count[position[image.entity_id]] += 1
    has_image = count > 0
    total[has_image] /= count[has_image, None]
    return centred(total, has_image, n_left), has_image


def centred(features: Floats, has_image: NDArray[np.bool_], n_left: int) -> Floats:
    """Rows minus the mean of their graph's, of length 1. Shape: ``(n, f)``.

    Each graph has its own style of picture (photos, drawings, waved flags); centring takes it away.
    """
    features = features.copy()
    for graph in (slice(None, n_left), slice(n_left, None)):
        rows = features[graph][has_image[graph]]
        if len(rows) > 1:  # the only picture minus its own mean would be nothing
            features[graph][has_image[graph]] = rows - rows.mean(axis=0)
    return unit(features)


def _cached_features(
    folder: Path, config: FeatureConfig, images: Sequence[ImageRow], on_progress: OnProgress
) -> dict[str, Floats]:
    """Feature by image hash; computes and stores those that the cache lacks."""
    identity = encoder_identity(config.visual_encoder, config.visual_weights)
    path = folder / f"visual-{config.visual_encoder}.safetensors"
    features = read_vectors(path, identity)
    missing = {_key(image): image for image in images if _key(image) not in features}
    if not missing:
        return features
    encoder = load_encoder(config.visual_encoder, config.visual_weights)
    queue = list(missing.items())
    try:
        for start in range(0, len(queue), _BATCH):
            on_progress(_STAGE, start, len(queue))
            features.update(_encode(encoder, queue[start : start + _BATCH]))
    finally:  # stopped half-way, the next run goes on from here
        if features:
            write_vectors(path, identity, features)
    on_progress(_STAGE, len(queue), len(queue))
    return features


def _encode(encoder: ImageEncoder, images: Sequence[tuple[str, ImageRow]]) -> dict[str, Floats]:
    keys, pictures = [], []
    for key, image in images:
        picture = _decode(Path(image.path))
        if picture is not None:
            keys.append(key)
            pictures.append(picture)
    return dict(zip(keys, encoder(pictures), strict=True)) if pictures else {}


def _decode(path: Path) -> Image.Image | None:
    """The picture in RGB on white, or None if it went missing since the import: then the entity has none."""
    try:
        with Image.open(path) as file:
            file.draft("RGB", (512, 512))  # JPEG only: decodes at a fraction of the size
            if file.has_transparency_data:
                picture = file.convert("RGBA")
                canvas = Image.new("RGBA", picture.size, "white")
                return Image.alpha_composite(canvas, picture).convert("RGB")
            return file.convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return None


def _key(image: ImageRow) -> str:
    """What the cache knows the picture by: the hash of its content, else of its path."""
    return image.sha256 or hashlib.sha256(image.path.encode()).hexdigest()
