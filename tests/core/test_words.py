from __future__ import annotations

import pytest

from core.words import are, counted, were


@pytest.mark.parametrize(
    ("number", "thing", "told"),
    [
        (0, "link", "0 links were, are"),
        (1, "link", "1 link was, is"),
        (1, "entity", "1 entity was, is"),
        (1_200, "entity", "1,200 entities were, are"),
    ],
)
def test_one_thing_is_told_in_the_singular(number: int, thing: str, told: str) -> None:
    assert f"{counted(number, thing)} {were(number)}, {are(number)}" == told
