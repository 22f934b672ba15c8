"""Reads what an attribute value says (a number with a unit, a date, a text) and compares two of them."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

Likeness = Literal["equal", "close", "different"]

NUMBERS_CLOSE = 0.05  # relative: censuses of different years differ by a few percent
TEXTS_CLOSE = 85.0

_TRUTH = {"yes": "true", "no": "false"}
_ASCII_SPACES = {code: " " for code in range(128) if not chr(code).isalnum()}
_SPACES = "\u00a0\u2009\u202f"
_NUMBER = re.compile(
    rf"""^\s*(?P<about>[~≈<>]|about|approx\.?|circa|c\.)?\s*
    (?P<currency>[$€£¥])?\s*
    (?P<number>[+\-−]?(?:\d{{1,3}}(?:[ {_SPACES}]\d{{3}})+|\d{{1,3}}(?:,\d{{3}})+|\d{{1,3}}(?:'\d{{3}})+
      |\d{{1,3}}(?:\.\d{{3}}){{2,}}|\d+)(?:[.,]\d+)?|[+\-−]?\.\d+)
    (?P<power>[eE][+\-]?\d{{1,2}})?
    \s*(?P<magnitude>thousand|million|billion|trillion|mn|bn)?(?![A-Za-z])
    \s*(?P<unit>[^\d(]*?(?:[a-zA-Z][23])?)\s*(?:\(.*\))?\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
_MAGNITUDES = {"thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTHS = {name: number for number, month in enumerate(_MONTH_NAMES, 1) for name in (month, month[:3])}
_ISO_DATE = re.compile(r"^(-?\d{4})(?:-(\d{2})(?:-(\d{2})(?:T[\d:.]+)?)?)?(?:Z|[+-]\d{2}:\d{2})?$")
_DAY_MONTH = re.compile(r"^(\d{1,2})\.? ([A-Za-z]{3,9})\.?,? (\d{4})$")
_MONTH_DAY = re.compile(r"^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})$")
_MONTH_YEAR = re.compile(r"^([A-Za-z]{3,9})\.?,? (\d{4})$")
_DOTTED_DATE = re.compile(r"^(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})$")  # day.month.year
_SLASHED_DATE = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})$")  # either order: read where only one can be
_YEAR_FIRST_DATE = re.compile(r"^(\d{4})/(\d{1,2})/(\d{1,2})$")
# (dimension, size in the base unit); a unit that is not here is only equal to itself.
_UNITS: dict[str, tuple[str, float]] = {
    "m": ("length", 1.0), "metre": ("length", 1.0), "meter": ("length", 1.0),
    "km": ("length", 1e3), "kilometre": ("length", 1e3), "kilometer": ("length", 1e3),
    "cm": ("length", 0.01), "mm": ("length", 1e-3), "ft": ("length", 0.3048), "feet": ("length", 0.3048),
    "mi": ("length", 1609.344), "mile": ("length", 1609.344),
    "m2": ("area", 1.0), "sq m": ("area", 1.0), "km2": ("area", 1e6), "sq km": ("area", 1e6),
    "square kilometre": ("area", 1e6), "square kilometer": ("area", 1e6), "ha": ("area", 1e4),
    "sq mi": ("area", 2589988.110336), "mi2": ("area", 2589988.110336),
    "square mile": ("area", 2589988.110336),
    "acre": ("area", 4046.8564224),
    "inch": ("length", 0.0254), "yd": ("length", 0.9144), "yard": ("length", 0.9144),
    "kg": ("mass", 1.0), "g": ("mass", 1e-3), "mg": ("mass", 1e-6), "t": ("mass", 1e3),
    "tonne": ("mass", 1e3), "lb": ("mass", 0.45359237),
    "l": ("volume", 1e-3), "litre": ("volume", 1e-3), "liter": ("volume", 1e-3), "m3": ("volume", 1.0),
    "cu m": ("volume", 1.0), "km3": ("volume", 1e9), "cu km": ("volume", 1e9),
    "s": ("time", 1.0), "second": ("time", 1.0), "min": ("time", 60.0), "minute": ("time", 60.0),
    "h": ("time", 3600.0), "hr": ("time", 3600.0), "hour": ("time", 3600.0), "day": ("time", 86400.0),
    "km/h": ("speed", 1 / 3.6), "m/s": ("speed", 1.0), "mph": ("speed", 0.44704),
    "w": ("power", 1.0), "kw": ("power", 1e3), "mw": ("power", 1e6), "gw": ("power", 1e9),
    "percent": ("share", 1.0), "%": ("share", 1.0),
    "$": ("dollars", 1.0), "usd": ("dollars", 1.0), "us dollar": ("dollars", 1.0),
    "€": ("euros", 1.0), "eur": ("euros", 1.0), "euro": ("euros", 1.0),
    "£": ("pounds", 1.0), "gbp": ("pounds", 1.0), "¥": ("yen", 1.0), "jpy": ("yen", 1.0), "yen": ("yen", 1.0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written, with its unit in lower case (empty where there is none)."""

    number: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A date, or a part of one: the month and the day may be missing."""

    year: int
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A value and what it was read as."""

    text: str
    plain: str  # folded: no case, accents or punctuation
    quantity: Quantity | None
    day: Day | None


def read_value(value: str, datatype: str = "") -> Reading:
    """Read ``value``; ``datatype`` (an IRI, or empty) tells a year from a number."""
    stripped = value.strip()
    kind = datatype.rpartition("#")[2]
    dated = kind in ("date", "gYear", "gYearMonth", "dateTime")
    day = _read_day(stripped, bare_year=dated)
    quantity = None if day is not None or kind == "string" else read_quantity(stripped)
    return Reading(value, fold(stripped), quantity, day)


def read_quantity(value: str) -> Quantity | None:
    """The number that ``value`` starts with and its unit; None if it is no number.

    Thousands may be set off by spaces, commas, apostrophes or (two groups or more) dots. A single comma
    before three digits sets off thousands, before any other count of digits it is a decimal comma.
    """
    match = _NUMBER.match(value)
    if match is None:
        return None
    written = match["number"].replace("−", "-").replace("'", "")
    for space in f" {_SPACES}":
        written = written.replace(space, "")
    grouped_by_dots = re.fullmatch(r"[+-]?\d{1,3}(\.\d{3}){2,}(,\d+)?", written)
    if grouped_by_dots:
        written = written.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", written):
        written = written.replace(",", "")
    else:
        written = written.replace(",", ".")
    try:
        number = float(written + (match["power"] or ""))
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    unit = match["currency"] or _fold_unit(match["unit"] or "")
    if len(unit.split()) > 3:
        return None  # a sentence that starts with a number is a text
    return Quantity(number * _MAGNITUDES.get((match["magnitude"] or "").lower(), 1.0), unit)


def compare_values(left: Reading, right: Reading) -> Likeness:
    """How alike two values are: dates as dates, numbers as numbers, all else as text."""
    if left.text.strip() == right.text.strip():
        return "equal"
    if left.day is not None and right.day is not None:
        return _compare_days(left.day, right.day)
    if left.quantity is not None and right.quantity is not None:
        return _compare_quantities(left.quantity, right.quantity)
    if left.plain and _truth(left.plain) == _truth(right.plain):
        return "equal"
    if (left.quantity is None) != (right.quantity is None):
        return "different"
    return "close" if _texts_close(left.plain, right.plain) else "different"


def same_number(left: Reading, right: Reading) -> bool:
    """Whether both are the same number, whatever their units."""
    return (
        left.quantity is not None
        and right.quantity is not None
        and left.quantity.number == right.quantity.number
    )


def fold(text: str) -> str:
    """``text`` without case, accents and punctuation, its words one space apart."""
    if text.isascii():  # the same at a tenth of the time
        return " ".join(text.lower().translate(_ASCII_SPACES).split())
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(
        "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split()
    )


def _truth(plain: str) -> str:
    """One word for each truth value; other texts as they are."""
    return _TRUTH.get(plain, plain)


def _texts_close(left: str, right: str) -> bool:
    if min(len(left), len(right)) < 3:
        return False
    if fuzz.ratio(left, right) >= TEXTS_CLOSE:
        return True
    # "Nairobi" in "Nairobi City": only for short texts, as long ones share words by chance.
    return max(len(left), len(right)) <= 60 and fuzz.token_set_ratio(left, right) >= 100.0


def _compare_days(left: Day, right: Day) -> Likeness:
    if left == right:
        return "equal"
    if left.year != right.year:
        return "different"
    known = [(a, b) for a, b in ((left.month, right.month), (left.day, right.day)) if a and b]
    return "close" if all(a == b for a, b in known) else "different"


def _compare_quantities(left: Quantity, right: Quantity) -> Likeness:
    if left.unit == right.unit or not left.unit or not right.unit:
        a, b = left.number, right.number
    else:
        one, other = _UNITS.get(left.unit), _UNITS.get(right.unit)
        if one is None or other is None or one[0] != other[0]:
            return "different"
        a, b = left.number * one[1], right.number * other[1]
    if a == b:
        # The same number, but what the one without a unit counts is a guess.
        return "equal" if bool(left.unit) == bool(right.unit) else "close"
    return "close" if abs(a - b) <= NUMBERS_CLOSE * max(abs(a), abs(b)) else "different"


def _read_day(value: str, *, bare_year: bool) -> Day | None:
    if match := _ISO_DATE.match(value):
        year, month, day = (int(part) if part else None for part in match.groups())
        if year is None or (month is None and not bare_year):
            return None
        return _valid_day(year, month, day)
    if match := _DAY_MONTH.match(value):
        return _valid_day(int(match[3]), _MONTHS.get(match[2].lower()), int(match[1]), named=True)
    if match := _MONTH_DAY.match(value):
        return _valid_day(int(match[3]), _MONTHS.get(match[1].lower()), int(match[2]), named=True)
    if match := _MONTH_YEAR.match(value):
        return _valid_day(int(match[2]), _MONTHS.get(match[1].lower()), None, named=True)
    return _read_numeric_day(value)


def _read_numeric_day(value: str) -> Day | None:
    if match := _YEAR_FIRST_DATE.match(value):
        return _valid_day(*map(int, match.groups()))
    if match := _DOTTED_DATE.match(value):
        return _valid_day(int(match[3]), int(match[2]), int(match[1]))
    if match := _SLASHED_DATE.match(value):
        first, second, year = map(int, match.groups())
        possible = {_valid_day(year, first, second), _valid_day(year, second, first)} - {None}
        return possible.pop() if len(possible) == 1 else None
    return None


def _valid_day(year: int, month: int | None, day: int | None, *, named: bool = False) -> Day | None:
    if (named and month is None) or not 1 <= (month or 1) <= 12 or not 1 <= (day or 1) <= 31:
        return None
    return Day(year, month, day)


def _fold_unit(unit: str) -> str:
    plain = " ".join(unit.lower().replace("²", "2").replace("^", "").strip(" .,;").split())
    if plain in _UNITS or not plain.endswith("s"):
        return plain
    return plain[:-1] if plain[:-1] in _UNITS else plain
