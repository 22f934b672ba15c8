"""The Atlas: mledoze/countries (npm world-countries) with the large cities of GeoNames."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any

from .packages import Packages
from .rdf import Graph
from .text import fold

CITY_POPULATION = 500_000
TRANSLATIONS = {"ara": "ar", "rus": "ru", "zho": "zh"}


def build(packages: Packages) -> Graph:
    """Everything of the Atlas but the pictures."""
    graph = Graph("atlas")
    countries = packages.world_countries
    languages = _commonest([country["languages"] for country in countries])
    currencies = _commonest(
        [{code: money["name"] for code, money in country["currencies"].items()} for country in countries]
    )
    for country in countries:
        _country(graph, country, languages, currencies)
    for country in countries:
        for neighbour in country["borders"]:
            graph.relate(f"country:{country['cca3']}", "borders", f"country:{neighbour}")
    cities = _by_country(packages.geonames_cities)
    for country in countries:
        for city in cities.get(country["cca2"], []):
            if city["population"] >= CITY_POPULATION:
                _city(graph, city, country)
        for name in country["capital"]:
            _capital(graph, name, country, cities.get(country["cca2"], []))
    return graph


def _commonest(names: list[dict[str, str]]) -> dict[str, str]:
    """For each code the name that most countries use."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in names:
        for code, name in row.items():
            found[code][name] += 1
    return {code: min(uses, key=lambda name: (-uses[name], len(name), name)) for code, uses in found.items()}


def _country(
    graph: Graph, country: dict[str, Any], languages: dict[str, str], currencies: dict[str, str]
) -> None:
    name = country["name"]
    key = graph.entity(f"country:{country['cca3']}", name["common"], "Country")
    place = country["subregion"] or country["region"]
    graph.comments[key] = f"country or territory in {place}"
    region = graph.entity(f"region:{country['region']}", country["region"], "Region")
    graph.relate(key, "inRegion", region)
    if country["subregion"]:
        subregion = graph.entity(f"subregion:{country['subregion']}", country["subregion"], "Subregion")
        graph.relate(key, "inSubregion", subregion)
        graph.relate(subregion, "partOf", region)
    if group := country["unRegionalGroup"]:
        graph.relate(key, "unGroup", graph.entity(f"group:{group}", group, "UnRegionalGroup"))
    for code, currency in country["currencies"].items():
        graph.relate(key, "currency", _currency(graph, code, currencies[code], currency["symbol"]))
    for code in country["languages"]:
        graph.relate(key, "language", graph.entity(f"language:{code}", languages[code], "Language"))
    _country_attributes(graph, key, country)


def _country_attributes(graph: Graph, key: str, country: dict[str, Any]) -> None:
    name = country["name"]
    graph.describe(key, "officialName", name["official"], "@en")
    graph.describe(key, "area", f"{float(country['area'])}", "^^decimal")
    latitude, longitude = country["latlng"]
    graph.describe(key, "latlng", f"{float(latitude):.2f} {float(longitude):.2f}")
    graph.describe(key, "landlocked", str(country["landlocked"]).lower(), "^^boolean")
    graph.describe(key, "unMember", str(country["unMember"]).lower(), "^^boolean")
    if country["independent"] is not None:
        graph.describe(key, "independent", str(country["independent"]).lower(), "^^boolean")
    if demonym := country["demonyms"].get("eng"):
        graph.describe(key, "demonym", demonym["m"], "@en")
    for code, native in name["native"].items():
        if native["common"] != name["common"]:
            graph.describe(key, "nativeName", native["common"], f"@{code}")
    for code, tag in TRANSLATIONS.items():
        if translation := country["translations"].get(code):
            graph.describe(key, "translatedName", translation["common"], f"@{tag}")
    for spelling in country["altSpellings"]:
        if not re.search(r"\b[A-Z]{2,4}\b", spelling) and spelling != name["official"]:
            graph.describe(key, "otherSpelling", spelling, "")


def _currency(graph: Graph, code: str, name: str, symbol: str) -> str:
    key = graph.entity(f"currency:{code}", name, "Currency")
    if not re.search(r"[A-Z]{2}", symbol):
        graph.describe(key, "symbol", symbol, "")
    return key


def _by_country(cities: dict[str, dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    for city in sorted(cities.values(), key=lambda city: (-city["population"], city["geonameid"])):
        grouped.setdefault(city["countrycode"], []).append(city)
    return grouped


def _city(graph: Graph, city: dict[str, Any], country: dict[str, Any]) -> str:
    key = f"city:{city['geonameid']}"
    if key in graph:
        return key
    graph.entity(key, city["name"], "City")
    graph.describe(key, "population", str(city["population"]), "^^integer")
    graph.describe(key, "latlng", f"{city['latitude']:.3f} {city['longitude']:.3f}")
    graph.relate(key, "country", f"country:{country['cca3']}")
    zone = city["timezone"]
    graph.relate(key, "timezone", graph.entity(f"timezone:{zone}", zone, "TimeZone"))
    return key


def _capital(graph: Graph, name: str, country: dict[str, Any], cities: list[dict[str, Any]]) -> None:
    """Link a country to its capital: a GeoNames city of that name there, or else just the name."""
    wanted = fold(name)
    same = [city for city in cities if fold(city["name"]) == wanted]
    same = same or [city for city in cities if wanted in {fold(other) for other in city["alternatenames"]}]
    if same:
        capital = _city(graph, same[0], country)
    else:
        capital = graph.entity(f"city:{country['cca3']}:{name}", name, "City")
        graph.relate(capital, "country", f"country:{country['cca3']}")
    graph.relate(f"country:{country['cca3']}", "capital", capital)
