"""What went wrong, in one sentence for a person."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from core.errors import MimeaError, TrainingError

_GPU = (
    "the GPU's memory is full; set device to cpu, or use a smaller dimension, batch size or fewer modalities"
)
_CPU = "the memory is full; use a smaller dimension, batch size or fewer modalities, or close other programs"
_LOST = "the GPU stopped answering ({}); the run can go on from its last checkpoint, or set device to cpu"
_DISK = "the disk is full; make room, then let the run go on from its last checkpoint"
# How CUDA says that its device is gone or must be set up anew, after which it answers nothing any more.
_GONE = ("CUDA error", "CUDNN_STATUS", "CUBLAS_STATUS", "device-side assert", "cuda runtime error")
_FULL = ("database or disk is full", "No space left on device", "os error 28")
# How torch's allocator of ordinary memory says it, on Linux and macOS, and on Windows.
_ALLOCATOR = ("can't allocate memory", "not enough memory")


def out_of_memory(error: BaseException) -> bool:
    """Whether a device or the computer has no memory left."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _ALLOCATOR)


def device_lost(error: BaseException) -> bool:
    """Whether the GPU no longer answers: nothing that is in its memory can be read any more."""
    if out_of_memory(error):
        return False
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _GONE)


def disk_full(error: BaseException) -> bool:
    """Whether the disk has no room left, however the libraries say it."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return any(words in str(error) for words in _FULL)


def sentence(error: Exception) -> str:
    """The error in one sentence."""
    if isinstance(error, MimeaError):
        return str(error)
    if out_of_memory(error):
        return _GPU if isinstance(error, torch.OutOfMemoryError) else _CPU
    if disk_full(error):
        return _DISK
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return _LOST.format(first) if device_lost(error) else f"training failed: {first}"


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """Turn whatever is raised inside into a :class:`MimeaError`."""
    try:
        yield
    except MimeaError:
        raise
    except Exception as error:
        raise TrainingError(sentence(error)) from error
