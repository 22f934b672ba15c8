"""Zip archives that hold a whole dataset: unpacked once into the user's cache, and never out of it.

What was not used for a month is removed from there, pictures apart.

An archive of a single file is read as a stream instead, see :mod:`core.kg.compressed`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path

from core.errors import InputError
from core.kg.compressed import check_name, too_large, unpacked_limit, wanted
from core.kg.images import IMAGE_SUFFIXES
from core.kg.stopping import check_stop
from core.kg.text import unreadable

CACHE_VARIABLE = "MIMEA_CACHE"
_WHAT = "a zip archive of a dataset"
_COPY_BYTES = 1 << 20
_NAME_BYTES = 16
_WHOLE = "whole"  # a file beside what was unpacked to its end
_KEPT_SECONDS = 30 * 86_400
_IN_USE_SECONDS = 86_400  # an import, or whoever thinks about one, may still read it
_MOST_BYTES = 10_000_000_000
# RuntimeError, or one of its kind, says that a member is encrypted or compressed in an unknown way.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, UnicodeDecodeError, RuntimeError)


def folder_of(path: Path) -> Path:
    """Where the contents of an archive of several files lie; ``path`` itself for anything else.

    Raises:
        InputError: the archive is damaged, names files outside it, or unfolds into more than the limit.
        Cancelled: it was stopped; what was unpacked is gone.
    """
    if path.suffix.lower() != ".zip" or not path.is_file():
        return path
    try:
        with zipfile.ZipFile(path) as archive:
            members = wanted(archive)
            if len(members) == 1:
                return path
            return _sole_folder(_unpacked(path, archive, members))
    except _DAMAGED as error:
        raise InputError(path, _WHAT, f"one that can't be unpacked ({error})") from error
    except OSError as error:
        raise unreadable(path, _WHAT, error) from error


def _unpacked(path: Path, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> Path:
    limit = unpacked_limit(path)
    for member in members:
        check_name(path, member)
    if sum(member.file_size for member in members) > limit:
        raise too_large(path, _WHAT, limit)
    target = _cache() / _key(path) / path.stem
    whole = target.with_name(_WHOLE)
    if not whole.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=target.parent, prefix=".unpacking-"))
        try:
            _unpack(path, archive, members, partial, limit)
            shutil.rmtree(target, ignore_errors=True)  # the pictures that were left of it
            try:
                partial.rename(target)
            except OSError:
                if not target.is_dir():  # someone else has unpacked it meanwhile
                    raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    whole.touch()  # also says when it was used last
    with suppress(OSError):  # another program may be at the same
        _prune(_cache(), target.parent)
    return target


def _prune(cache: Path, used: Path) -> None:
    """Remove what was not used for long, and what is too much, the longest unused first.

    Pictures stay: projects show them from here.
    """
    now = time.time()
    held = sorted(
        (marker.stat().st_mtime, marker.parent, _bytes(marker.parent))
        for marker in cache.glob(f"*/{_WHOLE}")
        if marker.parent != used
    )
    total = sum(size for _, _, size in held)
    for last, folder, size in held:
        age = now - last
        if age > _KEPT_SECONDS or (age > _IN_USE_SECONDS and total > _MOST_BYTES):
            total -= size
            _remove(folder)


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _remove(folder: Path) -> None:
    with suppress(OSError):  # the next ones can go all the same
        folder.joinpath(_WHOLE).unlink()  # first: what is no longer whole is unpacked anew
        for place, _folders, names in os.walk(folder, topdown=False):
            for name in names:
                if Path(name).suffix.lower() not in IMAGE_SUFFIXES:
                    Path(place, name).unlink()
            if not any(Path(place).iterdir()):
                Path(place).rmdir()


def _unpack(
    path: Path, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], folder: Path, limit: int
) -> None:
    """The sizes that an archive states can be wrong, so what comes out is counted too."""
    total = 0
    for member in members:
        target = folder / member.filename
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, target.open("xb") as file:
            while data := source.read(_COPY_BYTES):
                check_stop()
                total += len(data)
                if total > limit:
                    raise too_large(path, _WHAT, limit)
                file.write(data)


def _cache() -> Path:
    chosen = os.environ.get(CACHE_VARIABLE)
    return (Path(chosen) if chosen else user_cache_path("mimea-explorer")) / "unpacked"


def _key(path: Path) -> str:
    """A name for this archive as it is now."""
    facts = path.stat()
    told = f"{path.absolute()}\0{facts.st_size}\0{facts.st_mtime_ns}"
    return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:_NAME_BYTES]


def _sole_folder(folder: Path) -> Path:
    """The folder that everything in ``folder`` is in, as archives of a folder have it."""
    entries = list(folder.iterdir())
    while len(entries) == 1 and entries[0].is_dir():
        folder = entries[0]
        entries = list(folder.iterdir())
    return folder
