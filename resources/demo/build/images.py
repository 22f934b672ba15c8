"""The flags: SVGs of flag-icons rendered for the Atlas, Noto emoji for the Factbook."""

from __future__ import annotations

import io

from PIL import Image

from . import tables
from .packages import Packages
from .rdf import Graph

ATLAS_SIZE = (160, 120)


def add_flags(packages: Packages, atlas: Graph, factbook: Graph, iso2: dict[str, str]) -> None:
    """Give every country its flag; `iso2` maps Factbook files to ISO 3166-1 alpha-2 codes."""
    for country in packages.world_countries:
        atlas.images[f"country:{country['cca3']}"] = render(packages.flag_svgs[country["cca2"]])
    for code, letters in sorted((iso2 | tables.EXTRA_FLAGS).items()):
        factbook.images[f"country:{code}"] = smaller(packages.emoji_flags[letters])


def render(svg: bytes) -> bytes:
    """A 4x3 SVG as a PNG of 160 x 120 pixels and at most 64 colours.

    Drawn at the SVG's own size and resized afterwards: told an output width, cairosvg draws only a part
    of some flags.
    """
    import cairosvg  # a build-time tool that the program itself does not need

    drawn = Image.open(io.BytesIO(cairosvg.svg2png(bytestring=svg))).convert("RGBA")
    full = Image.new("RGBA", drawn.size, "white")  # what is around Nepal's pennants
    full.alpha_composite(drawn)
    small = full.convert("RGB").resize(ATLAS_SIZE, Image.Resampling.LANCZOS)
    return _png(small.quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE))


def smaller(png: bytes) -> bytes:
    """A 64 x 64 emoji with its transparency, at most 128 colours."""
    image = Image.open(io.BytesIO(png)).convert("RGBA")
    return _png(image.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE))


def _png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()
