"""Where a run computes. Importing this module doesn't import torch, which takes seconds."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from core.config import Device
from core.errors import TrainingError

if TYPE_CHECKING:
    import torch

# In the order in which they need each other. Not libtorch_python: it calls Python while it is loaded.
_LIBRARIES = ("libtorch_global_deps", "libc10", "libtorch_cpu", "libc10_cuda", "libtorch_cuda", "libtorch")


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A device that runs may compute on; memory in bytes, None where the system doesn't tell."""

    kind: Literal["cpu", "cuda"]
    name: str
    free: int | None
    total: int | None


def preload() -> None:
    """Load torch's libraries ahead of ``import torch``, for a thread beside one that mustn't stand still.

    An import holds the interpreter's lock while the system maps and links some gigabyte of libraries, half a
    second and more in which no other thread runs. So does ``ctypes.CDLL`` before Python 3.12, but not a call
    of the system's own ``dlopen``. What is not found or does not load is left to the import.
    """
    spec = importlib.util.find_spec("torch")
    if "torch" in sys.modules or sys.platform == "win32" or spec is None or spec.origin is None:
        return
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.restype, dlopen.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
    suffix = "dylib" if sys.platform == "darwin" else "so"
    for name in _LIBRARIES:
        path = Path(spec.origin).parent / "lib" / f"{name}.{suffix}"
        if path.exists():
            # torch loads the first one for everyone to see, the rest for itself.
            scope = os.RTLD_GLOBAL if name == _LIBRARIES[0] else os.RTLD_LOCAL
            if not dlopen(os.fsencode(path), os.RTLD_NOW | scope):
                return


def pick_device(name: Device) -> torch.device:
    """The device of that name; ``auto`` is a GPU when there is one.

    Raises:
        TrainingError: ``cuda`` was asked for and there is none.
    """
    import torch

    available = torch.cuda.is_available()
    if name == "cuda" and not available:
        raise TrainingError("there is no CUDA device here; set device to auto or cpu")
    if not available or name == "cpu":
        return torch.device("cpu")
    return torch.device("cuda")


def leave_a_core() -> None:
    """Let torch compute on all processor cores but one, which stays with the window."""
    import torch

    torch.set_num_threads(max(1, (os.cpu_count() or 2) - 1))


def describe(device: torch.device) -> str:
    """The device as people read it: ``CPU, 1 thread``, ``NVIDIA H100``."""
    import torch

    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' if threads != 1 else ''}"


def known_devices() -> list[DeviceInfo]:
    """The processor, and the GPU that ``cuda`` means where there is one; imports torch."""
    import torch

    found = [DeviceInfo("cpu", describe(torch.device("cpu")), *_system_memory())]
    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        found.append(DeviceInfo("cuda", torch.cuda.get_device_name(), free, total))
    return found


def memory_used(device: torch.device) -> int | None:
    """Bytes that torch holds on a GPU, or that this process has in main memory."""
    import torch

    if device.type == "cuda":
        return torch.cuda.memory_reserved(device)
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def _system_memory() -> tuple[int | None, int | None]:
    """Bytes of main memory that are free without swapping, and of all of it."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None, None
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines if ":" in line}
    return kilobytes["MemAvailable"] * 1024, kilobytes["MemTotal"] * 1024
