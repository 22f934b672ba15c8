from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.store.numbers import UNKNOWN, FewNumbers, Numbers

COLUMNS = st.lists(st.lists(st.sampled_from("abcdefghijkl"), max_size=20), max_size=6)


@given(COLUMNS, st.integers(1, 100))
def test_numbers_are_those_of_a_dictionary(columns: list[list[str]], first: int) -> None:
    many, few = Numbers(first), FewNumbers(first)
    for column in columns:
        assert many.find(column).tolist() == [few.get(uri, UNKNOWN) for uri in column]
        assert many.number(column).tolist() == [few[uri] for uri in column]
    assert dict(zip(many.uris, many.ids(), strict=True)) == few


def test_what_is_sought_gets_no_number() -> None:
    numbers = Numbers(1)
    assert numbers.find(["a"]).tolist() == [UNKNOWN]
    assert len(numbers) == 0
    assert numbers.number([]).dtype == np.int64
