"""RDF files as a stream of statements, with errors that name the line. Nothing is fetched or expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple, cast

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, RdfFormat, parse

from core.errors import InputError
from core.kg.compressed import SUFFIXES, Contents, plain
from core.kg.text import nul_byte, require_file, size, skip_mark, unreadable

FORMATS = {
    ".nt": RdfFormat.N_TRIPLES,
    ".ttl": RdfFormat.TURTLE,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".jsonld": RdfFormat.JSON_LD,
}
WHAT = "RDF"
_TELL_EVERY = 2_000
_STRING_TYPES = frozenset(
    {
        "http://www.w3.org/2001/XMLSchema#string",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
    }
)
_ERROR_PLACE = re.compile(r"^Parser error [^:]*: ")  # the line stands before it already
_REMOTE_CONTEXT = "LoadDocumentCallback"
_ASIDE = rb"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)"  # comments and instructions, perhaps unfinished
_QUOTED = rb""""[^"]*(?:"|\Z)|'[^']*(?:'|\Z)"""
_ROOT = re.compile(rb"%b|%b|<([A-Za-z_\x80-\xff][^\s/>]*)[\s/>]" % (_ASIDE, _QUOTED), re.DOTALL)
_PROLOGUE_BYTES = _END_BYTES = 1 << 16
_ENTITY = b"<!ENTITY"


class Value(NamedTuple):
    """A literal; strings have no datatype here, ``language`` is a lower-case tag or empty."""

    text: str
    datatype: str
    language: str


class Statement(NamedTuple):
    """Subject, predicate and either an identifier or a :class:`Value`; ``done`` is about the bytes read."""

    subject: str
    predicate: str
    object: str | Value
    done: int


class Blanks(dict[str, str]):
    """A file's blank nodes: ``_:FILE-1``, ``_:FILE-2`` ... in the order met.

    The same on every import, and apart from those of other files, of which one may differ in its suffix only.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        file = plain(path)
        alike = (
            path.with_name(file.stem + ending + packed) for ending in FORMATS for packed in ("", *SUFFIXES)
        )
        self._file = path.name if any(each != path and each.is_file() for each in alike) else file.stem

    def __missing__(self, written: str) -> str:
        name = self[written] = f"_:{self._file}-{len(self) + 1}"
        return name


def rdf_format(path: Path) -> RdfFormat | None:
    """The RDF format that the suffix says, compression apart; None for another."""
    return FORMATS.get(plain(path).suffix.lower())


def is_rdf(path: Path) -> bool:
    """Whether ``path`` is a file whose suffix is that of an RDF format read here."""
    return rdf_format(path) is not None and path.is_file()


def rdf_files(folder: Path) -> list[Path]:
    """The RDF files directly in a folder, in the order of their names."""
    return sorted(path for path in folder.iterdir() if is_rdf(path)) if folder.is_dir() else []


def statements(
    path: Path, graphs: set[str] | None = None, format: RdfFormat | None = None
) -> Iterator[Statement]:
    """Parse a file, a statement at a time; the names of named graphs are added to ``graphs``.

    Raises:
        InputError: no such file, empty, unreadable, or a syntax error (with the line).
    """
    require_file(path, WHAT)
    if not size(path):
        raise InputError(path, WHAT, "an empty file")
    format = format or FORMATS[plain(path).suffix.lower()]
    blanks = Blanks(path)
    try:
        with Contents(path, WHAT) as file:
            skip_mark(path, WHAT, file)
            yield from _parsed(path, file, format, blanks, set() if graphs is None else graphs)
    except OSError as error:
        raise unreadable(path, WHAT, error) from error


def parsed_lines(path: Path, text: str, first: int, blanks: Blanks) -> Iterator[Statement]:
    """N-Triples in memory that stand in ``path`` from line ``first`` on.

    Raises:
        InputError: a syntax error (with the line).
    """
    try:
        for quad in parse(text, RdfFormat.N_TRIPLES):
            yield _statement(path, quad, blanks, 0)
    except SyntaxError as error:
        raise _wrong(path, error, first - 1 + (error.lineno or 1)) from error


def _parsed(
    path: Path, file: Contents, format: RdfFormat, blanks: Blanks, graphs: set[str]
) -> Iterator[Statement]:
    feed = _Feed(path, file, is_xml=format == RdfFormat.RDF_XML)
    done = 0
    try:
        # Relative IRIs are allowed in Turtle: they are relative to the file.
        quads = parse(cast("IO[bytes]", feed), format, base_iri=plain(path).absolute().as_uri())
        for number, quad in enumerate(quads):
            if number % _TELL_EVERY == 0:
                done = file.done
            if format.supports_datasets and not isinstance(quad.graph_name, DefaultGraph):
                graphs.add(str(quad.graph_name))
            yield _statement(path, quad, blanks, done)
        feed.check_end()
    except SyntaxError as error:
        # What is missing at the end of a file is said to be missing in a line after it.
        raise _wrong(path, error, min(error.lineno or feed.line, feed.line)) from error
    except MemoryError as error:
        raise InputError(path, WHAT, f"an error: {error}", line=feed.line) from error


def _statement(path: Path, quad: object, blanks: Blanks, done: int) -> Statement:
    subject, target = quad.subject, quad.object  # type: ignore[attr-defined]
    if isinstance(target, NamedNode):
        found: str | Value = target.value
    elif isinstance(target, Literal):
        datatype = target.datatype.value
        found = Value(target.value, "" if datatype in _STRING_TYPES else datatype, target.language or "")
    elif isinstance(target, BlankNode):
        found = blanks[target.value]
    else:
        raise InputError(path, "statements about things", f"one about a statement ({target})")
    about = subject.value if isinstance(subject, NamedNode) else blanks[subject.value]
    return Statement(about, quad.predicate.value, found, done)  # type: ignore[attr-defined]


def _wrong(path: Path, error: SyntaxError, line: int) -> InputError:
    found = _ERROR_PLACE.sub("", str(error.msg))
    if _REMOTE_CONTEXT in found:
        return InputError(
            path, "JSON-LD with its context in the file", "one on the web, which is not fetched"
        )
    return InputError(path, WHAT, f"an error: {found}", line=line)


class _Feed:
    """What the parser reads from: keeps the line, refuses NUL bytes and XML that declares entities.

    The XML parser tells no line, so it gets one line at a time. Entities are refused before it could
    expand them: nested ones unfold without bounds, and external ones name files. It takes declarations
    wherever they stand, also within comments and after the root element, so they are looked for everywhere.
    """

    def __init__(self, path: Path, file: Contents, *, is_xml: bool) -> None:
        self._path = path
        self._read = file.readline if is_xml else file.read
        self._lines = 0
        self._cut = False  # within a line
        self._is_xml = is_xml
        self._prologue = b""
        self._root = b""
        self._end = bytearray()

    @property
    def line(self) -> int:
        """The line that was handed out last."""
        return max(1, self._lines + self._cut)

    def read(self, count: int = -1) -> bytes:
        """Up to ``count`` bytes, none at the end."""
        data = self._read(count)
        if b"\0" in data:
            raise nul_byte(self._path, WHAT, data, self._lines + 1)
        self._lines += data.count(b"\n")
        if data:
            self._cut = not data.endswith(b"\n")
        if self._is_xml:
            self._look_at(data)
        return data

    def check_end(self) -> None:
        """Refuse XML that stops before its root element does, which the parser takes for complete.

        Raises:
            InputError: the file is cut short.
        """
        end = rb"(?:</%b\s*|/)>(?:\s|(?>%b))*+\Z" % (re.escape(self._root), _ASIDE)
        if self._root and not re.search(end, self._end, re.DOTALL):
            found = f"an end before </{self._root.decode()}>: the file is cut short"
            raise InputError(self._path, WHAT, found, line=self.line)

    def _look_at(self, data: bytes) -> None:
        """Find the root element, and refuse entities."""
        if _ENTITY in self._end[-len(_ENTITY) :] + data:
            raise InputError(
                self._path, "RDF/XML without entity declarations", "<!ENTITY", line=self.line,
                hint="Entities are not expanded; write the file with full IRIs",
            )  # fmt: skip
        self._end += data
        if len(self._end) > 2 * _END_BYTES:
            del self._end[:-_END_BYTES]
        if not self._root and len(self._prologue) < _PROLOGUE_BYTES:
            self._prologue += data
            self._root = next((match[1] for match in _ROOT.finditer(self._prologue) if match[1]), b"")
