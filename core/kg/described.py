"""Labels and descriptions given in a file of their own: identifier, label and, perhaps, description."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from core.kg.records import Batch, EntityBatch
from core.kg.source import Part
from core.kg.text import blocks, size, strip_brackets, wrong_columns

_WHAT = "identifier, label and perhaps a description, tab-separated"


def labels_part(title: str, path: Path) -> Part:
    """A part that describes entities which other parts declare."""
    return Part(title, size(path), partial(_read, path), (path,))


def _read(path: Path) -> Iterator[Batch]:
    for block in blocks(path, _WHAT):
        batch = EntityBatch([], [], [], declares=False, done=block.done)
        for number, line in enumerate(block.lines, block.first):
            if not line.strip():
                continue
            cells = line.split("\t")
            if not 2 <= len(cells) <= 3:
                raise wrong_columns(path, _WHAT, cells, line, number)
            batch.uris.append(strip_brackets(cells[0].strip()))
            batch.labels.append(cells[1].strip())
            batch.descriptions.append(cells[2].strip() if len(cells) == 3 else "")
        yield batch
