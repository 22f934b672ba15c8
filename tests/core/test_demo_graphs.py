"""The committed demo graphs: readable, counted right, linked one-to-one, and free of give-aways."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from PIL import Image
from pyoxigraph import Literal, RdfFormat, Triple, parse

DEMO = Path(__file__).resolve().parents[2] / "resources" / "demo"
BASE = "http://mimea.example"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SIDES = ("atlas", "factbook")

COUNTRY_CODES = """
ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR
BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL
COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK
FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV
HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO
LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG
MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN
PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE
SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO
TUN TUR TUV TWN TZA UAE UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM XKX YEM ZAF ZMB
ZWE
"""
CURRENCY_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BYR
BZD CAD CDF CHF CLP CNY COP CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GGP
GHC GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS IMP INR IQD IRR ISK JEP JMD JOD JPY KES KGS KHR
KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRO MRU MUR MVR MWK MXN
MYR MZM MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RMB RON RSD RUB RWF SAR SBD
SCR SDG SEK SGD SHP SLL SOS SRD SSP STD STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
UYU UZS VEB VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMK ZMW ZWD ZWL
"""
GIVE_AWAYS = {
    "domain": re.compile(r"(?<![\w.])\.[a-z]{2}\b"),
    "calling code": re.compile(r"\[\d{1,3}\]|\+\d{2,3}[ -]\d"),
    "address": re.compile(r"https?://|www\."),
    "flag emoji": re.compile("[\U0001f1e6-\U0001f1ff]"),
    "markup": re.compile(r"<[a-z/]|&[a-z]+;"),
}


@cache
def triples(side: str) -> list[Triple]:
    return list(parse(path=str(DEMO / side / "graph.nt"), format=RdfFormat.N_TRIPLES))


@cache
def kinds(side: str) -> dict[str, str]:
    """Entity IRI -> the last part of its class IRI."""
    typed = (triple for triple in triples(side) if triple.predicate.value == RDF_TYPE)
    return {triple.subject.value: triple.object.value.rpartition("/")[2] for triple in typed}


@cache
def labels(side: str) -> dict[str, str]:
    named = (triple for triple in triples(side) if triple.predicate.value == RDFS + "label")
    return {triple.subject.value: triple.object.value for triple in named}


@cache
def images(side: str) -> list[tuple[str, str]]:
    lines = (DEMO / side / "images" / "index.tsv").read_text(encoding="utf-8").splitlines()
    return [(entity, name) for entity, name in (line.split("\t") for line in lines)]


@cache
def links() -> list[tuple[str, str, str]]:
    header, *lines = (DEMO / "links.tsv").read_text(encoding="utf-8").splitlines()
    assert header == "left\tright\tkind"
    return [(left, right, kind) for left, right, kind in (line.split("\t") for line in lines)]


def names_used(side: str, what: str) -> Counter[str]:
    """How often each relation or attribute of the side's own vocabulary is used."""
    prefix = f"{BASE}/{side}/{what}/"
    predicates = (triple.predicate.value for triple in triples(side))
    return Counter(name.removeprefix(prefix) for name in predicates if name.startswith(prefix))


def tally(found: Counter[str]) -> str:
    rows = sorted(found.items(), key=lambda row: (-row[1], row[0]))
    return ", ".join(f"{name} {number:,}" for name, number in rows)


@pytest.mark.parametrize("side", SIDES)
def test_every_statement_is_in_the_sides_own_vocabulary(side: str) -> None:
    allowed = re.compile(
        rf"{re.escape(RDF_TYPE)}|{re.escape(RDFS)}(label|comment)|{BASE}/{side}/(relation|attribute)/[A-Za-z]+"
    )
    entity = re.compile(rf"{BASE}/{side}/(e/[0-9a-f]{{6}}|class/[A-Za-z]+)")
    for triple in triples(side):
        assert allowed.fullmatch(triple.predicate.value), triple
        assert entity.fullmatch(triple.subject.value), triple
        is_relation = triple.predicate.value == RDF_TYPE or "/relation/" in triple.predicate.value
        assert isinstance(triple.object, Literal) != is_relation, triple
        if is_relation:
            assert triple.object.value in labels(side), triple


@pytest.mark.parametrize("side", SIDES)
def test_the_file_is_sorted_and_has_no_duplicates(side: str) -> None:
    lines = (DEMO / side / "graph.nt").read_text(encoding="utf-8").splitlines()
    assert lines == sorted(set(lines))


@pytest.mark.parametrize("side", SIDES)
def test_the_readme_counts_are_those_of_the_files(side: str) -> None:
    readme = (DEMO / "README.md").read_text(encoding="utf-8")
    name = side.capitalize()
    column = SIDES.index(side) + 1
    table = {
        cells[0]: int(cells[column].replace(",", ""))
        for cells in re.findall(r"^\| ([^|]+) \| ([\d,]+) \| ([\d,]+) \|$", readme, re.MULTILINE)
    }
    relations, attributes = names_used(side, "relation"), names_used(side, "attribute")
    comments = sum(triple.predicate.value == RDFS + "comment" for triple in triples(side))
    classes = len(set(kinds(side).values()))
    assert table == {
        "entities, with the class nodes": len(labels(side)),
        "class nodes": classes,
        "relation triples, with `rdf:type`": relations.total() + len(kinds(side)),
        "relation triples, without": relations.total(),
        "attribute triples": attributes.total(),
        "descriptions (`rdfs:comment`)": comments,
        "pictures": len(images(side)),
    }
    assert len(labels(side)) == len(kinds(side)) + classes
    assert f"{name} entities: {tally(Counter(kinds(side).values()))}." in readme
    assert f"{name} relations: {tally(relations)}." in readme
    assert f"{name} attributes: {tally(attributes)}." in readme


def test_the_readme_counts_the_links() -> None:
    readme = (DEMO / "README.md").read_text(encoding="utf-8")
    assert f"**Links: {len(links()):,}.** {tally(Counter(kind for *_, kind in links()))}." in readme
    made = re.findall(r"^\| (?:city|country|currency|language): [^|]+ \| ([\d,]+) \|$", readme, re.MULTILINE)
    assert sum(int(number.replace(",", "")) for number in made) == len(links())


@pytest.mark.parametrize("side", SIDES)
def test_every_image_opens_and_belongs_to_a_country(side: str) -> None:
    files = {path.name for path in (DEMO / side / "images").glob("*.png")}
    assert files == {name for _, name in images(side)}
    assert len(files) == len(images(side)) == len({entity for entity, _ in images(side)}) == 250
    for entity, name in images(side):
        assert kinds(side)[entity] == "Country"
        assert re.fullmatch(r"[0-9a-f]{6}\.png", name)
        assert name.removesuffix(".png") != entity.rpartition("/")[2]
        with Image.open(DEMO / side / "images" / name) as image:
            image.load()
            assert image.size == ((160, 120) if side == "atlas" else (64, 64))


def test_links_are_one_to_one_between_entities_of_the_same_kind() -> None:
    lefts, rights = [left for left, *_ in links()], [right for _, right, _ in links()]
    assert len(set(lefts)) == len(lefts)
    assert len(set(rights)) == len(rights)
    for left, right, kind in links():
        assert kinds("atlas")[left] == kinds("factbook")[right] == kind.capitalize()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Myanmar", "Burma"),
        ("Vatican City", "Holy See (Vatican City)"),
        ("Polish złoty", "zlotych"),
        ("Swahili", "Kiswahili"),
        ("Gqeberha", "Port Elizabeth"),
    ],
)
def test_known_pairs_with_different_labels_are_linked(left: str, right: str) -> None:
    named = {(labels("atlas")[one], labels("factbook")[two]) for one, two, _ in links()}
    assert (left, right) in named


@pytest.mark.parametrize("side", SIDES)
def test_no_code_gives_an_answer_away(side: str) -> None:
    codes = set(f"{COUNTRY_CODES} {CURRENCY_CODES}".split())
    for triple in triples(side):
        if not isinstance(triple.object, Literal):
            continue
        text = triple.object.value
        for what, pattern in GIVE_AWAYS.items():
            assert not pattern.search(text), (what, text)
        if kinds(side).get(triple.subject.value) != "Organization":  # CAN is the Andean Community
            assert not codes & set(re.findall(r"\b[A-Z]{3}\b", text)), text


@pytest.mark.parametrize("side", SIDES)
def test_no_vocabulary_for_codes(side: str) -> None:
    words = {*names_used(side, "relation"), *names_used(side, "attribute")}
    assert not [word for word in words if re.search(r"code|iso|tld|domain|cca|idd|geoname|url", word.lower())]


def test_the_two_sides_share_no_ids_and_stay_small() -> None:
    ids = [{entity.rpartition("/e/")[2] for entity in kinds(side)} for side in SIDES]
    assert len(ids[0] & ids[1]) < 5  # chance
    assert not [pair for pair in links() if pair[0].rpartition("/")[2] == pair[1].rpartition("/")[2]]
    caches = re.compile(r"__pycache__|\.\w+_cache")
    files = (path for path in DEMO.rglob("*") if path.is_file() and not caches.search(str(path)))
    assert sum(path.stat().st_size for path in files) < 6_000_000


def test_the_licences_are_there() -> None:
    atlas = (DEMO / "atlas" / "LICENSE-ODbL").read_text(encoding="utf-8")
    for words in (
        "contains information from mledoze/countries",
        "Open Database License",
        "GeoNames",
        "MIT License",
    ):
        assert words in atlas
    factbook = (DEMO / "factbook" / "LICENSE").read_text(encoding="utf-8")
    for words in ("public domain", "MIT", "Apache License, Version 2.0"):
        assert words in factbook
