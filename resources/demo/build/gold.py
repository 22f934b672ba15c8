"""The known links between the two graphs, made from codes and coordinates that neither graph contains."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from . import gold_tables
from .factbook_places import capital_coordinates, capital_names
from .packages import Packages
from .rdf import Graph
from .text import clean, fold

CAPITAL_KILOMETRES = 25.0


@dataclass
class Gold:
    """Links as pairs of build-time keys, and how many were found in which way."""

    pairs: list[tuple[str, str, str]] = field(default_factory=list)
    evidence: Counter[str] = field(default_factory=Counter)
    iso2: dict[str, str] = field(default_factory=dict)
    doubtful: list[str] = field(default_factory=list)


def build(packages: Packages, atlas: Graph, factbook: Graph) -> Gold:
    """All links, one-to-one."""
    gold = Gold()
    iso3 = {country["cca2"]: country["cca3"] for country in packages.world_countries}
    _countries(gold, packages, iso3)
    for key in factbook.labels:
        kind, _, name = key.partition(":")
        if kind == "currency" and key in atlas:
            _accept(gold, key, key, "currency", "currency: ISO 4217 code in the Factbook's text")
        if kind == "language":
            _language(gold, name, key)
    linked = {right.partition(":")[2]: left for left, right, kind in gold.pairs if kind == "country"}
    _Cities(gold, packages, atlas, factbook, linked).link()
    for side in (0, 1):
        ends = Counter(pair[side] for pair in gold.pairs)
        twice = [key for key, times in ends.items() if times > 1]
        assert not twice, f"linked twice: {twice}"
    return gold


def _language(gold: Gold, name: str, key: str) -> None:
    if code := gold_tables.LANGUAGE_CODES.get(name):
        _accept(gold, f"language:{code}", key, "language", "language: ISO 639-3 code of the English name")
    elif code := gold_tables.LANGUAGE_CODES_BY_HAND.get(name):
        _accept(gold, f"language:{code}", key, "language", "language: ISO 639-3 code looked up by hand")


def _accept(gold: Gold, left: str, right: str, kind: str, evidence: str) -> None:
    gold.pairs.append((left, right, kind))
    gold.evidence[evidence] += 1


def _countries(gold: Gold, packages: Packages, iso3: dict[str, str]) -> None:
    """File name (the US government's GEC code) -> ISO code by GeoNames' table; the domain as a second way."""
    fips = {row["fips"].lower(): row["iso"] for row in packages.geonames_countries.values() if row["fips"]}
    for code, entry in packages.factbook.items():
        by_file = fips.get(code)
        text = entry.get("Communications", {}).get("Internet country code", {}).get("text", "")
        domain = re.search(r"\.([a-z]{2})\b", clean(text))
        by_domain = domain[1].upper().replace("UK", "GB") if domain else None
        if by_file is None or by_file not in iso3:
            continue
        gold.iso2[code] = by_file
        if code in gold_tables.NOT_ONE_TO_ONE:
            continue
        assert by_domain in (None, by_file), (code, by_file, by_domain)
        how = "GEC file code and domain agree" if by_domain else "GEC file code alone"
        _accept(gold, f"country:{iso3[by_file]}", f"country:{code}", "country", f"country: {how}")


class _Cities:
    """City links: inside linked countries, by GeoNames' names and by the coordinates of capitals."""

    def __init__(
        self, gold: Gold, packages: Packages, atlas: Graph, factbook: Graph, linked: dict[str, str]
    ) -> None:
        self.gold, self.packages, self.atlas, self.factbook, self.linked = (
            gold,
            packages,
            atlas,
            factbook,
            linked,
        )
        self.by_country: dict[str, list[str]] = {}
        for head, relation, tail in sorted(atlas.relations):
            if relation == "country":
                self.by_country.setdefault(tail, []).append(head)
        self.capitals = {(head, tail) for head, relation, tail in atlas.relations if relation == "capital"}
        self.taken: set[str] = set()

    def link(self) -> None:
        for key in self.factbook.labels:
            if not key.startswith("city:"):
                continue
            code = key.split(":")[1]
            country = self.linked.get(code)
            if country is not None:
                self._link_city(key, code, country)

    def _link_city(self, key: str, code: str, country: str) -> None:
        names = capital_names(code, self.packages.factbook[code])
        is_first_capital = bool(names) and key == f"city:{code}:{fold(names[0])}"
        place = capital_coordinates(self.packages.factbook[code]) if is_first_capital else None
        by_hand = gold_tables.CITIES_BY_HAND.get((code, self.factbook.labels[key]))
        wanted = fold(by_hand or self.factbook.labels[key])
        found = [city for city in self.by_country.get(country, []) if wanted in self._names(city)]
        found.sort(
            key=lambda city: (wanted != fold(self.atlas.labels[city]), -self._row(city).get("population", 0))
        )
        if not found:
            if is_first_capital or by_hand:
                self.gold.doubtful.append(f"{key} {self.factbook.labels[key]!r}: no such city in {country}")
            return
        city = found[0]
        if city in self.taken:
            self.gold.doubtful.append(
                f"{key} {self.factbook.labels[key]!r}: {self.atlas.labels[city]!r} is taken"
            )
            return
        distance = self._distance(city, place)
        if distance is not None and distance > CAPITAL_KILOMETRES:
            if code not in gold_tables.COORDINATES_ARE_ROUGH:
                self.gold.doubtful.append(
                    f"{key} {self.factbook.labels[key]!r}: {city} is {distance:.0f} km away"
                )
                return
            distance = None
        self.taken.add(city)
        _accept(self.gold, city, key, "city", self._evidence(city, country, by_hand, distance))

    def _evidence(self, city: str, country: str, by_hand: str | None, distance: float | None) -> str:
        if distance is not None:
            return f"city: capital's coordinates within {CAPITAL_KILOMETRES:.0f} km, and the name"
        if by_hand:
            return "city: name looked up by hand in the same country"
        if (country, city) in self.capitals:
            return "city: capital of the same country on both sides, and the name"
        return "city: GeoNames name or alternate name in the same country"

    def _row(self, city: str) -> dict[str, Any]:
        return self.packages.geonames_cities.get(city.partition(":")[2], {})

    def _names(self, city: str) -> set[str]:
        row = self._row(city)
        return {fold(name) for name in (self.atlas.labels[city], *row.get("alternatenames", []))}

    def _distance(self, city: str, place: tuple[float, float] | None) -> float | None:
        row = self._row(city)
        if place is None or not row:
            return None
        (one, first), (two, second) = place, (row["latitude"], row["longitude"])
        angle = math.sin(math.radians(one)) * math.sin(math.radians(two)) + math.cos(
            math.radians(one)
        ) * math.cos(math.radians(two)) * math.cos(math.radians(first - second))
        return 6371.0 * math.acos(max(-1.0, min(1.0, angle)))
