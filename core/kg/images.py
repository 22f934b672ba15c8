"""Pictures on disk: the files that a folder holds under a name, and what one file is. Nothing is fetched."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote

from PIL import Image

from core.kg.compressed import find as find_file
from core.kg.records import Batch, ImageBatch, Note, PicturesByName
from core.kg.source import Part
from core.kg.stopping import check_stop
from core.kg.text import blocks, size, strip_brackets, wrong_columns
from core.words import are, counted

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff"})
INDEX = "index.tsv"
# A picture of more pixels than this is refused unread: a few kilobytes can unfold into gigabytes.
MAX_PIXELS = 100_000_000


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What one picture file is; size 0 unless it is ok, no digest where it is missing or outside."""

    status: Literal["ok", "missing", "unreadable", "outside"]
    sha256: str = ""
    width: int = 0
    height: int = 0


def inspect(path: Path, root: Path | None = None) -> ImageFacts:
    """Look at a picture file: its digest, its size, whether it decodes.

    Where a symbolic link leads out of ``root``, the file is not opened.
    """
    digest = ""
    try:
        if root and not path.resolve().is_relative_to(root.resolve()):
            return ImageFacts("outside")
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            with Image.open(file) as image:
                width, height, kind = *image.size, image.format
                if width * height > MAX_PIXELS:
                    return ImageFacts("unreadable", digest)
                if kind == "JPEG":
                    # It has no checksums to verify; decoded at an eighth of its size it still shows a cut.
                    image.draft(None, (width // 8, height // 8))
                    image.load()
                else:
                    image.verify()
    except FileNotFoundError:
        return ImageFacts("missing")
    except Exception:  # decoders raise whatever their parsing meets: SyntaxError, struct.error, KeyError ...
        return ImageFacts("unreadable", digest)
    return ImageFacts("ok", digest, width, height)


class ImageFolder:
    """The picture files under a folder, by file name, by stem and by the name of the folder they are in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._by_name: dict[str, list[Path]] = {}
        for place, folders, names in os.walk(folder):
            check_stop()
            folders.sort()  # the order in which the system lists them must not show
            for name in sorted(names):
                path = Path(place, name)
                if path.suffix.lower() in IMAGE_SUFFIXES:
                    self._by_name.setdefault(name, []).append(path)
                    self._by_name.setdefault(path.stem, []).append(path)
                    if path.parent != folder:
                        self._by_name.setdefault(path.parent.name, []).append(path)

    def find(self, *names: str) -> list[Path]:
        """The files known under the first of ``names`` that any is known under; empty if none."""
        return next((self._by_name[name] for name in names if name in self._by_name), [])


def inside(folder: Path, name: str) -> Path | None:
    """The path that ``name`` gives within ``folder``, None where it leads out of it."""
    path = Path(os.path.normpath(folder.absolute() / name))
    return path if path.is_relative_to(os.path.normpath(folder.absolute())) else None


def folder_images(title: str, folder: Path, aliases: Callable[[], dict[str, str]] | None = None) -> Part:
    """A part for a folder with an ``index.tsv`` of entity, tab, file name within it, or of telling names.

    A file of the index that is not there is yielded all the same, to be kept as missing: it is an index of
    files at hand. Without an index, files and folders are named for entities, see :func:`picture_names`;
    ``aliases`` gives, when reading starts, one more name of each entity, such as its number.
    """
    index = find_file(folder, INDEX)
    if index is None:
        return Part(title, 0, partial(_read_names, folder, aliases))
    return indexed_images(title, index, partial(_finder_inside, folder), root=folder)


def picture_names(uri: str) -> list[str]:
    """The names that an entity's pictures, or the folder of them, may have; the surest first.

    The identifier with its reserved characters percent-encoded, Freebase's ``m.0abc``, the part after the
    last ``/`` or ``#``, as it is, decoded and encoded.
    """
    local = re.split(r"[/#]", uri.rstrip("/#"))[-1]
    names = [
        quote(uri, safe=""),
        uri.strip("/").replace("/", "."),
        local,
        unquote(local),
        quote(local, safe=""),
    ]
    return list(dict.fromkeys(name for name in names if name))


def _finder_inside(folder: Path) -> Find:
    def find(_entity: str, name: str) -> list[Path]:
        path = inside(folder, name)
        return [path] if path else []

    return find


def _read_names(folder: Path, aliases: Callable[[], dict[str, str]] | None) -> Iterator[Batch]:
    files = ImageFolder(folder)
    other_names = aliases() if aliases else {}

    def find(uri: str) -> list[Path]:
        return files.find(*([other_names[uri]] if uri in other_names else []), *picture_names(uri))

    yield PicturesByName(find, folder)


# Takes an entity and an image name, returns the files meant: none where nothing is here under this name.
Find = Callable[[str, str], list[Path]]


def indexed_images(title: str, index: Path, finder: Callable[[], Find], root: Path | None = None) -> Part:
    """A part that reads lines of entity, tab, image name and yields the files that the finder gives for them.

    A name without a file is counted in a note: such indexes name pictures that were never handed out.
    """
    return Part(title, size(index), partial(_read_index, index, finder, root), (index,))


def image_names(index: Path) -> Iterator[tuple[list[tuple[str, str]], int]]:
    """Blocks of (entity, image name) that an index lists, with the bytes read so far.

    Raises:
        InputError: a line that is not two columns.
    """
    what = "entity and image name, tab-separated"
    for block in blocks(index, what):
        rows = []
        for number, line in enumerate(block.lines, block.first):
            if not line.strip():
                continue
            cells = line.split("\t") if "\t" in line else line.split()
            if len(cells) != 2:
                raise wrong_columns(index, what, cells, line, number)
            rows.append((strip_brackets(cells[0].strip()), cells[1].strip()))
        yield rows, block.done


def _read_index(index: Path, finder: Callable[[], Find], root: Path | None) -> Iterator[Batch]:
    find = finder()
    absent = 0
    for rows, done in image_names(index):
        batch = ImageBatch([], [], root, done)
        for entity, name in rows:
            paths = find(entity, name)
            absent += not paths
            batch.entities.extend([entity] * len(paths))
            batch.paths.extend(path.absolute() for path in paths)
        yield batch
    if absent:
        yield Note(f"{counted(absent, 'image')} that {index.name} names {are(absent)} not here", size(index))
