"""A dataset as lazily read parts: opening one looks at names and sizes, reading streams batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.kg.records import Batch, Note


@dataclass(frozen=True)
class Part:
    """One thing to read, a file as a rule. ``read`` starts afresh at each call.

    ``read`` of a file can be pickled, a :class:`~functools.partial` of a function of its module: another
    process may do the reading.
    ``title`` continues the word "Reading"; ``size`` is in the unit of the batches' ``done``, 0 for unknown;
    ``files`` are those whose contents it reads.
    """

    title: str
    size: int
    read: Callable[[], Iterator[Batch]]
    files: tuple[Path, ...] = ()


def remark(text: str) -> Part:
    """A part without data, for something to be told."""
    return Part("notes", 0, partial(iter, (Note(text),)))


@dataclass(frozen=True)
class GraphSource:
    """One graph of a pair: what it is called, where it is, and its parts in reading order.

    ``reason`` says why ``format`` was chosen, where it was opened by itself and no :class:`Dataset` does.
    """

    name: str
    source: str
    license: str
    parts: tuple[Part, ...]
    format: str = ""
    reason: str = ""


@dataclass(frozen=True)
class LinkSource:
    """Known links between the two graphs, from a file of their own.

    ``format`` is in words, and ``reason`` says why it was chosen, where the file alone says so.
    """

    source: str
    parts: tuple[Part, ...]
    format: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Dataset:
    """Two graphs to align and, where known, links between them; ``reason`` says why ``format`` was chosen."""

    name: str
    left: GraphSource
    right: GraphSource
    links: LinkSource | None
    format: str
    reason: str


@dataclass(frozen=True)
class Format:
    """A reader's entry in the detection list (:data:`core.kg.detect.FORMATS`).

    ``dataset_layout`` and ``graph_layout`` say what a folder of this format holds, for error messages.
    ``recognise_*`` return the reason in words, or None; they look at names only. ``open_*`` raise InputError.
    ``open_graph`` takes the images folder as second argument, None for the format's own place; ``open_links``
    a file of links whose identifiers are written as this format writes them.
    """

    name: str
    dataset_layout: str
    graph_layout: str
    recognise_dataset: Callable[[Path], str | None]
    recognise_graph: Callable[[Path], str | None]
    open_dataset: Callable[[Path, str], Dataset]
    open_graph: Callable[[Path, Path | None], GraphSource]
    open_links: Callable[[Path], LinkSource]
