"""Vectors by hash in one file beside the project: what an encoder computed once isn't computed again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

Floats = NDArray[np.float32]


def fingerprint(path: Path) -> str:
    """Names, sizes and times of a file or of all files in a folder: another one means other weights."""
    path = path.expanduser()
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        if file.is_file():
            state = file.stat()
            digest.update(f"{file.relative_to(path)} {state.st_size} {state.st_mtime_ns}\n".encode())
    return f"{path.name} {digest.hexdigest()[:16]}"


def read_vectors(path: Path, identity: str) -> dict[str, Floats]:
    """Vectors by hash (in hexadecimal); none if the file is missing, damaged or of another encoder."""
    try:
        with safe_open(path, framework="numpy") as file:
            if (file.metadata() or {}).get("encoder") != identity:
                return {}
            hashes, features = file.get_tensor("hashes"), file.get_tensor("features")
    except (OSError, SafetensorError):
        return {}
    return {bytes(row).hex(): vector for row, vector in zip(hashes, features, strict=True)}


def write_vectors(path: Path, identity: str, vectors: Mapping[str, Floats]) -> None:
    """Replace the file; ``identity`` says what the vectors depend on beside what was hashed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    hashes = np.stack([np.frombuffer(bytes.fromhex(key), dtype=np.uint8) for key in vectors])
    partial = path.with_suffix(".partial")
    save_file(
        {"hashes": hashes, "features": np.stack(list(vectors.values()))}, partial, {"encoder": identity}
    )
    os.replace(partial, path)  # noqa: PTH105 - atomic, a reader sees the old file or the new one
