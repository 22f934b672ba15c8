"""Opening a dataset, a benchmark folder or two graphs named apart; nothing is read until its parts are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.errors import InputError
from core.kg.archive import folder_of
from core.kg.csv_graph import CsvMapping, open_tables
from core.kg.detect import (
    AUTO,
    Detection,
    detect_dataset,
    detect_format,
    detect_graph,
    format_named,
    looked_into,
    recognise,
)
from core.kg.links import refuse_doubtful
from core.kg.records import Side
from core.kg.source import Dataset, Format, GraphSource, LinkSource

__all__ = ["Dataset", "GraphSource", "LinkSource", "open_dataset", "open_pair", "open_side"]


def open_dataset(directory: Path, format: str = AUTO) -> Dataset:
    """A folder with both graphs and perhaps links, such as a published benchmark.

    Raises:
        InputError: it is in no known format, or not in the one named.
    """
    given = _absolute(directory)
    directory = folder_of(given)
    if format == AUTO:
        detection = detect_dataset(directory)
    else:
        detection = _named(
            format, directory, recognise(format_named(format, directory).recognise_dataset, directory)
        )
    return _open_dataset(detection, directory, given)


def _open_dataset(detection: Detection, directory: Path, given: Path) -> Dataset:
    """What lies in ``directory``, which is ``given`` or where that was unpacked."""
    dataset = format_named(detection.format, directory).open_dataset(directory, detection.reason)
    if directory == given:
        return dataset
    # The place of the unpacked files says nothing to whoever reads where a graph came from.
    return replace(
        dataset,
        left=replace(dataset.left, source=str(given)),
        right=replace(dataset.right, source=str(given)),
        reason=f"{dataset.reason} (in {given.name})",
    )


def open_pair(
    left: Path,
    right: Path,
    *,
    links: Path | None = None,
    images_left: Path | None = None,
    images_right: Path | None = None,
    format: str = AUTO,
    mapping_left: CsvMapping | None = None,
    mapping_right: CsvMapping | None = None,
) -> Dataset:
    """Two graphs, each a folder or file, in one format or two, with links and images where given.

    The mappings say what the columns of tables are; without them their headers do.

    Raises:
        InputError: a path does not exist, or a graph is in no known format, or not in the one named.
    """
    if links:
        refuse_doubtful(links)
    left, right = folder_of(_absolute(left)), folder_of(_absolute(right))
    for folder in (images_left, images_right):
        _require_images(folder)
    found = [_detect_graph(path, format) for path in (left, right)]
    kinds = [
        format_named(detection.format, path) for detection, path in zip(found, (left, right), strict=True)
    ]
    graphs = [
        _open_graph(kind, path, images, mapping)
        for kind, path, images, mapping in zip(
            kinds, (left, right), (images_left, images_right), (mapping_left, mapping_right), strict=True
        )
    ]
    return Dataset(
        name=f"{graphs[0].name}-{graphs[1].name}",
        left=graphs[0],
        right=graphs[1],
        links=kinds[0].open_links(_absolute(links)) if links else None,
        format="+".join(dict.fromkeys(detection.format for detection in found)),
        reason="; ".join(f"{p.name}: {d.reason}" for d, p in zip(found, (left, right), strict=True)),
    )


def open_side(
    path: Path,
    side: Side,
    *,
    images: Path | None = None,
    format: str = AUTO,
    mapping: CsvMapping | None = None,
) -> GraphSource:
    """One graph by itself, with the reason: a folder or file of it alone, else that side of a dataset folder.

    Raises:
        InputError: the path or the images do not exist, or there is no graph of a known format, or of the
            one named; images are given beside a dataset folder.
    """
    given = _absolute(path)
    path = folder_of(given)
    _require_images(images)
    kind = detect_format(path) if format == AUTO else format_named(format, path)
    if reason := recognise(kind.recognise_graph, path):
        return replace(_open_graph(kind, path, images, mapping), format=kind.name, reason=reason)
    if reason := recognise(kind.recognise_dataset, path):
        return _side_of(_open_dataset(Detection(kind.name, reason), path, given), side, given, images)
    raise _misfit(kind, path)


def _side_of(dataset: Dataset, side: Side, folder: Path, images: Path | None) -> GraphSource:
    """One graph of a dataset folder, whose images are where that folder has them."""
    if images:
        expected = f"no images apart from {folder.name}, which holds both graphs and where theirs are"
        hint = "For other images choose the graph's own folder or file"
        raise InputError(images, expected, "a folder of images", hint=hint)
    graph = dataset.left if side == "left" else dataset.right
    return replace(graph, format=dataset.format, reason=f"{dataset.reason}; {graph.name} is its {side} graph")


def _open_graph(kind: Format, path: Path, images: Path | None, mapping: CsvMapping | None) -> GraphSource:
    return open_tables(path, images, mapping) if mapping else kind.open_graph(path, images)


def _require_images(folder: Path | None) -> None:
    if folder is None:
        return
    with looked_into(folder):
        if not folder.is_dir():
            raise InputError(folder, "a folder of images", "a file" if folder.exists() else "nothing there")
        for entry in folder.iterdir():
            entry.lstat()  # a folder may tell its names and no more
            break


def _detect_graph(path: Path, format: str) -> Detection:
    if format == AUTO:
        return detect_graph(path)
    return _named(format, path, recognise(format_named(format, path).recognise_graph, path))


def _named(format: str, path: Path, reason: str | None) -> Detection:
    """A format that was asked for: still looked for, so that a wrong choice is told before reading."""
    if reason:
        return Detection(format, f"asked for, and {reason}")
    raise _misfit(format_named(format, path), path)


def _misfit(kind: Format, path: Path) -> InputError:
    found = "nothing there" if not path.exists() else "something else"
    return InputError(path, f"{kind.dataset_layout} for both graphs, {kind.graph_layout} for one", found)


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()
