"""Links from the Alignment format of the OAEI, whichever way its namespace is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import RdfFormat

from core.errors import InputError
from core.kg.compressed import Contents
from core.kg.rdf_parse import Value, statements
from core.kg.records import Batch, DenialBatch, LinkBatch, Note
from core.kg.text import size

# Some tools write it without the "#", so that names follow directly.
NAMESPACE = "http://knowledgeweb.semanticweb.org/heterogeneity/alignment"
_WHAT = "an alignment in RDF/XML"
_SAME, _OTHER = "=", "!="
_BEGINNING_BYTES = 1 << 16
_ENTITIES = ("entity1", "entity2")


def is_alignment(path: Path) -> bool:
    """Whether the beginning of a file names the namespace.

    Raises:
        InputError: it is compressed and damaged.
    """
    try:
        with Contents(path, _WHAT) as file:
            return NAMESPACE.encode() in file.read(_BEGINNING_BYTES)
    except OSError:
        return False  # reading says why


def read_alignment(path: Path) -> Iterator[Batch]:
    """The cells that say "the same", and those that deny it; all others are counted in notes.

    Raises:
        InputError: a syntax error (with the line), or no cell of two entities.
    """
    cells: dict[str, dict[str, str]] = {}
    for statement in statements(path, format=RdfFormat.RDF_XML):
        if not statement.predicate.startswith(NAMESPACE):
            continue
        name = statement.predicate.removeprefix(NAMESPACE).removeprefix("#")
        if name in _ENTITIES and isinstance(statement.object, str):
            cells.setdefault(statement.subject, {})[name] = statement.object
        elif name == "relation" and isinstance(statement.object, Value):
            cells.setdefault(statement.subject, {})[name] = statement.object.text.strip()
    batch, denied = LinkBatch([], [], [], size(path)), DenialBatch([], [], size(path))
    others = Counter[str]()
    found = False
    for cell in cells.values():
        if not all(name in cell for name in _ENTITIES):
            continue
        found = True
        relation = cell.get("relation", _SAME)
        others[relation] += relation not in (_SAME, _OTHER)
        for said, meant in ((batch, _SAME), (denied, _OTHER)):
            if relation == meant:
                said.firsts.append(cell["entity1"])
                said.seconds.append(cell["entity2"])
    batch.sources.extend([path.name] * len(batch.firsts))
    if not found:
        raise InputError(path, _WHAT, "no cell with two entities")
    yield batch
    yield denied
    for relation, count in sorted((+others).items()):
        yield Note(f"{count:,} cells of {path.name} with the relation {relation} were left out", size(path))
