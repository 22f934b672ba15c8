"""The OpenEA layout: ``rel_triples_1|2``, ``attr_triples_1|2``, ``ent_links`` and its published splits."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from core.errors import InputError
from core.kg.compressed import find, find_or_name, plain
from core.kg.images import folder_images
from core.kg.links import open_links, text_links
from core.kg.literals import literal
from core.kg.records import AttributeBatch, Batch, LinkBatch, Note, RelationBatch
from core.kg.source import Dataset, Format, GraphSource, LinkSource, Part
from core.kg.text import Terms, blocks, find_license, require_file, size, strip_brackets, wrong_columns
from core.words import are, counted, were

_TRIPLES, _ATTRIBUTES, _LINKS = "rel_triples_", "attr_triples_", "ent_links"
_SPLITS = ("train_links", "valid_links", "test_links")
_FOLDS, _FIRST_FOLD = "721_5fold", "1"
_OWN_SPLITS = "splits"  # of DBP2.0, which has no ent_links
_UNLINKED = tuple(f"{part}_unlinked_ent{n}" for part in ("train", "valid", "test") for n in (1, 2))
_ID_WHAT = "an identifier a line"
_TRIPLE_WHAT = "head, relation and tail, tab-separated"
_ATTRIBUTE_WHAT = "entity, attribute and value, tab-separated"
_LINK_WHAT = "two identifiers, tab-separated"


def _held(folder: Path) -> list[str]:
    return [suffix for suffix in ("1", "2") if folder.is_dir() and find(folder, _TRIPLES + suffix)]


def _recognise_dataset(path: Path) -> str | None:
    return "it holds rel_triples_1 and rel_triples_2" if _held(path) == ["1", "2"] else None


def _recognise_graph(path: Path) -> str | None:
    if path.is_file():
        return f"its name is {plain(path).name}" if _suffix(path) else None
    held = _held(path)
    return f"it holds {_TRIPLES}{held[0]}" if len(held) == 1 else None


def _suffix(path: Path) -> str:
    name = plain(path).name
    return name.removeprefix(_TRIPLES) if name in (f"{_TRIPLES}1", f"{_TRIPLES}2") else ""


def _open_dataset(folder: Path, reason: str) -> Dataset:
    return Dataset(
        name=folder.name,
        left=_graph(folder, "1", None),
        right=_graph(folder, "2", None),
        links=_links(folder),
        format=FORMAT.name,
        reason=reason,
    )


def _open_graph(path: Path, images: Path | None) -> GraphSource:
    if path.is_file():
        return _graph(path.parent, _suffix(path), images)
    held = _held(path)
    if len(held) != 1:
        raise InputError(path, "rel_triples_ of one graph", f"those of {len(held)}")
    return _graph(path, held[0], images)


def _graph(folder: Path, suffix: str, images: Path | None) -> GraphSource:
    triples = require_file(find_or_name(folder, _TRIPLES + suffix), _TRIPLE_WHAT)
    attributes = find(folder, _ATTRIBUTES + suffix)
    name = f"{folder.absolute().name}-{suffix}"
    parts = [Part(f"{name} relation triples", size(triples), partial(_read_triples, triples), (triples,))]
    if attributes:
        parts.append(_attributes_part(name, attributes))
    if images:
        parts.append(folder_images(f"{name} images", images))
    return GraphSource(name, str(folder.absolute()), find_license(folder), tuple(parts))


def _attributes_part(name: str, path: Path) -> Part:
    return Part(f"{name} attribute triples", size(path), partial(_read_attributes, path), (path,))


def _links(folder: Path) -> LinkSource | None:
    if path := find(folder, _LINKS):
        fold = folder / _FOLDS / _FIRST_FOLD
        part = Part(f"links of {path.name}", size(path), partial(_read_links, path, fold), (path,))
        return LinkSource(str(path.absolute()), (part,))
    own = folder / _OWN_SPLITS
    parts = [part for name in _SPLITS if (path := find(own, name)) for part in text_links(path).parts]
    alone = [path for name in _UNLINKED if (path := find(own, name))]
    if parts and alone:
        parts.append(Part("entities without counterpart", 0, partial(_count_alone, alone), tuple(alone)))
    return LinkSource(str((folder / _OWN_SPLITS).absolute()), tuple(parts)) if parts else None


def _read_triples(path: Path) -> Iterator[Batch]:
    terms = Terms()
    for block in blocks(path, _TRIPLE_WHAT):
        batch = RelationBatch([], [], [], block.done)
        for number, line in enumerate(block.lines, block.first):
            if not line.strip():
                continue
            cells = line.split("\t")
            if len(cells) != 3 or not all(map(str.strip, cells)):
                raise wrong_columns(path, _TRIPLE_WHAT, cells, line, number)
            batch.heads.append(terms[cells[0].strip()])
            batch.relations.append(terms[cells[1].strip()])
            batch.tails.append(terms[cells[2].strip()])
        yield batch


def _read_attributes(path: Path) -> Iterator[Batch]:
    """As OpenEA reads them: what follows the third tab belongs to the value, short lines are passed over."""
    terms = Terms()
    short = 0
    for block in blocks(path, _ATTRIBUTE_WHAT):
        batch = AttributeBatch([], [], [], [], [], done=block.done)
        for line in block.lines:
            cells = line.strip().split("\t")
            if len(cells) < 3:
                short += bool(line.strip())
                continue
            written = " ".join(cells[2:]).strip().rstrip(".").strip()
            value = literal(written)
            batch.entities.append(terms[cells[0].strip()])
            batch.attributes.append(terms[cells[1].strip()])
            batch.values.append(value.text)
            batch.datatypes.append(value.datatype)
            batch.languages.append(value.language)
        yield batch
    if short:
        lines = f"{counted(short, 'line')} of {path.name} with fewer than 3 columns"
        yield Note(f"{lines} {were(short)} left out", size(path))


def _read_links(path: Path, fold: Path) -> Iterator[Batch]:
    """Each link with the name of the file of the first published fold that holds it, if one does."""
    split_of = {
        pair: name
        for name in _SPLITS
        if (file := find(fold, name))
        for pair, _, _ in _pairs(file)
    }  # fmt: skip
    batch = LinkBatch([], [], [])
    for pair, last, done in _pairs(path):
        batch.firsts.append(pair[0])
        batch.seconds.append(pair[1])
        batch.sources.append(split_of.get(pair, path.name))
        if last:
            yield LinkBatch(batch.firsts, batch.seconds, batch.sources, done)
            batch = LinkBatch([], [], [])
    yield LinkBatch(batch.firsts, batch.seconds, batch.sources, size(path))
    if split_of:
        yield Note(f"each link says in which file of {_FOLDS}/{_FIRST_FOLD} it is", size(path))


def _count_alone(paths: list[Path]) -> Iterator[Batch]:
    count = sum(
        bool(line.strip()) for path in paths for block in blocks(path, _ID_WHAT) for line in block.lines
    )
    said = f"{counted(count, 'entity')} {are(count)} said to have no counterpart"
    yield Note(f"{said}; verdicts are the curator's to make")


def _pairs(path: Path) -> Iterator[tuple[tuple[str, str], bool, int]]:
    """The pairs, whether each is the last of its block, and the bytes read."""
    for block in blocks(path, _LINK_WHAT):
        for number, line in enumerate(block.lines, block.first):
            if not line.strip():
                continue
            cells = [strip_brackets(cell.strip()) for cell in line.split("\t")]
            if len(cells) != 2 or not all(cells):
                raise wrong_columns(path, _LINK_WHAT, cells, line, number)
            yield (cells[0], cells[1]), number == block.first + len(block.lines) - 1, block.done


FORMAT = Format(
    name="openea",
    dataset_layout="rel_triples_1 and rel_triples_2 (OpenEA)",
    graph_layout="a file rel_triples_1 or rel_triples_2 (OpenEA)",
    recognise_dataset=_recognise_dataset,
    recognise_graph=_recognise_graph,
    open_dataset=_open_dataset,
    open_graph=_open_graph,
    open_links=open_links,
)
