"""Vectors to rank, and blocks so small that every matrix spans several."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from core.alignment import blocks

Unit = Callable[[int, int, int], Tensor]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_NUMBERS", 64)


@pytest.fixture(scope="session")
def unit() -> Unit:
    """Makes ``n`` random vectors of ``f`` numbers and length 1, from a seed, in 64 bits."""

    def make(n: int, f: int, seed: int) -> Tensor:
        generator = torch.Generator().manual_seed(seed)
        return functional.normalize(torch.randn(n, f, generator=generator, dtype=torch.float64))

    return make
