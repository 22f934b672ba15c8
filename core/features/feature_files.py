"""Files of vectors by identifier, as datasets publish image features: HDF5, NumPy, safetensors, pickles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray
from safetensors.torch import load_file

from core.errors import InputError
from core.kg.compressed import find_or_name, plain
from core.kg.pickled import read_vectors
from core.kg.text import blocks, require_file, shown, strip_brackets

Floats = NDArray[np.float32]

_WHAT = "image features by identifier"
_IDS, _FEATURES = "ids", "features"
_ROW_FILES = ("kg1_ent_ids", "kg2_ent_ids")
_ROW_WHAT = "a URI and a row number, tab-separated,"


def read_feature_file(path: Path) -> dict[str, Floats]:
    """The vectors by identifier, all finite and of one length.

    A file holds an array for each identifier, or two arrays: ``ids`` (n) and ``features`` (n x f).

    Raises:
        InputError: no such file, not one of the formats, damaged, or its arrays are not such vectors.
    """
    suffix = plain(path).suffix.lower()
    reader = _READERS.get(suffix)
    if reader is None:
        raise InputError(path, f"a file {', '.join(_READERS)}", f"one that ends in {suffix or 'nothing'}")
    require_file(path, _WHAT)
    try:
        arrays = reader(path)
    except InputError:
        raise
    except Exception as error:  # each format fails in its own way; to the user they are one
        raise InputError(path, f"{_WHAT} ({suffix})", f"a file that can't be read ({error})") from error
    if set(arrays) == {_IDS, _FEATURES}:
        arrays = _by_row(path, arrays[_IDS], arrays[_FEATURES])
    if not arrays:
        raise InputError(path, _WHAT, "none")
    return _checked(path, arrays)


def _read_hdf5(path: Path) -> Mapping[str, Any]:
    arrays: dict[str, Any] = {}

    def take(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            arrays[name] = item[()]

    with h5py.File(path) as file:
        file.visititems(take)
    return arrays


def _read_numpy(path: Path) -> Mapping[str, Any]:
    # Opened here, since NumPy leaves it open where it isn't a zip archive.
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
        return dict(file)


def _read_embeddings(path: Path) -> Mapping[str, Any]:
    """As OpenEA writes them: rows that ``kg1_ent_ids`` and ``kg2_ent_ids`` beside the file number."""
    rows = np.load(path, allow_pickle=False)
    arrays: dict[str, Any] = {}
    for name in _ROW_FILES:
        file = find_or_name(path.parent, name)
        for block in blocks(file, _ROW_WHAT):
            for number, line in enumerate(block.lines, block.first):
                uri, _, row = line.partition("\t")
                if not (row.isascii() and row.isdecimal() and int(row) < len(rows)):
                    raise InputError(file, f"{_ROW_WHAT} below {len(rows)}", shown(line), line=number)
                arrays[uri] = rows[int(row)]
    return arrays


def _read_safetensors(path: Path) -> Mapping[str, Any]:
    return {
        name: (tensor.float() if tensor.is_floating_point() else tensor).numpy()
        for name, tensor in load_file(path).items()
    }


def _read_pickle(path: Path) -> Mapping[str, Any]:
    return {str(number): vector for number, vector in read_vectors(path).items()}


_READERS: dict[str, Callable[[Path], Mapping[str, Any]]] = {
    ".h5": _read_hdf5,
    ".hdf5": _read_hdf5,
    ".npy": _read_embeddings,
    ".npz": _read_numpy,
    ".safetensors": _read_safetensors,
    ".pkl": _read_pickle,
    ".pickle": _read_pickle,
}


def _by_row(path: Path, ids: Any, features: Any) -> dict[str, Any]:
    if ids.ndim != 1 or features.ndim != 2 or len(ids) != len(features):
        expected = f"{_IDS} of shape (n) and {_FEATURES} of shape (n, f)"
        raise InputError(path, expected, f"shapes {ids.shape} and {features.shape}")
    names = [each.decode() if isinstance(each, bytes) else str(each) for each in ids.tolist()]
    return dict(zip(names, features, strict=True))


def _checked(path: Path, arrays: Mapping[str, Any]) -> dict[str, Floats]:
    vectors: dict[str, Floats] = {}
    length: int | None = None
    for name, given in arrays.items():
        array = np.asarray(given)
        if array.dtype.kind not in "iuf":
            raise InputError(path, f"numbers for {name!r}", f"an array of {array.dtype}")
        if array.size != max(array.shape, default=0) or array.size != (length or array.size):
            expected = f"a vector of {length} numbers" if length else "a vector"
            raise InputError(path, f"{expected} for {name!r}", f"an array of shape {array.shape}")
        vector = array.reshape(-1).astype(np.float32)
        if not np.isfinite(vector).all():
            raise InputError(path, f"numbers for {name!r}", "one that is not finite")
        length = len(vector)
        vectors[strip_brackets(name)] = vector
    if not length:
        raise InputError(path, _WHAT, "vectors without numbers")
    return vectors
