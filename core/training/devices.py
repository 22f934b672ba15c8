"""Where a run computes. Importing this module doesn't import torch, which takes seconds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from core.config import Device
from core.errors import TrainingError

if TYPE_CHECKING:
    import torch


def pick_device(name: Device) -> torch.device:
    """The device of that name; ``auto`` is a GPU when there is one.

    Raises:
        TrainingError: ``cuda`` was asked for and there is none.
    """
    import torch

    available = torch.cuda.is_available()
    if name == "cuda" and not available:
        raise TrainingError("there is no CUDA device here; set device to auto or cpu")
    return torch.device("cuda" if available and name != "cpu" else "cpu")


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
