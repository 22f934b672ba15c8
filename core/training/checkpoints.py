"""The state of a run on disk: tensors in safetensors, everything else as JSON in the same file's header.

One file, so that a reader never sees the tensors of one epoch with the counters of another.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from scipy.sparse import csr_array
from torch import Tensor

from core.errors import TrainingError
from core.features.graph_data import GraphData

State = dict[str, Any]  # nested; its leaves are tensors or values of JSON
_JSON, _TENSOR = "json", "$tensor"


def save_checkpoint(path: Path, state: State) -> None:
    """Put ``state`` in the place of an older one; it is on disk when this returns.

    Raises:
        OSError: it can't be written; the older one stays.
    """
    tensors: dict[str, Tensor] = {}
    text = json.dumps(_without_tensors(state, "", tensors))
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    try:
        save_file(tensors, partial, {_JSON: text})
    except SafetensorError as error:
        raise OSError(str(error)) from error
    with partial.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(partial, path)  # noqa: PTH105
    if os.name == "posix":  # elsewhere a folder can't be synced
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def load_checkpoint(path: Path) -> State:
    """Read what :func:`save_checkpoint` wrote; all tensors are on the CPU.

    Raises:
        TrainingError: the file is missing or damaged.
    """
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            state = json.loads(file.metadata()[_JSON])
            return dict(_with_tensors(state, {name: file.get_tensor(name) for name in file.keys()}))  # noqa: SIM118
    except FileNotFoundError:
        raise TrainingError(f"there is no checkpoint {path}; train again") from None
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise TrainingError(f"the checkpoint {path} is damaged; train again") from error


def fingerprint(data: GraphData) -> str:
    """A hash of all that the model reads of the graphs."""
    digest = hashlib.sha256()
    for field in dataclasses.fields(data):
        _hash(digest, getattr(data, field.name))
    return digest.hexdigest()


def _hash(digest: Any, value: Any) -> None:
    if isinstance(value, Mapping):
        for key in sorted(value):
            digest.update(str(key).encode())
            _hash(digest, value[key])
    elif isinstance(value, tuple):
        for part in value:
            _hash(digest, part)
    elif isinstance(value, csr_array):
        for part in (value.indptr, value.indices, value.data):
            _hash(digest, part)
    elif isinstance(value, np.ndarray | Tensor):
        array = np.ascontiguousarray(value)
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(array.data.cast("B") if array.size else b"")
    else:
        digest.update(repr(value).encode())


def _without_tensors(value: Any, place: str, tensors: dict[str, Tensor]) -> Any:
    """``value`` for JSON; its tensors go to ``tensors`` and leave their name."""
    if isinstance(value, Tensor):
        tensors[place] = value.detach().cpu().contiguous()
        return {_TENSOR: place}
    if isinstance(value, Mapping):
        return {str(key): _without_tensors(part, f"{place}/{key}", tensors) for key, part in value.items()}
    return value


def _with_tensors(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    if not isinstance(value, dict):
        return value
    if _TENSOR in value:
        return tensors[value[_TENSOR]]
    return {key: _with_tensors(part, tensors) for key, part in value.items()}
