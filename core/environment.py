"""What libraries are to read from the environment when they are loaded."""

from __future__ import annotations

import os

SETTINGS = {
    # Idle OpenMP threads sleep instead of spinning: beside any other busy process an epoch is 6 times faster.
    "OMP_WAIT_POLICY": "PASSIVE",
    # Large tensors in pages of 2 MB, where the system has them: each new one is filled three to four times
    # faster on a virtual machine (2.8 against 9.8 GB/s).
    "THP_MEM_ALLOC_ENABLE": "1",
    # POT tries out every array library that is installed; JAX then keeps three quarters of a GPU's memory.
    "POT_BACKEND_DISABLE_JAX": "1",
    "POT_BACKEND_DISABLE_CUPY": "1",
    "POT_BACKEND_DISABLE_TENSORFLOW": "1",
}


def prepare() -> None:
    """Set what nobody has set; before torch is imported."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
