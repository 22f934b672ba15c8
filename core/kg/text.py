"""Text files read in blocks of lines: bounded memory, and an error that names the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError

BLOCK_BYTES = 1 << 20
_SHOWN = 80
_LICENSE_CHARACTERS = 500
_LICENSE_FILES = re.compile(r"licen[cs]e|copying", re.IGNORECASE)
_README_FILES = re.compile(r"readme(\.(txt|md))?$", re.IGNORECASE)


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
    """Read UTF-8 text in blocks of about a megabyte; a byte-order mark and CRLF line ends are taken off.

    Raises:
        InputError: no such file, a folder, empty, unreadable, or not UTF-8 (with the line).
    """
    require_file(path, what)
    first, done = 1, 0
    try:
        with path.open("rb") as file:
            while raw := file.readlines(BLOCK_BYTES):
                data = b"".join(raw)
                done += len(data)
                lines = _decode(path, raw, data, first, what)
                yield Block(first, lines, done)
                first += len(raw)
    except OSError as error:
        raise InputError(path, what, f"a file that can't be read ({error.strerror or error})") from error
    if not done:
        raise InputError(path, what, "an empty file")


def _decode(path: Path, raw: list[bytes], data: bytes, first: int, what: str) -> list[str]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start)
        raise InputError(
            path, f"{what} in UTF-8", f"the bytes {shown(raw[line])}", line=first + line
        ) from error
    if first == 1:
        text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    lines = text.split("\n")
    # A last line without a line end makes no empty line after it.
    return lines[: len(raw)]


def shown(found: str | bytes) -> str:
    """``found`` quoted for an error message, shortened."""
    text = repr(found)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def size(path: Path) -> int:
    """Bytes of a file, 0 where that can't be told."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def strip_brackets(term: str) -> str:
    """``<http://…>`` without its angle brackets; any other term as it is."""
    return term[1:-1] if term[:1] == "<" and term[-1:] == ">" and len(term) > 2 else term


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
