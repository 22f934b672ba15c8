"""RDF: a graph is a folder of RDF files, or one file; a dataset is a folder of two such folders."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from core.errors import InputError
from core.kg.compressed import SUFFIXES, find, plain
from core.kg.described import labels_part
from core.kg.links import open_links
from core.kg.rdf_graph import read_graph
from core.kg.rdf_parse import FORMATS, is_rdf, rdf_files
from core.kg.source import Format, GraphSource, Part
from core.kg.text import find_license, size
from core.kg.two_folders import TwoFolders, images_parts

_SUFFIXES = f"{', '.join(FORMATS)} files, or these with {', '.join(SUFFIXES)}"


def _recognise_graph(path: Path) -> str | None:
    if is_rdf(path):
        return f"its name ends in {path.name.removeprefix(plain(path).stem)}"
    files = rdf_files(path)
    return f"it holds {files[0].name}" if files else None


def _open_graph(path: Path, images: Path | None) -> GraphSource:
    path = path.absolute()
    files = [path] if path.is_file() else rdf_files(path)
    if not files:
        raise InputError(path, f"a file or folder of {_SUFFIXES}", "none")
    folder, name = (path.parent, plain(path).stem) if path.is_file() else (path, path.name)
    parts = [Part(f"{name} statements", sum(map(size, files)), partial(read_graph, files), tuple(files))]
    if labels := find(folder, "labels.tsv"):
        parts.append(labels_part(f"{name} labels", labels))
    parts += images_parts(name, folder, images)
    return GraphSource(name, str(path), find_license(folder), tuple(parts))


_PAIR = TwoFolders(
    format="rdf",
    holds="RDF",
    layout=_SUFFIXES,
    files=rdf_files,
    open_graph=_open_graph,
    link_files=("links.tsv", *(f"links{suffix}" for suffix in FORMATS)),
)

FORMAT = Format(
    name="rdf",
    dataset_layout=f"two folders with RDF files ({_SUFFIXES})",
    graph_layout=f"RDF files ({_SUFFIXES})",
    recognise_dataset=_PAIR.recognise,
    recognise_graph=_recognise_graph,
    open_dataset=_PAIR.open,
    open_graph=_open_graph,
    open_links=open_links,
)
