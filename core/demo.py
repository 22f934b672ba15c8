"""The demo: two real graphs of the world's countries that come with the program."""

from __future__ import annotations

from pathlib import Path

from core.errors import MimeaError
from core.kg.dataset import Dataset, open_dataset
from core.presets import QUICK

DEMO_DIRECTORY = Path(__file__).resolve().parents[1] / "resources" / "demo"
DEMO_CONFIG = QUICK.config


def demo_dataset() -> Dataset:
    """The demo graphs, as any other dataset.

    Raises:
        MimeaError: the program was installed without them.
    """
    if not (DEMO_DIRECTORY / "links.tsv").is_file():
        raise MimeaError(f"the demo graphs are not in {DEMO_DIRECTORY}; this installation is incomplete")
    return open_dataset(DEMO_DIRECTORY)


def demo_project_path(directory: Path) -> Path:
    """Where the demo's project is made: ``DIRECTORY/countries.mimea``."""
    return directory / "countries.mimea"
