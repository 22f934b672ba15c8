"""The DBP15K layout: two graphs as ``ent_ids_1``, ``triples_1`` and so on, numbered through in one space."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from core.errors import InputError
from core.kg.compressed import find, find_or_name, plain
from core.kg.dbp15k_names import attributes_part, names_file, names_part
from core.kg.dbp15k_vectors import vectors_file, vectors_part
from core.kg.images import folder_images
from core.kg.links import Resolve, open_links, text_links
from core.kg.records import Batch, EntityBatch, NameBatch, RelationBatch
from core.kg.source import Dataset, Format, GraphSource, LinkSource, Part
from core.kg.text import blocks, find_license, require_file, shown, size, strip_brackets

_ENTITIES, _TRIPLES, _RELATIONS, _ATTRIBUTES = "ent_ids_", "triples_", "rel_ids_", "training_attrs_"
_IDS_WHAT = "a number and a URI, tab-separated"
_TRIPLE_WHAT = "three numbers: head, relation, tail"
# The whole set of links, or its usual split, whose union is the whole set.
_LINK_FILES = (("ill_ent_ids",), ("sup_ent_ids", "ref_ent_ids"), ("sup_pairs", "ref_pairs"))


def _has(folder: Path, suffix: str) -> bool:
    return all(find(folder, name + suffix) for name in (_ENTITIES, _TRIPLES))


def _recognise_dataset(path: Path) -> str | None:
    return (
        "it holds ent_ids_1, ent_ids_2, triples_1 and triples_2"
        if _has(path, "1") and _has(path, "2")
        else None
    )


def _recognise_graph(path: Path) -> str | None:
    if path.is_file():
        return f"its name starts with {_ENTITIES} or {_TRIPLES}" if _suffix(path) else None
    held = [suffix for suffix in ("1", "2") if _has(path, suffix)]
    return f"it holds ent_ids_{held[0]} and triples_{held[0]}" if len(held) == 1 else None


def _suffix(path: Path) -> str:
    name = plain(path).name
    return next((name[len(p) :] for p in (_ENTITIES, _TRIPLES) if name in (p + "1", p + "2")), "")


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
    held = [suffix for suffix in ("1", "2") if _has(path, suffix)]
    if len(held) != 1:
        raise InputError(path, "ent_ids_ and triples_ of one graph", f"those of {len(held)}")
    return _graph(path, held[0], images)


def _open_links(path: Path) -> LinkSource:
    if any(plain(path).name in names for names in _LINK_FILES):
        return text_links(path, partial(_resolver, path))
    return open_links(path)


def _links(folder: Path) -> LinkSource | None:
    for names in _LINK_FILES:
        if any(find(folder, name) for name in names):
            parts = [part for name in names for part in _open_links(find_or_name(folder, name)).parts]
            return LinkSource(str(folder.absolute()), tuple(parts))
    return None


def entity_uris(folder: Path) -> dict[str, str]:
    """The URI of each number that ``ent_ids_1`` and ``ent_ids_2`` of the folder list.

    Raises:
        InputError: either is missing or not what it should be.
    """
    return {
        **_uris(find_or_name(folder, f"{_ENTITIES}1")),
        **_uris(find_or_name(folder, f"{_ENTITIES}2")),
    }


def _resolver(path: Path) -> Resolve:
    uris = entity_uris(path.parent)

    def resolve(number: str, line: int) -> str:
        try:
            return uris[number]
        except KeyError:
            raise InputError(
                path, f"a number that {_ENTITIES}1 or {_ENTITIES}2 lists", shown(number), line=line
            ) from None

    return resolve


def _graph(folder: Path, suffix: str, images: Path | None) -> GraphSource:
    entities = require_file(find_or_name(folder, _ENTITIES + suffix), _IDS_WHAT)
    triples = require_file(find_or_name(folder, _TRIPLES + suffix), _TRIPLE_WHAT)
    relations = find(folder, _RELATIONS + suffix)
    name = f"{folder.absolute().name}-{suffix}"
    parts = [
        Part(f"{name} entities", size(entities), partial(_read_entities, entities), (entities,)),
        Part(
            f"{name} relation triples",
            size(triples),
            partial(_read_triples, triples, entities, relations),
            (triples, *([relations] if relations else [])),
        ),
    ]
    if attributes := find(folder, _ATTRIBUTES + suffix):
        parts.append(attributes_part(f"{name} attributes", attributes))
    if names := names_file(folder):
        parts.append(names_part(f"{name} translated names", names, partial(_uris, entities)))
    if images:  # the layout itself names no picture files, its images come as feature vectors
        parts.append(folder_images(f"{name} images", images, partial(_numbers, entities)))
    if vectors := vectors_file(folder):
        parts.append(vectors_part(f"{name} image features", vectors, partial(_uris, entities)))
    return GraphSource(name, str(folder.absolute()), find_license(folder), tuple(parts))


def _id_rows(path: Path) -> Iterator[tuple[list[tuple[str, str]], int]]:
    """Blocks of (number as written, URI), with the bytes read so far; a number has one URI."""
    seen: dict[str, str] = {}
    for block in blocks(path, _IDS_WHAT):
        rows = []
        for number, line in enumerate(block.lines, block.first):
            if not line.strip():
                continue
            key, _, uri = line.partition("\t")
            key, uri = key.strip(), strip_brackets(uri.strip())
            if not (key.isascii() and key.isdecimal() and uri) or "\t" in uri:
                raise InputError(path, _IDS_WHAT, shown(line), line=number)
            if seen.setdefault(key, uri) != uri:
                raise InputError(path, f"one URI for the number {key}", shown(uri), line=number)
            rows.append((key, uri))
        yield rows, block.done


def _uris(path: Path) -> dict[str, str]:
    return {key: uri for rows, _ in _id_rows(path) for key, uri in rows}


def _numbers(path: Path) -> dict[str, str]:
    return {uri: key for key, uri in _uris(path).items()}


def _read_entities(path: Path) -> Iterator[Batch]:
    for rows, done in _id_rows(path):
        yield EntityBatch([uri for _, uri in rows], done=done)


def _read_triples(path: Path, entities: Path, relations: Path | None) -> Iterator[Batch]:
    uris = _uris(entities)
    names = _uris(relations) if relations else {}
    unnamed: list[str] = []
    for block in blocks(path, _TRIPLE_WHAT):
        heads: list[str] = []
        used: list[str] = []
        tails: list[str] = []
        for number, line in enumerate(block.lines, block.first):
            cells = line.split()
            if not cells:
                continue
            if len(cells) != 3:
                raise InputError(path, _TRIPLE_WHAT, shown(line), line=number)
            head, relation, tail = cells
            if head not in uris or tail not in uris:
                unknown = tail if head in uris else head
                raise InputError(
                    path, f"entity numbers that {entities.name} lists", shown(unknown), line=number
                )
            if relation not in names:
                if not relation.isdecimal():
                    raise InputError(path, _TRIPLE_WHAT, shown(line), line=number)
                names[relation] = relation
                unnamed.append(relation)
            heads.append(uris[head])
            used.append(names[relation])
            tails.append(uris[tail])
        yield RelationBatch(heads, used, tails, block.done)
    yield NameBatch(unnamed, [f"relation {relation}" for relation in unnamed], done=size(path))


FORMAT = Format(
    name="dbp15k",
    dataset_layout="ent_ids_1, ent_ids_2, triples_1 and triples_2 (DBP15K)",
    graph_layout="ent_ids_1 and triples_1 (DBP15K)",
    recognise_dataset=_recognise_dataset,
    recognise_graph=_recognise_graph,
    open_dataset=_open_dataset,
    open_graph=_open_graph,
    open_links=_open_links,
)
