"""Loops over numpy arrays as machine code, on all cores."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

import numba
import numpy as np
import torch
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

# How many parts rows are cut into, whatever the number of threads: sums are the same bit for bit.
PARTS = 16
AHEAD = 4  # entries between asking for a row and reading it
LINE = 64  # bytes that come at once


def compiled(function: Callable[..., None]) -> Callable[..., None]:
    """Machine code of the function, kept on disk; it runs beside other threads of Python.

    Sums may be taken in another order than written; NaN and infinity stay what they are.
    """
    options: Any = {"nogil": True, "error_model": "numpy", "fastmath": {"contract", "reassoc", "nsz"}}
    made: Callable[..., None]
    try:
        made = numba.njit(cache=True, **options)(function)
    except RuntimeError:  # a frozen program, or no folder that can be written: each process compiles it
        made = numba.njit(**options)(function)
    return made


def _ask_for(_typing: Any, array: Any, place: Any) -> Any:
    """LLVM's ``llvm.prefetch`` of an element of a flat array: for reading, into all caches."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        get_function: Any = cgutils.get_or_insert_function
        address = builder.bitcast(builder.gep(data, [arguments[1]]), byte)
        call = get_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(call, [address, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return numba.void(array, numba.intp), generate


_prefetch: Any = intrinsic(_ask_for)


@compiled
def look_ahead(column: Any, e: int, flat: Any, width: int) -> None:
    """Ask for the row of ``flat`` that a later entry needs: rows come from all over the memory."""
    if e + AHEAD < len(column):
        begin = np.int64(column[e + AHEAD]) * width
        for c in range(begin, begin + width, LINE // flat.itemsize):
            _prefetch(flat, c)


def in_parts(work: Callable[[int, int, int], None], begins: NDArray[Any]) -> None:
    """Call ``work(part, first row, last row)`` for rows with about as many entries each, beside one another.

    Args:
        work: what to do with some rows.
        begins: where each row's entries begin, and their number. Shape: ``(rows + 1,)``.
    """
    cuts = np.searchsorted(begins, np.linspace(0, begins[-1], PARTS + 1)[1:-1])
    parts = [(part, *rows) for part, rows in enumerate(pairwise([0, *cuts.tolist(), len(begins) - 1]))]
    if (threads := torch.get_num_threads()) > 1:
        list(_pool(threads).map(lambda part: work(*part), parts))
    else:
        for part in parts:
            work(*part)


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, "attention")
