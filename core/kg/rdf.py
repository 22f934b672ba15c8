"""RDF: a graph is a folder of RDF files, or one file; a dataset is a folder of two such folders."""

from __future__ import annotations

from pathlib import Path

from core.errors import InputError
from core.kg.compressed import SUFFIXES, find, plain
from core.kg.described import labels_part
from core.kg.images import INDEX, folder_images
from core.kg.links import open_links
from core.kg.rdf_graph import read_graph
from core.kg.rdf_parse import FORMATS, is_rdf, rdf_files
from core.kg.source import Dataset, Format, GraphSource, LinkSource, Part
from core.kg.text import find_license, size

_SUFFIXES = f"{', '.join(FORMATS)} files, or these with {', '.join(SUFFIXES)}"
_LINK_FILES = ("links.tsv", *(f"links{suffix}" for suffix in FORMATS))


def _graph_folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and rdf_files(path))


def _recognise_dataset(path: Path) -> str | None:
    folders = _graph_folders(path)
    if len(folders) != 2:
        return None
    first, second = (f"{folder.name}/{rdf_files(folder)[0].name}" for folder in folders)
    return f"its two folders hold RDF: {first} and {second}"


def _recognise_graph(path: Path) -> str | None:
    if is_rdf(path):
        return f"its name ends in {path.name.removeprefix(plain(path).stem)}"
    files = rdf_files(path)
    return f"it holds {files[0].name}" if files else None


def _open_dataset(folder: Path, reason: str) -> Dataset:
    folders = _graph_folders(folder)
    if len(folders) != 2:
        raise InputError(folder, f"two folders with {_SUFFIXES}", f"{len(folders)}")
    return Dataset(
        name=folder.name,
        left=_open_graph(folders[0], None),
        right=_open_graph(folders[1], None),
        links=_links(folder),
        format=FORMAT.name,
        reason=reason,
    )


def _links(folder: Path) -> LinkSource | None:
    found = next((path for name in _LINK_FILES if (path := find(folder, name))), None)
    return open_links(found) if found else None


def _open_graph(path: Path, images: Path | None) -> GraphSource:
    path = path.absolute()
    files = [path] if path.is_file() else rdf_files(path)
    if not files:
        raise InputError(path, f"a file or folder of {_SUFFIXES}", "none")
    folder, name = (path.parent, plain(path).stem) if path.is_file() else (path, path.name)
    parts = [Part(f"{name} statements", sum(map(size, files)), lambda: read_graph(files), tuple(files))]
    if labels := find(folder, "labels.tsv"):
        parts.append(labels_part(f"{name} labels", labels))
    if images or (folder / "images" / INDEX).exists():
        parts.append(folder_images(f"{name} images", images or folder / "images"))
    return GraphSource(name, str(path), find_license(folder), tuple(parts))


FORMAT = Format(
    name="rdf",
    dataset_layout=f"two folders with RDF files ({_SUFFIXES})",
    graph_layout=f"RDF files ({_SUFFIXES})",
    recognise_dataset=_recognise_dataset,
    recognise_graph=_recognise_graph,
    open_dataset=_open_dataset,
    open_graph=_open_graph,
    open_links=open_links,
)
