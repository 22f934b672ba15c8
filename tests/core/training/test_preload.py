from __future__ import annotations

import subprocess
import sys

from tests.support import REPOSITORY

_CODE = """
import sys
from core.training.devices import preload
preload()
assert "torch" not in sys.modules
import torch
preload()
print(float(torch.ones(2, 3).sum()))
"""


def test_torch_works_after_its_libraries_were_loaded_ahead() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CODE], cwd=REPOSITORY, capture_output=True, text=True, timeout=120
    )
    assert (done.stdout, done.stderr) == ("6.0\n", "")
