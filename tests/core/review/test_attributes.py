from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.review.attributes import AttributeValue, align_attributes, name_words
from core.review.values import Quantity, compare_values, fold, read_quantity, read_value


@pytest.mark.parametrize(
    ("written", "number", "unit"),
    [
        ("580367", 580367, ""),
        ("580 367", 580367, ""),
        ("580\u00a0367", 580367, ""),
        ("580,367 sq km", 580367, "sq km"),
        ("580'367", 580367, ""),
        ("1.234.567,8", 1234567.8, ""),
        ("5,5", 5.5, ""),
        ("-3.5e3 kg", -3500, "kg"),
        ("−12", -12, ""),
        (".5", 0.5, ""),
        ("1.2 million", 1_200_000, ""),
        ("$3 billion (2020 est.)", 3e9, "$"),
        ("42 %", 42, "%"),
        ("8,611 m", 8611, "m"),
        ("100 km²", 100, "km2"),
        ("3 miles", 3, "mile"),
        ("about 17", 17, ""),
    ],
)
def test_numbers_as_people_write_them(written: str, number: float, unit: str) -> None:
    found = read_quantity(written)
    assert found is not None
    assert found.number == pytest.approx(number)
    assert found.unit == unit


@pytest.mark.parametrize(("left", "right"), [("", ""), (" ", ""), ("", "580"), ("true", "")])
def test_what_has_no_value_is_like_nothing(left: str, right: str) -> None:
    def of(value: str, *names: str) -> list[AttributeValue]:
        return [AttributeValue(name, value) for name in names]

    pairs = align_attributes(of(left, "area", "leader"), of(right, "area", "founded"))
    names = [(p.left and p.left.name, p.right and p.right.name, p.mark) for p in pairs]
    assert names == [
        ("area", "area", "unknown"),
        ("leader", None, "only_left"),
        (None, "founded", "only_right"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nairobi",
        "1963-12-12",
        "12/12/1963",
        "3 of the 5 largest islands",
        "1,2,3",
        "12:30",
        "v1.2",
        "--5",
        "1e999",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert read_quantity(text) is None or read_value(text).day is not None


@given(st.integers(-(10**12), 10**12), st.sampled_from(["", " ", ",", "'", "\u202f"]))
def test_any_grouping_reads_the_same(number: int, separator: str) -> None:
    written = f"{number:,}".replace(",", separator)
    assert read_quantity(written) == Quantity(float(number))


@given(st.text(max_size=60))
def test_reading_never_fails_and_a_value_equals_itself(value: str) -> None:
    reading = read_value(value)
    assert compare_values(reading, reading) == "equal"


@given(st.text(max_size=30), st.text(max_size=30))
def test_comparing_is_symmetric(one: str, other: str) -> None:
    a, b = read_value(one), read_value(other)
    assert compare_values(a, b) == compare_values(b, a)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Nairobi", "nairobi", "equal"),
        ("Abidjan", "Abidján", "equal"),
        ("Nairobi", "Nairobi City", "close"),
        ("Nairobi", "Kampala", "different"),
        ("580 367", "580367", "equal"),
        ("580 367", "580,367 sq km", "close"),
        ("580367 km2", "580,367 sq km", "equal"),
        ("51,393,010", "53,527,936", "close"),
        ("51,393,010", "102,000,000", "different"),
        ("1 km", "1000 m", "equal"),
        ("10 kg", "10 m", "different"),
        ("1963-12-12", "12 December 1963", "equal"),
        ("December 12, 1963", "1963-12-12", "equal"),
        ("1963-12", "1963-12-12", "close"),
        ("1963-12-12", "1964-12-12", "different"),
        ("0", "0.0", "equal"),
        ("5", "five", "different"),
    ],
)
def test_likeness(left: str, right: str, expected: str) -> None:
    assert compare_values(read_value(left), read_value(right)) == expected


def test_years_by_datatype() -> None:
    year = "http://www.w3.org/2001/XMLSchema#gYear"
    assert compare_values(read_value("1963", year), read_value("1990", year)) == "different"
    assert compare_values(read_value("1963", year), read_value("1963-12-12")) == "close"


def values(**attributes: str) -> list[AttributeValue]:
    return [AttributeValue(name, value) for name, value in attributes.items()]


def test_the_example_of_two_countries() -> None:
    left = values(capital="Nairobi", area="580 367", demonym="Kenyan", callingCode="+254")
    right = values(
        capitalCity="Nairobi", area_total="580,367 sq km", area_land="569,140 sq km", nationality="Kenyan"
    )
    found = {(p.left.name if p.left else None, p.right.name if p.right else None): p.mark
             for p in align_attributes(left, right)}  # fmt: skip
    assert found == {
        ("capital", "capitalCity"): "equal",
        ("demonym", "nationality"): "equal",
        ("area", "area_total"): "close",
        ("callingCode", None): "only_left",
        (None, "area_land"): "only_right",
    }


def test_several_values_of_an_attribute() -> None:
    left = [AttributeValue("language", "English"), AttributeValue("language", "Swahili")]
    right = [AttributeValue("languages", "Swahili"), AttributeValue("languages", "english")]
    (pair,) = align_attributes(left, right)
    assert pair.mark == "equal"
    assert pair.left is not None
    assert pair.left.text == "English · Swahili"
    (pair,) = align_attributes(left, right[:1])
    assert pair.mark == "close"


def test_names_as_words() -> None:
    assert name_words("capitalCity") == name_words("capital_city") == "capital city"
    assert fold("Côte d’Ivoire") == "cote d ivoire"


names = st.text(string.ascii_letters + "_ ", min_size=1, max_size=12)
sides = st.lists(st.builds(AttributeValue, names, st.text(max_size=12)), max_size=8)


@given(sides, sides)
def test_every_attribute_stands_in_exactly_one_line(left, right) -> None:
    pairs = align_attributes(left, right)
    lefts = [pair.left.name for pair in pairs if pair.left]
    rights = [pair.right.name for pair in pairs if pair.right]
    assert sorted(lefts) == sorted({v.name for v in left})
    assert sorted(rights) == sorted({v.name for v in right})
    for pair in pairs:
        assert (pair.left is None) == (pair.mark == "only_right")
        assert (pair.right is None) == (pair.mark == "only_left")


@given(sides)
def test_an_entity_agrees_with_itself(side) -> None:
    for pair in align_attributes(side, side):
        assert pair.left is not None
        says_something = any(re.sub(r"[;\s]", "", value) for value in pair.left.values)
        assert pair.mark == ("equal" if says_something else "unknown")


def test_a_truth_value_stands_beside_no_date() -> None:
    left = [AttributeValue("independent", "true"), AttributeValue("landlocked", "false")]
    right = [AttributeValue("independence", "4 January 1948"), AttributeValue("landlocked", "no")]
    marks = {
        (p.left and p.left.name, p.right and p.right.name): p.mark for p in align_attributes(left, right)
    }
    assert marks == {
        ("landlocked", "landlocked"): "equal",
        ("independent", None): "only_left",
        (None, "independence"): "only_right",
    }


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("26.12.1991", "1991-12-26", "equal"),
        ("12/26/1991", "26 December 1991", "equal"),
        ("05/05/1991", "1991-05-05", "equal"),
        ("1991/12/26", "26/12/1991", "equal"),
        ("January 1960", "1960-01-01", "close"),
        ("February 1960", "1960-01-01", "different"),
        ("100 acres", "40.47 ha", "close"),
        ("3 hours", "180 min", "equal"),
        ("$1.2 billion", "1200 million USD", "equal"),
        ("€1,000", "$1,000", "different"),
        ("90 km/h", "25 m/s", "equal"),
        ("yes", "true", "equal"),
        ("no", "true", "different"),
    ],
)
def test_more_units_and_ways_to_write_a_date(one: str, other: str, likeness: str) -> None:
    assert compare_values(read_value(one), read_value(other)) == likeness
    assert compare_values(read_value(other), read_value(one)) == likeness


def test_a_date_that_could_be_two_days_is_none() -> None:
    assert read_value("05/06/1991").day is None
