"""RDF files as a stream of statements, with errors that name the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from core.errors import InputError
from core.kg.text import require_file, size

FORMATS = {".nt": RdfFormat.N_TRIPLES, ".ttl": RdfFormat.TURTLE}
_TELL_EVERY = 2_000
_STRING_TYPES = frozenset(
    {
        "http://www.w3.org/2001/XMLSchema#string",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
    }
)
_WHAT = "RDF"
_ERROR_PLACE = re.compile(r"^Parser error [^:]*: ")  # the line stands before it already


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


def is_rdf(path: Path) -> bool:
    """Whether ``path`` is a file whose suffix is that of an RDF format read here."""
    return path.suffix.lower() in FORMATS and path.is_file()


def rdf_files(folder: Path) -> list[Path]:
    """The RDF files directly in a folder, in the order of their names."""
    return sorted(path for path in folder.iterdir() if is_rdf(path)) if folder.is_dir() else []


def statements(path: Path) -> Iterator[Statement]:
    """Parse a file, a statement at a time.

    Blank nodes become ``_:FILE-1``, ``_:FILE-2`` ... in the order met: the same on every import, and apart
    from those of other files.

    Raises:
        InputError: no such file, empty, unreadable, or a syntax error (with the line).
    """
    require_file(path, _WHAT)
    if not size(path):
        raise InputError(path, _WHAT, "an empty file")
    blanks: dict[str, str] = {}
    done = 0
    try:
        with path.open("rb") as file:
            # Relative IRIs are allowed in Turtle: they are relative to the file.
            quads = parse(file, FORMATS[path.suffix.lower()], base_iri=path.absolute().as_uri())
            for number, quad in enumerate(quads):
                if number % _TELL_EVERY == 0:
                    done = file.tell()
                subject, target = quad.subject, quad.object
                if isinstance(target, NamedNode):
                    found: str | Value = target.value
                elif isinstance(target, Literal):
                    datatype = target.datatype.value
                    found = Value(
                        target.value, "" if datatype in _STRING_TYPES else datatype, target.language or ""
                    )
                elif isinstance(target, BlankNode):
                    found = blanks.setdefault(target.value, f"_:{path.stem}-{len(blanks) + 1}")
                else:
                    raise InputError(path, "statements about things", f"one about a statement ({target})")
                if isinstance(subject, NamedNode):
                    about = subject.value
                else:
                    about = blanks.setdefault(subject.value, f"_:{path.stem}-{len(blanks) + 1}")
                yield Statement(about, quad.predicate.value, found, done)
    except SyntaxError as error:
        found = _ERROR_PLACE.sub("", str(error.msg))
        raise InputError(path, _WHAT, f"an error: {found}", line=error.lineno) from error
    except OSError as error:
        raise InputError(path, _WHAT, f"a file that can't be read ({error.strerror or error})") from error
