from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.review.ordering import ascending, descending, places_by

FLOATS = st.sampled_from([-np.inf, -2.5, -1e-9, -0.0, 0.0, 1e-9, 0.5, 0.75, np.inf, np.nan])
ROWS = st.integers(0, 12)


@given(st.data(), ROWS)
def test_as_numpy_sorts_by_several_keys(data: st.DataObject, rows: int) -> None:
    first, second = (data.draw(arrays(np.float32, rows, elements=FLOATS)) for _ in range(2))
    third = data.draw(arrays(np.int64, rows, elements=st.integers(-5, 2**31)))
    wanted = np.lexsort((third, -second, first))
    found = places_by(ascending(first), descending(second), ascending(third))
    assert found.tolist() == wanted.tolist()
