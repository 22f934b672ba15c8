"""Vectors by number from the pickles that published datasets hold, without running what a pickle may say.

A pickle is a program: loading one from elsewhere runs it. Here it may build a dictionary, numbers, lists and
NumPy arrays of numbers, and whatever else it names is refused before it is called.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError, MimeaError
from core.kg.compressed import Contents
from core.kg.text import require_file, unreadable

_WHAT = "a pickled dictionary of number to vector"
_RECONSTRUCT, _SCALAR, _FROM_BUFFER = "_reconstruct", "scalar", "_frombuffer"
# NumPy's own names for the makers of arrays, before and since version 2.
_ARRAY_MODULES = frozenset({"numpy.core.multiarray", "numpy._core.multiarray"})
_NUMERIC_MODULES = frozenset({"numpy.core.numeric", "numpy._core.numeric"})
_KINDS = "iuf"


def read_vectors(path: Path) -> dict[int, NDArray[np.float32]]:
    """The vectors by number, all of one length.

    Raises:
        InputError: unreadable, not such a pickle, or one that would run code.
    """
    require_file(path, _WHAT)
    try:
        with Contents(path, _WHAT) as file:
            loaded = _Unpickler(file, path).load()
    except MimeaError:
        raise
    except OSError as error:
        raise unreadable(path, _WHAT, error) from error
    except Exception as error:  # a damaged pickle fails in whatever its opcodes happen to do
        raise InputError(path, _WHAT, f"a pickle that can't be read ({error})") from error
    return _checked(path, loaded)


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: Any, path: Path) -> None:
        super().__init__(file, encoding="latin1")  # how Python 3 reads the arrays of Python 2
        self._path = path

    def find_class(self, module: str, name: str) -> Any:
        if module in _ARRAY_MODULES and name == _RECONSTRUCT:
            return _empty_array
        if module in _ARRAY_MODULES and name == _SCALAR:
            return _scalar
        if module in _NUMERIC_MODULES and name == _FROM_BUFFER:
            return _filled_array
        if module == "numpy" and name == "ndarray":
            return _Array
        if module == "numpy" and name == "dtype":
            return _NumberType
        if module == "_codecs" and name == "encode":
            return _encode
        raise InputError(
            self._path, f"{_WHAT}, and no code", f"one that would run {module}.{name}",
            hint="Nothing was run",
        )  # fmt: skip

    def persistent_load(self, _pid: Any) -> Any:
        raise pickle.UnpicklingError("it refers to something outside")


class _NumberType:
    """Stands in for ``numpy.dtype``, whose own state a pickle could set to anything; knows numbers only."""

    def __init__(self, code: Any, *_flags: object) -> None:
        self.dtype = np.dtype(str(code))
        if self.dtype.kind not in _KINDS:
            raise pickle.UnpicklingError(f"{self.dtype} instead of numbers")

    def __setstate__(self, state: Any) -> None:
        if state[1] in ("<", ">"):
            self.dtype = self.dtype.newbyteorder(state[1])


class _Array:
    """Stands in for ``numpy.ndarray``: made empty, then given its state, as pickles do."""

    def __init__(self) -> None:
        self.values: NDArray[Any] = np.empty((0, 0))

    def __setstate__(self, state: Any) -> None:
        _version, shape, kind, by_column, data = state
        raw = data.encode("latin1") if isinstance(data, str) else data
        order: Literal["F", "C"] = "F" if by_column else "C"
        self.values = np.frombuffer(raw, dtype=kind.dtype).reshape(shape, order=order)


def _empty_array(_kind: object, _shape: object, _code: object) -> _Array:
    """As NumPy's ``_reconstruct``."""
    return _Array()


def _filled_array(data: Any, kind: _NumberType, shape: Any, order: Any) -> _Array:
    """As NumPy's ``_frombuffer``, which newer pickles make arrays with at once."""
    array = _Array()
    array.__setstate__((1, shape, kind, order == "F", data))
    return array


def _scalar(kind: _NumberType, data: bytes) -> Any:
    return np.frombuffer(data, dtype=kind.dtype, count=1)[0]


def _encode(text: str, encoding: str = "utf-8") -> bytes:
    """How Python 2 protocols write the bytes of an array."""
    return text.encode("latin1" if encoding == "latin1" else "utf-8")


def _checked(path: Path, loaded: Any) -> dict[int, NDArray[np.float32]]:
    if not isinstance(loaded, dict):
        raise InputError(path, _WHAT, f"a pickled {type(loaded).__name__}")
    vectors: dict[int, NDArray[np.float32]] = {}
    length: int | None = None
    for key, vector in loaded.items():
        if isinstance(key, bool) or not isinstance(key, int | np.integer):
            raise InputError(path, _WHAT, f"a key of type {type(key).__name__}")
        try:
            array = np.array(vector.values if isinstance(vector, _Array) else vector, dtype=np.float32)
        except (TypeError, ValueError) as error:
            raise InputError(path, _WHAT, f"a {type(vector).__name__} for number {key}") from error
        if array.ndim != 1 or array.shape[0] != (length or array.shape[0]):
            expected = f"a vector of {length} numbers" if length else "a vector"
            raise InputError(path, f"{expected} for number {key}", f"an array of shape {array.shape}")
        length = array.shape[0]
        vectors[int(key)] = array
    return vectors
