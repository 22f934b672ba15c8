"""Compact names for IRIs: ``dbr:Kenya`` with a declared prefix, the only way SSSOM names things."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from core.errors import MimeaError
from core.export.iri import FREEBASE

# Names that others know these namespaces by.
WELL_KNOWN = {
    "http://dbpedia.org/resource/": "dbr",
    "http://yago-knowledge.org/resource/": "yago",
    "http://www.wikidata.org/entity/": "wd",
    "http://sws.geonames.org/": "geonames",
    "https://sws.geonames.org/": "geonames",
    "https://orcid.org/": "orcid",
    FREEBASE: "fb",
}
# Built into SSSOM, or declared by our writer for its own use.
_RESERVED = frozenset({"owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd", "linkml", "project", "mimea"})
_MOST_NAMESPACES = 32  # beyond, a prefix for each would tell nothing
_AUTHORITY_ONLY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_AUTHORITY = re.compile(rf"{_AUTHORITY_ONLY.pattern}[^/]+/")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")


class NoPrefixError(MimeaError):
    """An IRI that no prefix can stand for."""


class Prefixes:
    """Prefixes for the namespaces of some IRIs, which end at the last ``#`` or ``/`` (in URNs ``:``).

    One within another is part of it. Where very many are left, what those of one authority have in common
    is one.
    """

    def __init__(self, iris: Iterable[str]) -> None:
        self._namespaces: dict[str, str] = {}
        own = {iri: _namespace(iri) for iri in iris}
        within = _outermost({*own.values(), *WELL_KNOWN})
        others = sorted({within[space] for space in own.values()} - WELL_KNOWN.keys())
        if len(others) > _MOST_NAMESPACES:
            within |= _by_authority(others)
            within = {space: within.get(outer, outer) for space, outer in within.items()}
        self._spaces = {iri: within[space] for iri, space in own.items()}
        for space in sorted(set(self._spaces.values()), key=lambda space: (space not in WELL_KNOWN, space)):
            if not space or _AUTHORITY_ONLY.fullmatch(space):
                raise NoPrefixError(
                    "the identifiers have no namespaces that prefixes could stand for, which SSSOM needs; "
                    "choose another format"
                )
            self._namespaces[space] = self._free_name(space)

    def curie(self, iri: str) -> str:
        """``prefix:local`` for one of the IRIs that the prefixes were made for."""
        space = self._spaces[iri]
        return f"{self._namespaces[space]}:{iri[len(space) :]}"

    def declared(self) -> dict[str, str]:
        """Namespace by prefix."""
        return {prefix: space for space, prefix in self._namespaces.items()}

    def _free_name(self, space: str) -> str:
        if space in WELL_KNOWN and WELL_KNOWN[space] not in self._namespaces.values():
            return WELL_KNOWN[space]
        words = _WORD.findall(space.partition(":")[2]) or _WORD.findall(space)
        stem = (words[-1] if words else "ns").lower()
        taken = {*self._namespaces.values(), *WELL_KNOWN.values(), *_RESERVED}
        number = 1
        while (name := stem if number == 1 else f"{stem}{number}") in taken:
            number += 1
        return name


def _namespace(iri: str) -> str:
    body = iri[:-1]  # something must be left to name
    cut = max(body.rfind("#"), body.rfind("/"))
    if cut < 0:
        cut = body.rfind(":")
    return iri[: cut + 1]


def _outermost(spaces: Iterable[str]) -> dict[str, str]:
    """For each namespace the shortest of ``spaces`` that it begins with."""
    within: dict[str, str] = {}
    outer = ""
    for space in sorted(spaces):  # what begins with one follows it
        if not outer or _AUTHORITY_ONLY.fullmatch(outer) or not space.startswith(outer):
            outer = space
        # A CURIE whose local part began with a slash could be taken for an IRI.
        within[space] = space if space.startswith(f"{outer}/") else outer
    return within


def _by_authority(spaces: list[str]) -> dict[str, str]:
    """For each namespace, of which ``spaces`` are in order, what all with its scheme and host begin with."""
    groups = groupby(spaces, key=lambda space: match[0] if (match := _AUTHORITY.match(space)) else space)
    within: dict[str, str] = {}
    for _, (first, *rest) in groups:
        common = _common_namespace(first, rest[-1]) if rest else first
        within |= dict.fromkeys([first, *rest], common)
    return within


def _common_namespace(first: str, last: str) -> str:
    """What all strings that lie in order between these two begin with, up to a ``/`` or ``#``."""
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[: max(first.rfind("/", 0, length), first.rfind("#", 0, length)) + 1]
