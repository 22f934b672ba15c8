"""A graph under construction: opaque ids, triples, and the N-Triples file made of them."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

BASE = "http://mimea.example"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
RDFS_COMMENT = "http://www.w3.org/2000/01/rdf-schema#comment"
XSD = "http://www.w3.org/2001/XMLSchema#"

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def opaque(salt: str, key: str, taken: set[str]) -> str:
    """Six hexadecimal digits that say nothing about `key`, the same on every run."""
    for attempt in range(100):
        digest = hashlib.blake2b(f"{salt}/{attempt}/{key}".encode(), digest_size=3).hexdigest()
        if digest not in taken:
            taken.add(digest)
            return digest
    raise ValueError(f"no free id for {key!r}")


class Graph:
    """One side of the demo. Entities are known by a build-time key that is never written out."""

    def __init__(self, name: str, language: str | None = None) -> None:
        self.name = name
        self.language = language
        self.labels: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.comments: dict[str, str] = {}
        self.relations: set[tuple[str, str, str]] = set()
        self.attributes: set[tuple[str, str, str]] = set()
        self.images: dict[str, bytes] = {}
        self._ids: dict[str, str] = {}
        self._taken: set[str] = set()

    def entity(self, key: str, label: str, kind: str) -> str:
        """Make the entity unless it is there already; give back its key."""
        if key not in self._ids:
            self._ids[key] = opaque(self.name, key, self._taken)
            self.labels[key] = label
            self.kinds[key] = kind
        return key

    def __contains__(self, key: str) -> bool:
        return key in self._ids

    def iri(self, key: str) -> str:
        """The opaque IRI that stands for the key in the files."""
        return f"{BASE}/{self.name}/e/{self._ids[key]}"

    def relate(self, head: str, relation: str, tail: str) -> None:
        """Add a relation triple between two entities; nothing is related to itself."""
        assert head in self._ids and tail in self._ids, (head, relation, tail)
        if head != tail:
            self.relations.add((head, relation, tail))

    def describe(self, key: str, attribute: str, value: str, suffix: str | None = None) -> None:
        """Add an attribute; `suffix` is a language tag `@sw` or a type `^^integer`."""
        value = value.strip()
        if value:
            tag = suffix if suffix is not None else (f"@{self.language}" if self.language else "")
            self.attributes.add((key, attribute, _literal(value, tag)))

    def lines(self) -> list[str]:
        """All statements as N-Triples, sorted, so that the order of building leaves no trace."""
        relation = f"{BASE}/{self.name}/relation"
        attribute = f"{BASE}/{self.name}/attribute"
        classes = {kind: f"{BASE}/{self.name}/class/{kind}" for kind in set(self.kinds.values())}
        label_tag = f"@{self.language}" if self.language else ""
        lines = [f"<{iri}> <{RDFS_LABEL}> {_literal(_words(kind), '@en')} ." for kind, iri in classes.items()]
        for key, label in self.labels.items():
            lines.append(f"<{self.iri(key)}> <{RDFS_LABEL}> {_literal(label, label_tag)} .")
            lines.append(f"<{self.iri(key)}> <{RDF_TYPE}> <{classes[self.kinds[key]]}> .")
        for key, comment in self.comments.items():
            lines.append(f"<{self.iri(key)}> <{RDFS_COMMENT}> {_literal(comment, '@en')} .")
        for head, name, tail in self.relations:
            lines.append(f"<{self.iri(head)}> <{relation}/{name}> <{self.iri(tail)}> .")
        for key, name, literal in self.attributes:
            lines.append(f"<{self.iri(key)}> <{attribute}/{name}> {literal} .")
        return sorted(lines)

    def write(self, folder: Path) -> None:
        """Write graph.nt, the pictures and their index into `folder`."""
        (folder / "images").mkdir(parents=True, exist_ok=True)
        for old in (folder / "images").iterdir():
            old.unlink()
        (folder / "graph.nt").write_text("\n".join(self.lines()) + "\n", encoding="utf-8", newline="\n")
        taken: set[str] = set()
        index = []
        for key, data in self.images.items():
            file_name = opaque(f"{self.name}/image", key, taken) + ".png"
            (folder / "images" / file_name).write_bytes(data)
            index.append(f"{self.iri(key)}\t{file_name}")
        text = "\n".join(sorted(index)) + "\n"
        (folder / "images" / "index.tsv").write_text(text, encoding="utf-8", newline="\n")

    def counts(self) -> dict[str, Counter[str]]:
        """How many entities of each kind, triples of each relation, values of each attribute."""
        return {
            "entities": Counter(self.kinds.values()),
            "relations": Counter(name for _, name, _ in self.relations),
            "attributes": Counter(name for _, name, _ in self.attributes),
        }


def _literal(value: str, tag: str) -> str:
    if tag.startswith("^^"):
        tag = f"^^<{XSD}{tag[2:]}>"
    return f'"{value.translate(_ESCAPES)}"{tag}'


def _words(name: str) -> str:
    """`TimeZone` -> `time zone`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
