"""Helpers of the reader tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from core.kg.records import (
    AttributeBatch,
    Batch,
    DenialBatch,
    EntityBatch,
    ImageBatch,
    LinkBatch,
    NameBatch,
    Note,
    PicturesByName,
    RelationBatch,
)
from core.kg.source import Part


class Read:
    """Everything that parts yield, by kind, as tuples."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self.entities: list[tuple[str, str, str]] = []
        self.names: dict[str, str] = {}
        self.relations: list[tuple[str, str, str]] = []
        self.attributes: list[tuple[str, str, str, str, str]] = []
        self.images: list[tuple[str, Path]] = []
        self.links: list[tuple[str, str, str]] = []
        self.denied: list[tuple[str, str]] = []
        self.notes: list[str] = []
        for part in parts:
            done = 0
            for batch in part.read():
                assert done <= batch.done <= part.size, "progress goes forward and ends at the size"
                done = batch.done
                self._take(batch)
            assert done == part.size

    def _take(self, batch: Batch) -> None:
        match batch:
            case RelationBatch():
                self.relations += zip(batch.heads, batch.relations, batch.tails, strict=True)
            case AttributeBatch():
                columns = (batch.entities, batch.attributes, batch.values, batch.datatypes, batch.languages)
                self.attributes += zip(*columns, strict=True)
            case EntityBatch():
                blank = [""] * len(batch.uris)
                self.entities += zip(
                    batch.uris, batch.labels or blank, batch.descriptions or blank, strict=True
                )
            case NameBatch():
                self.names.update(zip(batch.uris, batch.labels, strict=True))
            case PicturesByName():
                uris = {uri for uri, _, _ in self.entities} | {head for head, _, _ in self.relations}
                self.images += [(uri, path) for uri in sorted(uris) for path in batch.find(uri)]
            case ImageBatch():
                self.images += zip(batch.entities, batch.paths, strict=True)
            case LinkBatch():
                self.links += zip(batch.firsts, batch.seconds, batch.sources, strict=True)
            case DenialBatch():
                self.denied += zip(batch.firsts, batch.seconds, strict=True)
            case Note():
                self.notes.append(batch.text)


@pytest.fixture
def read() -> Callable[[Iterable[Part]], Read]:
    """Reads parts to their end."""
    return Read


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes files, given as name=text or {name: text}, and returns their folder."""

    def _write(files: dict[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return _write
