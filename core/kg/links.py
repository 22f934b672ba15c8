"""Known links from a file: columns, MMKB's ``a <SameAs> b .`` lines, RDF, SSSOM or Alignment RDF."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from core.errors import InputError
from core.kg.alignment import is_alignment, read_alignment
from core.kg.compressed import Contents, plain
from core.kg.csv_links import read_csv_links
from core.kg.rdf_names import DIFFERENT_FROM, LINK_PREDICATES
from core.kg.rdf_parse import FORMATS as RDF_SUFFIXES
from core.kg.rdf_parse import Value, statements
from core.kg.records import Batch, DenialBatch, LinkBatch, Note
from core.kg.source import LinkSource, Part
from core.kg.sssom import is_sssom, read_sssom
from core.kg.text import blocks, require_file, size, strip_brackets, wrong_columns

_WHAT = "two identifiers in tab-separated columns, or `left <SameAs> right .`"
_ROWS = 2_000
_STATEMENTS = 10 * _ROWS  # after which something is told, whatever they say
_XML_SUFFIXES = (".rdf", ".owl", ".xml")
_MOST_COLUMNS = 3
_HEADER = re.compile(
    r"(left|right|source|target|subject|object|entity|kg|uri|id)[ _]?([12]|left|right|id|uri|entity)?",
    re.IGNORECASE,
)

# An empty document has no statements; an empty table of two columns, which has no header, no rows.
_MAY_BE_EMPTY = frozenset({".nt", ".ttl", ".nq", ".trig", ".ent_links", ".tsv", ".txt", ""})
# Of our own exports: what a name says of the pairs that most formats can't.
_DOUBTFUL = re.compile(r"\.(unsure)\.(?!csv$)|\.(rejected)\.ent_links$", re.IGNORECASE)

# Takes an identifier as the file writes it and its line, returns the entity's, or raises InputError.
Resolve = Callable[[str, int], str]


def open_links(path: Path) -> LinkSource:
    """Links from a file in whichever of the formats it is; text has identifiers as the graphs write them.

    Raises:
        InputError: there is no such file. Reading raises it with the line of what is wrong.
    """
    require_file(path, _WHAT)
    suffix = plain(path).suffix.lower()
    if (suffix in _XML_SUFFIXES or suffix not in (*RDF_SUFFIXES, ".csv")) and is_alignment(path):
        reason = "it is XML that names the namespace of alignments"
        return _source(path, partial(read_alignment, path), "Alignment RDF", reason)
    if suffix in RDF_SUFFIXES:
        return rdf_links(path)
    if suffix == ".csv":
        return _source(path, partial(read_csv_links, path), "CSV", "its name ends in .csv")
    if is_sssom(path):
        return _source(path, partial(read_sssom, path), "SSSOM", "its header has the columns of SSSOM")
    return text_links(path)


def is_empty_set(path: Path) -> bool:
    """Whether a file holds nothing, in a format in which that says that there are no links.

    Importing one is a mistake and is told as such; comparing with one is not.
    """
    name = plain(path)
    if name.suffix.lower() not in _MAY_BE_EMPTY or name.name.endswith(".sssom.tsv") or not path.is_file():
        return False
    try:
        with Contents(path, _WHAT) as file:
            return not file.peek(1)
    except (InputError, OSError):
        return False  # reading says why


def refuse_doubtful(path: Path) -> None:
    """Let no file be taken for links whose name says that its pairs are none, and its format does not.

    Raises:
        InputError: the pairs were left unsure, or rejected.
    """
    if found := _DOUBTFUL.search(plain(path).name):
        kind = "left unsure" if found[1] else "rejected"
        hint = "Give it another name to take them for links all the same"
        raise InputError(path, "accepted links", f"pairs that were {kind}, by its name", hint=hint)


def rdf_links(path: Path) -> LinkSource:
    """The ``owl:sameAs`` and ``skos:exactMatch`` statements of an RDF file, and the ``owl:differentFrom``.

    Raises:
        InputError: there is no such file. Reading raises it with the line of what is wrong.
    """
    require_file(path, "RDF with owl:sameAs statements")
    reason = f"its name ends in {path.name.removeprefix(plain(path).stem)}"
    return _source(path, partial(_read_rdf, path), "RDF", reason)


def _source(path: Path, read: Callable[[], Iterator[Batch]], format: str, reason: str) -> LinkSource:
    part = Part(f"links of {path.name}", size(path), read, (path,))
    return LinkSource(str(path.absolute()), (part,), format, reason)


def _read_rdf(path: Path) -> Iterator[Batch]:
    batch, denied = LinkBatch([], [], []), DenialBatch([], [], size(path))
    found = False
    for number, statement in enumerate(statements(path), 1):
        if len(batch.firsts) >= _ROWS or number % _STATEMENTS == 0:
            yield replace(batch, done=statement.done)
            batch = LinkBatch([], [], [])
        if isinstance(statement.object, Value):
            continue
        if statement.predicate in LINK_PREDICATES:
            batch.firsts.append(statement.subject)
            batch.seconds.append(statement.object)
            batch.sources.append(LINK_PREDICATES[statement.predicate])
            found = True
        elif statement.predicate == DIFFERENT_FROM:
            denied.firsts.append(statement.subject)
            denied.seconds.append(statement.object)
    yield replace(batch, done=size(path))
    yield denied
    if not found and not denied.firsts:
        expected = ", ".join((*LINK_PREDICATES.values(), "owl:differentFrom"))
        yield Note(f"{path.name} has no statement with {expected}", size(path))


def text_links(path: Path, resolve: Callable[[], Resolve] | None = None) -> LinkSource:
    """Links from a text file; ``resolve`` makes, when reading starts, the mapping of its identifiers.

    Raises:
        InputError: there is no such file. Reading raises it with the line of what is wrong.
    """
    require_file(path, _WHAT)
    return _source(path, partial(_read, path, resolve), "Columns", "it is text in no other format")


def _read(path: Path, make_resolve: Callable[[], Resolve] | None) -> Iterator[Batch]:
    resolve = make_resolve() if make_resolve else None
    for block in blocks(path, _WHAT):
        batch = LinkBatch([], [], [], block.done)
        for number, line in enumerate(block.lines, block.first):
            if not line.strip():
                continue
            first, second, kind = _columns(path, line, number)
            if number == 1 and _HEADER.fullmatch(first) and _HEADER.fullmatch(second):
                continue
            if resolve:
                first, second = resolve(first, number), resolve(second, number)
            batch.firsts.append(first)
            batch.seconds.append(second)
            batch.sources.append(kind or path.name)
        yield batch


def _columns(path: Path, line: str, number: int) -> tuple[str, str, str]:
    cells = [cell.strip() for cell in line.split("\t")] if "\t" in line else line.split()
    kind = ""
    if len(cells) == 4 and cells[3] == ".":
        cells = [cells[0], cells[2]]  # the middle one is the predicate
    elif len(cells) == _MOST_COLUMNS:
        kind = cells[2]
    if not 2 <= len(cells) <= _MOST_COLUMNS or not cells[0] or not cells[1]:
        raise wrong_columns(path, _WHAT, cells, line, number)
    return strip_brackets(cells[0]), strip_brackets(cells[1]), kind
