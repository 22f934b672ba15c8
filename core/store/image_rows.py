"""Looks at the picture files of one graph and writes their rows."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core.kg.images import ImageFacts, inspect
from core.store.import_report import ProgressMeter
from core.store.numbers import UNKNOWN
from core.words import are, counted

_FILES = 64


class ImageRows:
    """The pictures of one graph: collected while it is read, looked at and written at the end."""

    def __init__(self, graph: str) -> None:
        self.missing = 0
        self.unreadable = 0
        self.outside = 0
        self._graph = graph
        self._pictures: dict[tuple[int, Path], Path | None] = {}

    def add(self, entities: Iterable[int], paths: Iterable[Path], root: Path | None) -> None:
        """Remember pictures, which must lie within ``root``; those of no known entity are passed over."""
        for entity, path in zip(entities, paths, strict=True):
            if entity != UNKNOWN:
                self._pictures[entity, path] = root

    def write(self, connection: sqlite3.Connection, meter: ProgressMeter) -> int:
        """Look at each file and write its row; returns the number of rows.

        Raises:
            Cancelled: the user stopped the import.
        """
        pictures = list(self._pictures.items())
        if pictures:
            meter.stage(f"Looking at {self._graph} images", len(pictures))
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
            for start in range(0, len(pictures), _FILES):
                chunk = pictures[start : start + _FILES]
                facts = list(
                    pool.map(_inspect, [path for (_, path), _ in chunk], [root for _, root in chunk])
                )
                connection.executemany(
                    "INSERT INTO image (entity_id, path, sha256, width, height, status) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        (entity, told_path(path), fact.sha256, fact.width, fact.height, fact.status)
                        for ((entity, path), _), fact in zip(chunk, facts, strict=True)
                    ],
                )
                self.missing += sum(fact.status == "missing" for fact in facts)
                self.unreadable += sum(fact.status == "unreadable" for fact in facts)
                self.outside += sum(fact.status == "outside" for fact in facts)
                meter.counts["image"] += len(chunk)
                meter.at(start + len(chunk))
        return len(pictures)

    def notes(self) -> list[str]:
        """Sentences on the files that can't be shown."""
        told = []
        if self.missing:
            told.append(f"{counted(self.missing, 'image file')} {are(self.missing)} missing")
        if self.unreadable:
            told.append(f"{counted(self.unreadable, 'image file')} can't be read")
        if self.outside:
            files = f"{counted(self.outside, 'image file')} {are(self.outside)}"
            told.append(f"{files} outside the folder of images; none was opened")
        return told


def _inspect(path: Path, root: Path | None) -> ImageFacts:
    """What there is in a file; one whose name is no UTF-8 can't be named to the database, nor found again."""
    return inspect(path, root) if told_path(path) == str(path) else ImageFacts("unreadable")


def told_path(path: Path | str) -> str:
    """A path as text, also where its bytes are none."""
    return str(path).encode("utf-8", "backslashreplace").decode()
