"""The Factbook's cities: capitals (with coordinates) and major urban areas (with populations)."""

from __future__ import annotations

import re
from typing import Any

from . import tables
from .rdf import Graph
from .text import clean, fold, without_brackets

_COORDINATES = re.compile(r"(\d+)\s+(\d+)\s*([NS]),\s*(\d+)\s+(\d+)\s*([EW])")
_URBAN_AREA = re.compile(r"([\d.,]+(?:\s+million)?(?:\s+million)?)\s+(.+)")


def capital_names(code: str, entry: dict[str, Any]) -> list[str]:
    """The capitals of a country, the one the coordinates belong to first."""
    if code in tables.CAPITALS:
        return tables.CAPITALS[code]
    text = entry.get("Government", {}).get("Capital", {}).get("name", {}).get("text", "")
    name = without_brackets(re.split(r";", clean(text))[0])
    return [name] if name and name != "none" else []


def capital_coordinates(entry: dict[str, Any]) -> tuple[float, float] | None:
    """Latitude and longitude in degrees of the (first) capital."""
    text = entry.get("Government", {}).get("Capital", {}).get("geographic coordinates", {}).get("text", "")
    if not (found := _COORDINATES.search(clean(text))):
        return None
    latitude = (int(found[1]) + int(found[2]) / 60) * (1 if found[3] == "N" else -1)
    longitude = (int(found[4]) + int(found[5]) / 60) * (1 if found[6] == "E" else -1)
    return latitude, longitude


def add_places(graph: Graph, code: str, entry: dict[str, Any]) -> None:
    """Add a country's cities to the graph."""
    if code in {"xx", "ee"}:
        return
    country = f"country:{code}"
    names = capital_names(code, entry)
    owner = "ax" if code == "dx" else code  # both bases are run from one place
    for number, name in enumerate(names):
        city = graph.entity(f"city:{owner}:{fold(name)}", name, "City")
        graph.relate(country, "capitalCity", city)
        if number == 0:
            _describe_capital(graph, city, entry)
    text = clean(
        entry.get("People and Society", {}).get("Major urban areas - population", {}).get("text", "")
    )
    years = re.findall(r"\((\d{4})\)", text)
    for part in re.split(r"[,;]\s+(?=\d)", re.sub(r"\s*\(\d{4}\)", "", text)):
        if found := _URBAN_AREA.fullmatch(part.strip()):
            city = _urban_area(graph, code, found[2], names)
            graph.relate(country, "majorUrbanArea", city)
            year = f" ({years[-1]})" if years else ""
            graph.describe(city, "urbanPopulation", found[1] + year)


def _describe_capital(graph: Graph, city: str, entry: dict[str, Any]) -> None:
    capital = entry.get("Government", {}).get("Capital", {})
    if found := _COORDINATES.search(clean(capital.get("geographic coordinates", {}).get("text", ""))):
        graph.describe(city, "geographicCoordinates", found[0])
    difference = re.match(r"UTC\s*[+-]?\s*[\d:.]+", clean(capital.get("time difference", {}).get("text", "")))
    if difference:
        graph.describe(city, "timeDifference", difference[0].replace(" ", ""))


def _urban_area(graph: Graph, code: str, text: str, capitals: list[str]) -> str:
    """The city of one item such as `NAIROBI (capital)`; capitals are written in capitals."""
    name = without_brackets(text).strip(" .")
    key = f"city:{code}:{fold(name)}"
    if key not in graph and "(capital)" in text and capitals:
        return f"city:{code}:{fold(capitals[0])}"
    return graph.entity(key, name.title().replace(" Es ", " es ") if name.isupper() else name, "City")
