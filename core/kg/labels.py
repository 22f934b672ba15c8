"""Readable labels derived from identifiers, for graphs that give none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import unquote

_FREEBASE_ID = re.compile(r"/[mg]/\w+$")
_FREEBASE_NAMESPACE = "rdf.freebase.com/ns/"
# DBpedia and its kin keep slashes inside a title: http://dbpedia.org/resource/AC/DC
_TITLE_MARKS = ("/resource/", "/wiki/")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPACES = re.compile(r"[\s_]+")
_CODE = re.compile(r"[A-Za-z]{0,4}[-_.:]?\d+")


def entity_label(uri: str) -> str:
    """The title in an entity's identifier: ``…/resource/Andy_Griffith`` -> ``Andy Griffith``.

    Identifiers that hold no title stay as they are: Freebase's ``/m/06rf7``, blank nodes.
    """
    if uri[:1] in "_/" and (uri.startswith("_:") or _FREEBASE_ID.match(uri)):
        return uri
    for mark in _TITLE_MARKS:
        before, found, title = uri.partition(mark)
        if found and title and "://" in before:
            return _readable(title) or uri
    return _readable(_segments(uri)[-1]) or uri


def is_name(label: str, uri: str) -> bool:
    """Whether people call the entity so: not an identifier itself, nor a code at its end such as ``Q42``."""
    return label not in ("", uri) and not (uri.endswith(label) and _CODE.fullmatch(label))


def relation_label(uri: str) -> str:
    """The name in a relation's or attribute's identifier, as words: ``birthPlace`` -> ``birth place``.

    Freebase paths through a mediator name both steps: ``/film/film/starring./film/performance/actor`` ->
    ``starring / actor``.
    """
    names: list[str] = []
    for step in uri.split("./"):
        name = _words(_segments(step)[-1])
        if name and (not names or names[-1] != name):
            names.append(name)
    return " / ".join(names) or uri


def relation_labels(uris: Iterable[str]) -> dict[str, str]:
    """Labels of all relations (or attributes) of a graph; equal ones are told apart by what precedes them.

    ``/film/film/genre`` and ``/book/book/genre`` become ``genre (film)`` and ``genre (book)``.
    """
    labels = {uri: relation_label(uri) for uri in uris}
    for depth in (1, 2, 3):
        counts = Counter(labels.values())
        for uri, label in labels.items():
            if counts[label] > 1 and (owner := _owner(uri, depth)):
                labels[uri] = f"{relation_label(uri)} ({owner})"
    return labels


def _owner(uri: str, depth: int) -> str:
    """The last ``depth`` segments before the name, of the first step; beyond depth 1 each step's."""
    steps = uri.split("./") if depth > 1 else [uri.split("./")[0]]
    owners = []
    for step in steps:
        before = [_words(segment) for segment in _segments(step)[:-1] if segment]
        owners.append(" ".join(before[-depth:]))
    return " / ".join(owner for owner in owners if owner)


def _segments(uri: str) -> list[str]:
    """Path segments, host and scheme left out; the fragment counts as the last segment."""
    _, found, rest = uri.partition("://")
    body = (rest if found else uri).rstrip("/#")
    if _FREEBASE_NAMESPACE in uri:
        # location.geocode.longitude: Freebase's own path with dots for slashes
        return body.rpartition("/")[2].split(".")
    segments = re.split(r"[/#]", body)
    if found and len(segments) > 1:
        segments = segments[1:]
    elif not found and ":" in segments[-1]:
        segments[-1] = segments[-1].rpartition(":")[2] or segments[-1]
    return segments


def _readable(segment: str) -> str:
    """Percent-decoded, underscores and runs of white space as one space, trimmed."""
    return " ".join(unquote(segment).replace("_", " ").split())


def _words(segment: str) -> str:
    """Camel case apart and in lower case; acronyms and codes such as ``P31`` stay upper case."""
    words = _SPACES.sub(" ", _CAMEL.sub(" ", unquote(segment))).split()
    return " ".join(word if word.isupper() else word.lower() for word in words)
