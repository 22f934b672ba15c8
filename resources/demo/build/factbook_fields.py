"""Which fields of a Factbook entry become attributes, and how their text is cut."""

from __future__ import annotations

import re
from typing import Any

from .rdf import Graph
from .text import clean, shorten

TEXT_LIMIT = 160
NUMBER_LIMIT = 60

# attribute -> (path, limit in characters)
FIELDS: dict[str, tuple[tuple[str, ...], int]] = {
    "background": (("Introduction", "Background"), 240),
    "geographicCoordinates": (("Geography", "Geographic coordinates"), NUMBER_LIMIT),
    "totalArea": (("Geography", "Area", "total "), NUMBER_LIMIT),
    "climate": (("Geography", "Climate"), TEXT_LIMIT),
    "terrain": (("Geography", "Terrain"), TEXT_LIMIT),
    "highestPoint": (("Geography", "Elevation", "highest point"), 100),
    "population": (("People and Society", "Population", "total"), NUMBER_LIMIT),
    "nationality": (("People and Society", "Nationality", "adjective"), 100),
    "medianAge": (("People and Society", "Median age", "total"), NUMBER_LIMIT),
    "lifeExpectancy": (("People and Society", "Life expectancy at birth", "total population"), NUMBER_LIMIT),
    "longName": (("Government", "Country name", "conventional long form"), 120),
    "localName": (("Government", "Country name", "local short form"), 120),
    "formerName": (("Government", "Country name", "former"), 160),
    "nameEtymology": (("Government", "Country name", "etymology"), TEXT_LIMIT),
    "governmentType": (("Government", "Government type"), 120),
    "independence": (("Government", "Independence"), 120),
    "nationalHoliday": (("Government", "National holiday"), 120),
    "flagDescription": (("Government", "Flag"), TEXT_LIMIT),
    "nationalSymbol": (("Government", "National symbol(s)"), 120),
    "nationalColors": (("Government", "National color(s)"), 100),
    "gdpOfficialExchangeRate": (("Economy", "GDP (official exchange rate)"), NUMBER_LIMIT),
    "industries": (("Economy", "Industries"), 160),
}
# Headings inside the text, and codes that the prose mentions in passing.
_DROPPED = [
    (re.compile(r"^description: "), ""),
    (re.compile(r"; meaning: .*$"), ""),
    (re.compile(r"\bnote(?: \d)?: ?"), ""),
    (re.compile(r" \((?:FSM|PNG)\)"), ""),
    (re.compile(r"\bPNG\b"), "Papua New Guinea"),
    (re.compile(r"\bUAE\b"), "United Arab Emirates"),
    (re.compile(r"\bUSA?\b"), "United States"),
]


def describe_country(graph: Graph, key: str, entry: dict[str, Any]) -> None:
    """Add the description and the text attributes of a country."""
    if location := text_at(entry, ("Geography", "Location")):
        graph.comments[key] = shorten(location, TEXT_LIMIT)
    for attribute, (path, limit) in FIELDS.items():
        value = text_at(entry, path)
        if value and value not in {"none", "NA", "N/A"}:
            graph.describe(key, attribute, shorten(value, limit))


def text_at(entry: dict[str, Any], path: tuple[str, ...]) -> str:
    """The plain text at a path, without what gives codes away."""
    value: Any = entry
    for name in (*path, "text"):
        value = value.get(name) if isinstance(value, dict) else None
    text = clean(value) if isinstance(value, str) else ""
    for pattern, replacement in _DROPPED:
        text = pattern.sub(replacement, text)
    return text
