"""The MMKB layout: ``X_EntityTriples.txt`` and its companions, two graphs ``X`` and ``Y`` in one folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from core.errors import InputError
from core.kg.compressed import find, find_or_name, named, plain
from core.kg.described import labels_part
from core.kg.images import Find, ImageFolder, folder_images, indexed_images
from core.kg.links import open_links, text_links
from core.kg.records import AttributeBatch, Batch, RelationBatch
from core.kg.source import Dataset, Format, GraphSource, LinkSource, Part, remark
from core.kg.text import Terms, blocks, find_license, require_file, shown, size, strip_brackets, wrong_columns
from core.words import counted

_TRIPLES = "_EntityTriples.txt"
_LINKS = "_SameAsLink.txt"
_TRIPLE_WHAT = "`head relation tail .`"
_NUMBER_WHAT = "entity, attribute and value"
_XSD_DOUBLE = "http://www.w3.org/2001/XMLSchema#double"
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$", re.ASCII)
_TYPED = re.compile(r'"(?P<value>.*)"(\^\^<(?P<datatype>[^>]*)>)?$')


def _graph_names(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return [plain(path).name.removesuffix(_TRIPLES) for path in named(folder, _TRIPLES)]


def _recognise_dataset(path: Path) -> str | None:
    names = _graph_names(path)
    return f"it holds {' and '.join(name + _TRIPLES for name in names)}" if len(names) == 2 else None


def _recognise_graph(path: Path) -> str | None:
    if path.is_file():
        return f"its name ends in {_TRIPLES}" if plain(path).name.endswith(_TRIPLES) else None
    names = _graph_names(path)
    return f"it holds {names[0]}{_TRIPLES}" if len(names) == 1 else None


def _open_dataset(folder: Path, reason: str) -> Dataset:
    names = _graph_names(folder)
    if len(names) != 2:
        raise InputError(folder, f"two files *{_TRIPLES}", f"{len(names)}")
    # Y_SameAsLink.txt names X's entity first and Y's second, so its graph is the right one.
    linked = [name for name in names if find(folder, f"{name}{_LINKS}")]
    if linked:
        left, right = next(name for name in names if name != linked[0]), linked[0]
        links: LinkSource | None = text_links(find_or_name(folder, f"{linked[0]}{_LINKS}"))
    else:
        (left, right), links = names, None
    return Dataset(
        name=folder.name,
        left=_graph(folder, left, None),
        right=_graph(folder, right, None),
        links=links,
        format=FORMAT.name,
        reason=reason,
    )


def _open_graph(path: Path, images: Path | None) -> GraphSource:
    if path.is_file():
        return _graph(path.parent, plain(path).name.removesuffix(_TRIPLES), images)
    names = _graph_names(path)
    if len(names) != 1:
        raise InputError(path, f"one file *{_TRIPLES}", f"{len(names)}")
    return _graph(path, names[0], images)


def _graph(folder: Path, name: str, images: Path | None) -> GraphSource:
    triples = require_file(find_or_name(folder, f"{name}{_TRIPLES}"), _TRIPLE_WHAT)
    numbers = find(folder, f"{name}_NumericalTriples.txt")
    labels = find(folder, f"{name}_EntityLabels.tsv")
    index = find(folder, f"{name}_ImageIndex.txt")
    features = folder / f"{name}_ImageData.h5"
    image_folders = (images,) if images else (folder / "image-graph_images", folder / "images", folder / name)
    parts = [Part(f"{name} relation triples", size(triples), partial(_read_triples, triples), (triples,))]
    if numbers:
        parts.append(_numbers_part(name, numbers))
    if labels:
        parts.append(labels_part(f"{name} labels", labels))
    if images and not index:
        parts.append(folder_images(f"{name} images", images))
    elif index:
        root = images or folder
        parts.append(indexed_images(f"{name} images", index, partial(_image_finder, image_folders), root))
    if features.exists():
        parts.append(remark(f"{features.name} holds image features; a run can take them as they are"))
    return GraphSource(name, str(folder.absolute()), find_license(folder), tuple(parts))


def _numbers_part(name: str, path: Path) -> Part:
    return Part(f"{name} numerical triples", size(path), partial(_read_numbers, path), (path,))


def _image_finder(folders: tuple[Path, ...]) -> Find:
    found = [ImageFolder(folder) for folder in folders if folder.is_dir()]

    def find(entity: str, name: str) -> list[Path]:
        # The downloaded pictures lie in folders named for the Freebase id with a dot: m.0abc
        names = (name, entity.strip("/").replace("/", "."))
        return next((paths for folder in found if (paths := folder.find(*names))), [])

    return find


def _read_triples(path: Path) -> Iterator[Batch]:
    terms = Terms()
    for block in blocks(path, _TRIPLE_WHAT):
        tokens = "\n".join(block.lines).split()
        if not _one_triple_a_line(block.lines, tokens):
            tokens = _checked_tokens(path, block.first, block.lines)
        heads, relations, tails = (list(map(terms.__getitem__, tokens[place::4])) for place in range(3))
        yield RelationBatch(heads, relations, tails, block.done)


def _one_triple_a_line(lines: list[str], tokens: list[str]) -> bool:
    """Whether each line is four tokens, the last a dot; seen for the block at once, which is much faster.

    As many dots as lines and a dot at each line's end is one dot a line; with them at every fourth place,
    each line has four tokens. Says no to blank lines and trailing spaces too, which the slow way allows.
    """
    return (
        len(tokens) == 4 * len(lines)
        and tokens.count(".") == len(lines)
        and tokens[3::4].count(".") == len(lines)
        and all(line.endswith(".") for line in lines)
    )


def _checked_tokens(path: Path, first: int, lines: list[str]) -> list[str]:
    tokens: list[str] = []
    for number, line in enumerate(lines, first):
        cells = line.split()
        if cells and (len(cells) != 4 or cells[3] != "."):
            found = f"{counted(len(cells), 'term')} in {shown(line)}"
            raise InputError(path, _TRIPLE_WHAT, found, line=number)
        tokens += cells
    return tokens


def _read_numbers(path: Path) -> Iterator[Batch]:
    terms = Terms()
    for block in blocks(path, _NUMBER_WHAT):
        # The numbers are about the entities of the relation triples and add none: the published counts of
        # entities, and of links with both ends known, are counted so.
        batch = AttributeBatch([], [], [], [], [], declares=False, done=block.done)
        for number, line in enumerate(block.lines, block.first):
            if not line.strip():
                continue
            cells = [cell.strip() for cell in line.split("\t")] if "\t" in line else line.split()
            if len(cells) == 4 and cells[3] == ".":
                cells.pop()
            if len(cells) != 3 or not all(cells):
                raise wrong_columns(path, _NUMBER_WHAT, cells, line, number)
            value, datatype = _value(cells[2])
            batch.entities.append(terms[cells[0]])
            batch.attributes.append(terms[cells[1]])
            batch.values.append(value)
            batch.datatypes.append(datatype)
            batch.languages.append("")
        yield batch


def _value(written: str) -> tuple[str, str]:
    """Value and datatype of ``9.7``, ``"9.7"^^<…double>`` or anything else, which has no datatype."""
    typed = _TYPED.match(written)
    value, datatype = (typed["value"], typed["datatype"] or "") if typed else (strip_brackets(written), "")
    if not datatype and _NUMBER.match(value):
        datatype = _XSD_DOUBLE
    return value, datatype


FORMAT = Format(
    name="mmkb",
    dataset_layout=f"two files *{_TRIPLES} (MMKB)",
    graph_layout=f"a file *{_TRIPLES} (MMKB)",
    recognise_dataset=_recognise_dataset,
    recognise_graph=_recognise_graph,
    open_dataset=_open_dataset,
    open_graph=_open_graph,
    open_links=open_links,
)
