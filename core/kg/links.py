"""Known links from a file: tab-separated columns, MMKB's ``a <SameAs> b .`` lines, or RDF."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from core.errors import InputError
from core.kg.rdf_names import LINK_PREDICATES
from core.kg.rdf_parse import FORMATS as RDF_SUFFIXES
from core.kg.rdf_parse import statements
from core.kg.records import Batch, LinkBatch
from core.kg.source import LinkSource, Part
from core.kg.text import blocks, require_file, shown, size, strip_brackets

_WHAT = "two identifiers in tab-separated columns, or `left <SameAs> right .`"
_ROWS = 20_000
_HEADER = re.compile(
    r"(left|right|source|target|subject|object|entity|kg|uri|id)[ _]?([12]|left|right|id|uri|entity)?",
    re.IGNORECASE,
)

# Takes an identifier as the file writes it and its line, returns the entity's, or raises InputError.
Resolve = Callable[[str, int], str]


def open_links(path: Path) -> LinkSource:
    """Links from a file: RDF by its suffix, else text with identifiers as the graphs write them.

    Raises:
        InputError: there is no such file. Reading raises it with the line of what is wrong.
    """
    return rdf_links(path) if path.suffix.lower() in RDF_SUFFIXES else text_links(path)


def rdf_links(path: Path) -> LinkSource:
    """The ``owl:sameAs`` and ``skos:exactMatch`` statements of an RDF file.

    Raises:
        InputError: there is no such file. Reading raises it with the line of what is wrong.
    """
    require_file(path, "RDF with owl:sameAs statements")
    part = Part(f"links of {path.name}", size(path), lambda: _read_rdf(path))
    return LinkSource(str(path.absolute()), (part,))


def _read_rdf(path: Path) -> Iterator[Batch]:
    batch = LinkBatch([], [], [])
    for statement in statements(path):
        if statement.predicate in LINK_PREDICATES and isinstance(statement.object, str):
            batch.firsts.append(statement.subject)
            batch.seconds.append(statement.object)
            batch.sources.append(LINK_PREDICATES[statement.predicate])
        if len(batch.firsts) >= _ROWS:
            yield replace(batch, done=statement.done)
            batch = LinkBatch([], [], [])
    yield replace(batch, done=size(path))


def text_links(path: Path, resolve: Callable[[], Resolve] | None = None) -> LinkSource:
    """Links from a text file; ``resolve`` makes, when reading starts, the mapping of its identifiers.

    Raises:
        InputError: there is no such file. Reading raises it with the line of what is wrong.
    """
    require_file(path, _WHAT)
    part = Part(f"links of {path.name}", size(path), lambda: _read(path, resolve() if resolve else None))
    return LinkSource(str(path.absolute()), (part,))


def _read(path: Path, resolve: Resolve | None) -> Iterator[Batch]:
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
    elif len(cells) > 2:
        kind = cells[2]
    if len(cells) < 2 or not cells[0] or not cells[1]:
        raise InputError(path, _WHAT, shown(line), line=number)
    return strip_brackets(cells[0]), strip_brackets(cells[1]), kind
