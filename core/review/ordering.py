"""Sorting by several keys at once, several times as fast as numpy's own stable sorts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Places = npt.NDArray[np.intp]

_SIGN = np.uint32(1 << 31)
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFF_FFFF)


def ascending(key: npt.NDArray[np.number]) -> Codes:
    """Numbers that compare as those of ``key`` do; NaN comes last. shape: ``(n,)``."""
    if key.dtype.kind != "f":
        counted: Codes = (key - key.min(initial=0)).astype(np.uint32)
        return counted
    bits: Codes = (np.nan_to_num(key, nan=np.inf).astype(np.float32) + np.float32(0)).view(np.uint32)  # no -0
    codes: Codes = np.where(bits & _SIGN, ~bits, bits | _SIGN)  # floats compare as bits, but for the sign
    return codes


def descending(key: npt.NDArray[np.number]) -> Codes:
    """Numbers that compare the other way round; NaN comes last all the same. shape: ``(n,)``."""
    return ascending(-key)


def places_by(*codes: Codes) -> Places:
    """Where the rows stand that come first, second and so on; earlier codes count more, places break ties.

    Sorting plain 64-bit numbers is what numpy does fastest: each is a code, and behind it its row.
    """
    places = np.arange(len(codes[0]), dtype=np.intp)
    for code in reversed(codes):
        packed = code[places].astype(np.uint64) << _HALF
        packed |= np.arange(len(places), dtype=np.uint64)
        packed.sort()
        places = places[(packed & _LOW).astype(np.intp)]
    return places
