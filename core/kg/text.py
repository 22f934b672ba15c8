"""Text files read in blocks of lines: bounded memory, and an error that names the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError
from core.kg.compressed import Contents, is_compressed
from core.words import counted

BLOCK_BYTES = 4 << 20
# A line is read whole, so a file without line ends must not be read for ever.
MAX_LINE_BYTES = 64 << 20
_SHOWN = 80
_LICENSE_CHARACTERS = 500
_LICENSE_FILES = re.compile(r"licen[cs]e|copying", re.IGNORECASE)
_README_FILES = re.compile(r"readme(\.(txt|md))?$", re.IGNORECASE)
_MARK = b"\xef\xbb\xbf"
_BEGINNINGS = {
    b"\xff\xfe": "text in UTF-16; save it as UTF-8",
    b"\xfe\xff": "text in UTF-16; save it as UTF-8",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive without .zip in its name",
    b"\x1f\x8b": "gzip data without .gz in its name",
    b"BZh": "bzip2 data without .bz2 in its name",
    b"\xfd7zXZ": "xz data without .xz in its name",
    b"\x89HDF": "an HDF5 file",
    b"SQLite format 3": "an SQLite database",
}


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive lines without their ends; ``first`` counts from 1, ``done`` is the bytes read so far."""

    first: int
    lines: list[str]
    done: int


def require_file(path: Path, what: str) -> Path:
    """Return ``path`` if it is a file.

    Raises:
        InputError: nothing is there, or a folder is.
    """
    if path.is_file():
        return path
    raise InputError(path, what, "a folder" if path.is_dir() else "no such file")


def blocks(path: Path, what: str) -> Iterator[Block]:
    """Read UTF-8 text in blocks of about four megabytes; a byte-order mark and CRLF line ends are taken off.

    Raises:
        InputError: no such file, a folder, empty, unreadable, or not UTF-8 text (with the line).
    """
    require_file(path, what)
    first = 1
    try:
        with Contents(path, what) as file:
            skip_mark(path, what, file)
            while data := file.read(BLOCK_BYTES):
                data += _rest_of_line(path, what, file, data, first)
                lines = _decode(path, data, first, what)
                yield Block(first, lines, file.done if file.peek(1) else size(path))
                first += len(lines)
    except OSError as error:
        raise unreadable(path, what, error) from error
    if first == 1:
        raise InputError(path, what, "an empty file")


def skip_mark(path: Path, what: str, file: Contents) -> None:
    """Take the byte-order mark off the beginning, if there is one.

    Raises:
        InputError: it begins as no text in UTF-8 does.
    """
    beginning = file.peek(16)
    for known, found in _BEGINNINGS.items():
        if beginning.startswith(known):
            raise InputError(path, f"{what} in UTF-8", found, line=1)
    if beginning.startswith(_MARK):
        file.read(len(_MARK))


def unreadable(path: Path, what: str, error: OSError) -> InputError:
    """The error of a file that the system does not let be read, or not to its end."""
    return InputError(path, what, f"a file that can't be read ({error.strerror or error})")


def nul_byte(path: Path, what: str, data: bytes, first: int) -> InputError:
    """The error of text with a NUL byte in it; ``first`` is the line that ``data`` begins with."""
    line = first + data.count(b"\n", 0, data.index(b"\0"))
    return InputError(path, f"{what} as text", "a NUL byte: no text, or not in UTF-8", line=line)


def encoding(path: Path) -> str:
    """How a text file is written, from its beginning: ``UTF-8``, with what is remarkable about it."""
    try:
        with Contents(path, "text") as file:
            beginning = file.peek(1)
    except (OSError, InputError):
        return "unknown"  # reading the file says why
    told = ["UTF-8"]
    if beginning.startswith(_MARK):
        told.append("with a byte-order mark")
    if b"\r\n" in beginning:
        told.append("with CRLF line ends")
    if is_compressed(path):
        told.append(f"in {path.suffix.lower()}")
    return " ".join(told)


def _rest_of_line(path: Path, what: str, file: Contents, data: bytes, first: int) -> bytes:
    if data.endswith(b"\n"):
        return b""
    rest = file.readline(MAX_LINE_BYTES)
    if len(rest) == MAX_LINE_BYTES and not rest.endswith(b"\n"):
        line = first + data.count(b"\n")
        raise InputError(path, what, f"a line of more than {MAX_LINE_BYTES >> 20} MB", line=line)
    return rest


def _decode(path: Path, data: bytes, first: int, what: str) -> list[str]:
    if b"\0" in data:
        raise nul_byte(path, what, data, first)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        start = data.rfind(b"\n", 0, error.start) + 1
        line = first + data.count(b"\n", 0, error.start)
        written, _, _ = data[start : error.end + _SHOWN].partition(b"\n")
        raise InputError(path, f"{what} in UTF-8", f"the bytes {shown(written)}", line=line) from error
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()  # a last line with its line end makes no empty line after it
    return lines


def shown(found: str | bytes) -> str:
    """``found`` quoted for an error message, shortened."""
    text = repr(found)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def wrong_columns(path: Path, expected: str, cells: list[str], written: str, line: int) -> InputError:
    """The error of a line, as it is written, with more or fewer columns than there should be."""
    return InputError(path, expected, f"{counted(len(cells), 'column')} in {shown(written)}", line=line)


def size(path: Path) -> int:
    """Bytes of a file, 0 where that can't be told."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def changed(path: Path) -> int:
    """When a file was changed last, in nanoseconds, 0 where that can't be told."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def strip_brackets(term: str) -> str:
    """``<http://…>`` without its angle brackets; any other term, such as HTML, as it is."""
    inner = term[1:-1]
    is_iri = term[:1] == "<" and term[-1:] == ">" and inner and "<" not in inner and ">" not in inner
    return inner if is_iri else term


class Terms(dict[str, str]):
    """Written term -> identifier. Every mention of a term shares one string, which saves time and memory."""

    def __missing__(self, term: str) -> str:
        clean = self[term] = strip_brackets(term)
        return clean


def find_license(folder: Path) -> str:
    """What a folder says of its licence: a licence file's first paragraph, or the README's line on it."""
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
        for path in files:
            if _LICENSE_FILES.match(path.name):
                paragraphs = path.read_text("utf-8", errors="replace").strip().split("\n\n")
                return " ".join(paragraphs[0].split())[:_LICENSE_CHARACTERS]
        for path in files:
            if _README_FILES.match(path.name):
                for line in path.read_text("utf-8", errors="replace").splitlines():
                    if re.search("licen[cs]e", line, re.IGNORECASE):
                        return line.strip(" #*-")[:_LICENSE_CHARACTERS]
    except OSError:
        return ""  # a licence that can't be read is one that is not known
    return ""
