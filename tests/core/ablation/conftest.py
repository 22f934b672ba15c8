"""A project so small that a cell trains in a moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from core.config import RunConfig
from core.store.project_file import ProjectFile
from tests.support import build_project


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Two threads on graphs this small mostly wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def quick() -> RunConfig:
    return RunConfig().replace(
        epochs=2, dimension=8, seed_ratio=0.5, evaluate_every=2, transport_sample=16, device="cpu"
    )


@pytest.fixture
def without_images(tmp_path: Path) -> Iterator[ProjectFile]:
    """Structure, relations and attributes, and no run."""
    opened = build_project(tmp_path / "plain.mimea", size=12, run=False, images=False)
    yield opened
    opened.close()
