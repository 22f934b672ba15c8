"""A dataset as a folder of two folders, one for each graph, and perhaps a file of links beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError
from core.kg.compressed import find
from core.kg.images import INDEX, folder_images
from core.kg.links import open_links
from core.kg.source import Dataset, GraphSource, Part


@dataclass(frozen=True, slots=True)
class TwoFolders:
    """The layout in one format: ``files`` lists the files of a graph in a folder, empty where it is none."""

    format: str
    holds: str  # what the files are called in a sentence
    layout: str  # what a folder of one graph holds, for error messages
    files: Callable[[Path], list[Path]]
    open_graph: Callable[[Path, Path | None], GraphSource]
    link_files: tuple[str, ...]  # names under which links may lie, the first found counts

    def recognise(self, path: Path) -> str | None:
        """Why a folder is such a dataset, or None."""
        folders = self._graphs(path)
        if len(folders) != 2:
            return None
        first, second = (f"{folder.name}/{self.files(folder)[0].name}" for folder in folders)
        return f"its two folders hold {self.holds}: {first} and {second}"

    def open(self, folder: Path, reason: str) -> Dataset:
        """Open it; the graphs are left and right in the order of their names.

        Raises:
            InputError: there are not two graphs.
        """
        folders = self._graphs(folder)
        if len(folders) != 2:
            raise InputError(folder, f"two folders of {self.layout}", f"{len(folders)}")
        links = next((path for name in self.link_files if (path := find(folder, name))), None)
        return Dataset(
            name=folder.name,
            left=self.open_graph(folders[0], None),
            right=self.open_graph(folders[1], None),
            links=open_links(links) if links else None,
            format=self.format,
            reason=reason,
        )

    def _graphs(self, folder: Path) -> list[Path]:
        if not folder.is_dir():
            return []
        return sorted(path for path in folder.iterdir() if path.is_dir() and self.files(path))


def images_parts(name: str, folder: Path, images: Path | None) -> list[Part]:
    """The pictures of a graph: those given, else those that an index in its own folder lists."""
    if images or (folder / "images" / INDEX).exists():
        return [folder_images(f"{name} images", images or folder / "images")]
    return []
