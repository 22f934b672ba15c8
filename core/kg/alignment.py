"""Links from the Alignment format of the OAEI, whichever way its namespace is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pyoxigraph import RdfFormat

from core.errors import InputError
from core.kg.compressed import Contents
from core.kg.rdf_names import TYPE
from core.kg.rdf_parse import Value, statements
from core.kg.records import Batch, DenialBatch, LinkBatch, Note
from core.kg.text import size
from core.words import counted, were

# Some tools write it without the "#", so that names follow directly.
NAMESPACE = "http://knowledgeweb.semanticweb.org/heterogeneity/alignment"
_WHAT = "an alignment in RDF/XML"
_SAME, _OTHER = "=", "!="
_BEGINNING_BYTES = 1 << 16
_ENTITIES, _RELATION = ("entity1", "entity2"), "relation"
_PARTS = (*_ENTITIES, _RELATION)
_ROWS = 2_000
_STATEMENTS = 10 * _ROWS  # after which something is told, whatever they say


def is_alignment(path: Path) -> bool:
    """Whether a file begins as XML does and names the namespace soon.

    Raises:
        InputError: it is compressed and damaged.
    """
    try:
        with Contents(path, _WHAT) as file:
            beginning = file.read(_BEGINNING_BYTES)
    except OSError:
        return False  # reading says why
    return beginning.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" and NAMESPACE.encode() in beginning


def read_alignment(path: Path) -> Iterator[Batch]:
    """The cells that say "the same", and those that deny it; all others are counted in notes.

    Raises:
        InputError: a syntax error (with the line), or no cell of two entities.
    """
    cells: dict[str, dict[str, str]] = {}
    found = _Found(path)
    is_one = False
    for number, statement in enumerate(statements(path, format=RdfFormat.RDF_XML), 1):
        if len(found.same.firsts) >= _ROWS or number % _STATEMENTS == 0:
            yield found.links(statement.done)
        if statement.predicate == TYPE and isinstance(statement.object, str):
            name = statement.object.removeprefix(NAMESPACE).removeprefix("#")
            is_one |= statement.object.startswith(NAMESPACE) and name == "Alignment"
        if not statement.predicate.startswith(NAMESPACE):
            continue
        name = statement.predicate.removeprefix(NAMESPACE).removeprefix("#")
        if name in _ENTITIES and isinstance(statement.object, str):
            said = statement.object
        elif name == _RELATION and isinstance(statement.object, Value):
            said = statement.object.text.strip()
        else:
            continue
        cell = cells.setdefault(statement.subject, {})
        cell[name] = said
        if len(cell) == len(_PARTS):
            found.take(cells.pop(statement.subject))
    for cell in cells.values():
        if all(name in cell for name in _ENTITIES):
            found.take({_RELATION: _SAME} | cell)
    if not found.cells:
        if not is_one:
            raise InputError(path, _WHAT, "no cell with two entities")
        yield Note(f"{path.name} holds no cell with two entities", size(path))
    yield found.links(size(path))
    yield found.denied
    for relation, count in sorted(found.others.items()):
        cells_of = f"{counted(count, 'cell')} of {path.name} with the relation {relation}"
        yield Note(f"{cells_of} {were(count)} left out", size(path))


class _Found:
    """What the complete cells say; ``same`` since the last batch of links."""

    def __init__(self, path: Path) -> None:
        self.cells = 0
        self.same = LinkBatch([], [], [])
        self.denied = DenialBatch([], [], size(path))
        self.others = Counter[str]()
        self._name = path.name

    def take(self, cell: dict[str, str]) -> None:
        """Sort a cell into those that say "the same", those that deny it, and others."""
        self.cells += 1
        relation = cell[_RELATION]
        if relation == _SAME:
            self.same.sources.append(self._name)
        elif relation != _OTHER:
            self.others[relation] += 1
            return
        said = self.same if relation == _SAME else self.denied
        said.firsts.append(cell["entity1"])
        said.seconds.append(cell["entity2"])

    def links(self, done: int) -> LinkBatch:
        """The links since the last call."""
        batch, self.same = replace(self.same, done=done), LinkBatch([], [], [])
        return batch
