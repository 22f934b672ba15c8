"""Decodes an entity's picture to plain pixels, no larger than they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from core.errors import MimeaError
from core.kg.images import MAX_PIXELS


class PictureError(MimeaError):
    """Why a picture can't be shown, in two or three words."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """A decoded picture; ``rgba`` holds four bytes a pixel, row by row."""

    width: int
    height: int
    rgba: bytes


def load_picture(path: str, edge: int) -> Pixels:
    """The picture at ``path``, upright and scaled down to fit a square of ``edge`` pixels.

    Raises:
        PictureError: the file is gone, is no picture, is damaged or far too large.
    """
    if not Path(path).is_file():
        raise PictureError("image file gone")
    try:
        with Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                raise PictureError("image too large")
            image.draft("RGB", (edge, edge))  # a JPEG is then decoded near the size that is wanted
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError("image too large") from error
    except Exception as error:  # decoders raise whatever their parsing meets, as in core.kg.images
        raise PictureError("image unreadable") from error
    upright.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    return Pixels(upright.width, upright.height, upright.tobytes())
