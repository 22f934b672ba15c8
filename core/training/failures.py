"""What went wrong, in one sentence for a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from core.errors import MimeaError, TrainingError

_GPU = (
    "the GPU's memory is full; set device to cpu, or use a smaller dimension, batch size or fewer modalities"
)
_CPU = "the memory is full; use a smaller dimension, batch size or fewer modalities, or close other programs"
# How torch's allocator of ordinary memory says it, on Linux and macOS, and on Windows.
_ALLOCATOR = ("can't allocate memory", "not enough memory")


def out_of_memory(error: BaseException) -> bool:
    """Whether a device or the computer has no memory left."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _ALLOCATOR)


def sentence(error: Exception) -> str:
    """The error in one sentence."""
    if isinstance(error, MimeaError):
        return str(error)
    if out_of_memory(error):
        return _GPU if isinstance(error, torch.OutOfMemoryError) else _CPU
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return f"training failed: {first}"


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """Turn whatever is raised inside into a :class:`MimeaError`."""
    try:
        yield
    except MimeaError:
        raise
    except Exception as error:
        raise TrainingError(sentence(error)) from error
