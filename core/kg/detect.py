"""Which format a folder or file is in, by what lies there, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError
from core.kg import csv_graph, dbp15k, mmkb, openea, rdf
from core.kg.source import Format

# Asked in this order; a new format is a module with a FORMAT and its entry here.
FORMATS: tuple[Format, ...] = (mmkb.FORMAT, dbp15k.FORMAT, openea.FORMAT, rdf.FORMAT, csv_graph.FORMAT)
AUTO = "auto"
_NAMES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Detection:
    """The format found; ``reason`` continues the words "because"."""

    format: str
    reason: str


def detect(path: Path) -> Detection:
    """The format of a dataset folder, or of one graph's folder or file.

    Raises:
        InputError: nothing is there, or it is in no known format; names what was expected and found.
    """
    try:
        return detect_dataset(path)
    except InputError:
        return detect_graph(path)


def detect_dataset(path: Path) -> Detection:
    """The format of a folder that holds two graphs.

    Raises:
        InputError: nothing is there, or it is in no known format.
    """
    for known in FORMATS:
        if reason := recognise(known.recognise_dataset, path):
            return Detection(known.name, reason)
    raise _unrecognised(path, [known.dataset_layout for known in FORMATS])


def detect_graph(path: Path) -> Detection:
    """The format of a folder or file that holds one graph.

    Raises:
        InputError: nothing is there, or it is in no known format.
    """
    for known in FORMATS:
        if reason := recognise(known.recognise_graph, path):
            return Detection(known.name, reason)
    raise _unrecognised(path, [known.graph_layout for known in FORMATS])


def detect_format(path: Path) -> Format:
    """The first format that knows a path as one graph or as a dataset of two.

    Format by format, as tables that lie beside the files of a dataset could be taken for a graph of tables.

    Raises:
        InputError: nothing is there, or it is in no known format.
    """
    for known in FORMATS:
        if recognise(known.recognise_graph, path) or recognise(known.recognise_dataset, path):
            return known
    raise _unrecognised(path, [known.graph_layout for known in FORMATS])


def recognise(ask: Callable[[Path], str | None], path: Path) -> str | None:
    """The reason that one of a format's ``recognise_*`` gives.

    Raises:
        InputError: the folder can't be looked into.
    """
    with looked_into(path):
        return ask(path)


@contextmanager
def looked_into(folder: Path) -> Iterator[None]:
    """For looking at a folder and what is in it.

    Raises:
        InputError: the folder can't be looked into.
    """
    try:
        yield
    except OSError as error:
        raise InputError(folder, "a folder that can be read", error.strerror or str(error)) from error


def format_named(name: str, path: Path) -> Format:
    """The format called ``name``.

    Raises:
        InputError: no format is called so.
    """
    for known in FORMATS:
        if known.name == name:
            return known
    raise InputError(path, f"a format among {', '.join(f.name for f in FORMATS)} and {AUTO}", repr(name))


def _unrecognised(path: Path, layouts: list[str]) -> InputError:
    expected = "; or ".join(layouts)
    if not path.exists():
        return InputError(path, "a dataset", "nothing there")
    if not path.is_dir():  # also a device or a pipe
        return InputError(path, expected, "another file")
    names = sorted(f"{entry.name}/" if entry.is_dir() else entry.name for entry in path.iterdir())
    found = ", ".join(names[:_NAMES_SHOWN]) + (" …" if len(names) > _NAMES_SHOWN else "")
    return InputError(path, expected, found or "an empty folder")
