"""Refuses to build graphs in which a code would give the answer away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .packages import Packages
from .rdf import Graph

_CODE_LIKE = {
    "internet domain": re.compile(r"(?<![\w.])\.[a-z]{2}\b"),
    "calling code": re.compile(r"\[\d{1,3}\]|\+\d{2,3}[ -]\d"),
    "web address": re.compile(r"https?://|www\."),
    "flag emoji": re.compile("[\U0001f1e6-\U0001f1ff]"),
}


# Words that look like a code and are none.
_EXCEPTIONS = {("country:mp", "VAN")}  # "Prince Maurice VAN NASSAU"


def find(packages: Packages, atlas: Graph, factbook: Graph, iso2: dict[str, str]) -> list[str]:
    """What gives an answer away, one line each; an empty list when all is well.

    `iso2` maps Factbook files to ISO 3166-1 alpha-2 codes.
    """
    codes: set[str] = set()
    for country in packages.world_countries:
        codes |= {country["cca3"], country["cioc"], *country["currencies"]} - {""}
    own = {f"country:{country['cca3']}": {country["cca2"]} for country in packages.world_countries}
    own |= {f"country:{code}": {letters} for code, letters in iso2.items()}
    found = []
    for graph in (atlas, factbook):
        for key, text in _texts(graph):
            for what, pattern in _CODE_LIKE.items():
                if pattern.search(text):
                    found.append(f"{graph.name} {key}: {what} in {text!r}")
            if graph.kinds[key] == "Organization":
                continue  # an acronym that happens to be some country's code: AU, CAN
            tokens = set(re.findall(r"\b[A-Z]{2,3}\b", text))
            given = {
                token for token in tokens & (codes | own.get(key, set())) if (key, token) not in _EXCEPTIONS
            }
            if given:
                found.append(f"{graph.name} {key}: {sorted(given)} in {text!r}")
            if key.startswith("city:") and re.search(rf"\b{key.split(':')[1]}\b", text):
                found.append(f"{graph.name} {key}: GeoNames id or file code in {text!r}")
    return found


def _texts(graph: Graph) -> Iterator[tuple[str, str]]:
    yield from graph.labels.items()
    yield from graph.comments.items()
    for key, _, literal in graph.attributes:
        yield key, literal.rpartition('"')[0]
