"""Files that may be compressed: read as a stream of what they hold, named without the suffix for it."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from core.errors import InputError
from core.kg.stopping import check_stop

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SUFFIXES = (".gz", ".bz2", ".xz", ".zip")
# A few kilobytes can unfold into terabytes, so there is a limit, which whoever has such data can raise.
LIMIT_VARIABLE = "MIMEA_MAX_UNPACKED_GB"
_LIMIT_GB = 16.0
_IGNORED = ("__MACOSX", ".DS_Store")
_BUFFER_BYTES = 1 << 18
_DAMAGED = (zlib.error, lzma.LZMAError, zipfile.BadZipFile, UnicodeDecodeError, RuntimeError, OSError)


def is_compressed(path: Path) -> bool:
    """Whether the name ends in one of :data:`SUFFIXES`."""
    return path.suffix.lower() in SUFFIXES


def plain(path: Path) -> Path:
    """The path without the suffix of its compression: ``a.nt.gz`` -> ``a.nt``."""
    return path.with_suffix("") if is_compressed(path) else path


def find(folder: Path, name: str) -> Path | None:
    """The file ``name`` of a folder, as it is or compressed; None if there is neither."""
    return next((path for s in ("", *SUFFIXES) if (path := folder / (name + s)).exists()), None)


def find_or_name(folder: Path, name: str) -> Path:
    """As :func:`find`; the uncompressed file's path where there is neither, for the message about it."""
    return find(folder, name) or folder / name


def named(folder: Path, ending: str) -> list[Path]:
    """The files of a folder whose names, compression apart, end so; in the order of their names."""
    found = {plain(path).name: path for path in sorted(folder.iterdir()) if plain(path).name.endswith(ending)}
    return list(found.values())


def wanted(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of an archive, but for what the systems that packed it added."""
    return [
        member
        for member in archive.infolist()
        if not member.filename.endswith("/")
        and not any(part in _IGNORED for part in PurePosixPath(member.filename).parts)
    ]


def check_name(path: Path, member: zipfile.ZipInfo) -> None:
    """Refuse names that lead elsewhere, and links, which could."""
    name = PurePosixPath(member.filename.replace("\\", "/"))
    if not name.parts:
        raise InputError(path, "an archive of files with names", f"the name {member.filename!r}")
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    if name.is_absolute() or ".." in name.parts or ":" in name.parts[0] or is_link:
        found = f"{'a link' if is_link else 'a name that leads out of it'}: {member.filename!r}"
        raise InputError(path, "an archive of files within it", found)


def unpacked_limit(path: Path) -> int:
    """How many bytes a compressed file may unfold into; :data:`LIMIT_VARIABLE` raises it.

    Raises:
        InputError: the variable holds no number.
    """
    written = os.environ.get(LIMIT_VARIABLE, "")
    try:
        return int(float(written or _LIMIT_GB) * 1e9)
    except (ValueError, OverflowError):
        raise InputError(path, f"a number of gigabytes in {LIMIT_VARIABLE}", repr(written)) from None


def too_large(path: Path, what: str, limit: int) -> InputError:
    """The error of a file that unfolds into more than ``limit`` bytes."""
    found = f"more than {limit / 1e9:g} GB once unpacked"
    return InputError(path, what, found, hint=f"Set {LIMIT_VARIABLE} to allow more")


class Contents(io.BufferedReader):
    """What a file holds, unpacked on the way; a context manager.

    Reading raises InputError where the compression is damaged, cut short or over the limit, OSError where the
    file itself can't be read, and Cancelled where it was stopped. ``what`` says what the file should be.
    """

    def __init__(self, path: Path, what: str) -> None:
        self._unpacking = _Unpacking(path, what)
        super().__init__(self._unpacking, _BUFFER_BYTES)

    @property
    def done(self) -> int:
        """How many of the file's own bytes have been read."""
        return self._unpacking.done


class _Readable(Protocol):
    def read(self, count: int, /) -> bytes: ...


class _Unpacking(io.RawIOBase):
    def __init__(self, path: Path, what: str) -> None:
        self._path, self._what = path, what
        self._file = path.open("rb")
        self._limit = unpacked_limit(path) if is_compressed(path) else None
        self._unpacked = 0
        try:
            self._inner = self._open(path.suffix.lower())
        except (EOFError, *_DAMAGED) as error:
            self._file.close()
            raise self._wrong(error) from error
        except InputError:
            self._file.close()
            raise

    @property
    def done(self) -> int:
        return self._file.tell()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        check_stop()
        view = memoryview(buffer)
        try:
            data = self._inner.read(len(view))
        except (EOFError, *_DAMAGED) as error:
            raise self._wrong(error) from error
        view[: len(data)] = data
        self._unpacked += len(data)
        if self._limit is not None and self._unpacked > self._limit:
            raise too_large(self._path, self._what, self._limit)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _open(self, suffix: str) -> _Readable:
        if suffix == ".gz":
            return gzip.GzipFile(fileobj=self._file)
        if suffix == ".bz2":
            return bz2.BZ2File(self._file)
        if suffix == ".xz":
            return lzma.LZMAFile(self._file)
        if suffix == ".zip":
            archive = zipfile.ZipFile(self._file)
            files = wanted(archive)
            if len(files) != 1:
                raise InputError(self._path, f"{self._what}, alone in its archive", f"{len(files)} files")
            check_name(self._path, files[0])
            return archive.open(files[0])
        return self._file

    def _wrong(self, error: Exception) -> Exception:
        """What to raise: the system's own errors, which carry a number, stay what they are."""
        if isinstance(error, OSError) and error.errno is not None:
            return error
        if isinstance(error, EOFError):
            found = "compressed data that end too early: the file is cut short"
        else:
            found = f"compressed data that can't be unpacked ({error})"
        return InputError(self._path, self._what, found)
