"""Aligns the attributes of two entities, so that what says the same stands at the same height."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from rapidfuzz import fuzz

from core.review.values import Likeness, Reading, compare_values, fold, read_value, same_number

# Unknown: both have the attribute, but the source gives a side no value, as DBP15K gives none at all.
Mark = Literal["equal", "close", "different", "unknown", "only_left", "only_right"]
MARKS: tuple[Mark, ...] = get_args(Mark)

_MOST_VALUES = 8  # compared per attribute; all are shown
_VALUE_WORTH: dict[Likeness, float] = {"equal": 1.0, "close": 0.6, "different": 0.0}
_SAME_NAME = 0.85
_ENOUGH = 0.62
_TRUTH_VALUES = frozenset(("true", "false", "yes", "no"))
_LIST = re.compile(r"\s*;\s+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class AttributeValue:
    """One value of an entity, as the source wrote it."""

    name: str
    value: str
    datatype: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class AttributeCell:
    """An attribute of one side, with all its values."""

    name: str
    values: tuple[str, ...]

    @property
    def text(self) -> str:
        """The values as one line."""
        return " · ".join(self.values)


@dataclass(frozen=True, slots=True)
class AttributePair:
    """One line of the comparison; a side is None where the other says something it does not."""

    left: AttributeCell | None
    right: AttributeCell | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class _Group:
    cell: AttributeCell
    words: str
    readings: tuple[Reading, ...]


def align_attributes(
    left: Sequence[AttributeValue], right: Sequence[AttributeValue]
) -> tuple[AttributePair, ...]:
    """Pair attributes by how alike their names and values are; each is used once, the best pairs first.

    Sorted by mark: equal, close, different, unknown, then those that only one side has; alphabetical within
    a mark.
    """
    lefts, rights = _group(left), _group(right)
    scored = []
    for i, one in enumerate(lefts):
        for j, other in enumerate(rights):
            likeness, values = _compare(one.readings, other.readings)
            worth = _worth(one, other, values) if _comparable(one, other) else 0.0
            if worth > 0.0:
                scored.append((-worth, i, j, likeness))
    scored.sort()
    pairs: list[AttributePair] = []
    left_used: set[int] = set()
    right_used: set[int] = set()
    for _, i, j, likeness in scored:
        if i not in left_used and j not in right_used:
            left_used.add(i)
            right_used.add(j)
            pairs.append(AttributePair(lefts[i].cell, rights[j].cell, likeness))
    pairs += [AttributePair(g.cell, None, "only_left") for i, g in enumerate(lefts) if i not in left_used]
    pairs += [AttributePair(None, g.cell, "only_right") for j, g in enumerate(rights) if j not in right_used]
    return tuple(sorted(pairs, key=_place))


def name_words(name: str) -> str:
    """An attribute's name as folded words: ``capitalCity`` and ``capital_city`` are the same."""
    return fold(_CAMEL.sub(" ", name))


def _place(pair: AttributePair) -> tuple[int, str]:
    cell = pair.left or pair.right
    return MARKS.index(pair.mark), cell.name.casefold() if cell else ""


def _group(values: Sequence[AttributeValue]) -> list[_Group]:
    by_name: dict[str, list[AttributeValue]] = {}
    for value in values:
        by_name.setdefault(value.name, []).append(value)
    groups = []
    for name, members in by_name.items():
        distinct = list(dict.fromkeys((m.value, m.datatype) for m in members))
        groups.append(
            _Group(
                AttributeCell(name, tuple(dict.fromkeys(value for value, _ in distinct))),
                name_words(name),
                tuple(_readings(distinct)),
            )
        )
    return groups


def _readings(values: Sequence[tuple[str, str]]) -> list[Reading]:
    """What there is to compare; "643,801 sq km ; 551,500 sq km" holds two values."""
    parts = [(part.strip(), datatype) for value, datatype in values for part in _LIST.split(value)]
    said = [(part, datatype) for part, datatype in parts if part]
    return [read_value(part, datatype) for part, datatype in said[:_MOST_VALUES]]


def _compare(left: Sequence[Reading], right: Sequence[Reading]) -> tuple[Mark, float]:
    """How alike two lists of values are, as a mark and as a number from 0 to 1.

    Equal: every value of either side has its equal. Close: at least one is alike.
    """
    if not left or not right:
        return "unknown", 0.0
    fewer, more = (left, right) if len(left) <= len(right) else (right, left)
    best = [max((_worth_of_values(value, other) for other in more), default=0.0) for value in fewer]
    worth = sum(best) / len(best)
    if min(best) == 1.0 and len(left) == len(right):
        return "equal", worth
    return ("close" if worth > 0.0 else "different"), worth


def _worth_of_values(left: Reading, right: Reading) -> float:
    likeness = compare_values(left, right)
    # "580 367" is nearer to "580,367 sq km" than to a number that differs a little.
    return 0.9 if likeness == "close" and same_number(left, right) else _VALUE_WORTH[likeness]


def _comparable(left: _Group, right: _Group) -> bool:
    """Whether a truth value would stand beside one: "independent: true" says nothing about a date."""
    return not left.readings or not right.readings or _is_truth(left) == _is_truth(right)


def _is_truth(group: _Group) -> bool:
    return all(reading.plain in _TRUTH_VALUES for reading in group.readings)


def _worth(left: _Group, right: _Group, values: float) -> float:
    """How well two attributes fit; 0 where they are not to be paired."""
    same = left.cell.name == right.cell.name
    names = 1.0 if same else fuzz.token_set_ratio(left.words, right.words) / 100.0
    # Of two that contain the other's name ("area" in "area total" and in "area code") the nearer one.
    nearness = 1.0 if same else fuzz.ratio(left.words, right.words) / 100.0
    worth = 0.5 * names + 0.4 * values + 0.1 * nearness
    if names >= _SAME_NAME or worth >= _ENOUGH:
        return worth
    # Different names, the same value: convincing only if the value says something.
    telling = any(len(reading.plain) >= 4 for reading in left.readings)
    return worth if values == 1.0 and telling else 0.0
