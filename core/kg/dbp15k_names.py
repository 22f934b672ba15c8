"""What may lie beside the DBP15K layout: attribute types by entity, and names translated into English."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from core.errors import InputError
from core.kg.compressed import Contents, find, named
from core.kg.records import AttributeBatch, Batch
from core.kg.source import Part
from core.kg.text import Terms, blocks, require_file, shown, size

TRANSLATED_NAME = "translated name"
_NAMES_FOLDER = "translated_ent_name"
_ATTRIBUTES_WHAT = "an entity's URI and its attributes' URIs, tab-separated"
_NAMES_WHAT = 'JSON such as [[0, ["abdullah", "gul"]], …]'
_ROWS = 20_000


def attributes_part(title: str, path: Path) -> Part:
    """Attribute types by entity; the layout has no values, so they are empty."""
    return Part(title, size(path), partial(_read_attributes, path), (path,))


def _read_attributes(path: Path) -> Iterator[Batch]:
    terms = Terms()
    for block in blocks(path, _ATTRIBUTES_WHAT):
        entities: list[str] = []
        attributes: list[str] = []
        for number, line in enumerate(block.lines, block.first):
            cells = [cell.strip() for cell in line.split("\t")]
            if cells == [""]:
                continue
            if len(cells) < 2 or not cells[0]:
                raise InputError(path, _ATTRIBUTES_WHAT, shown(line), line=number)
            types = [terms[cell] for cell in cells[1:] if cell]
            entities.extend([terms[cells[0]]] * len(types))
            attributes.extend(types)
        blank = [""] * len(entities)
        yield AttributeBatch(entities, attributes, blank, blank, blank, declares=False, done=block.done)


def names_file(folder: Path) -> Path | None:
    """The file of translated names: ``dbp_zh_en.json`` in the folder or in ``translated_ent_name``.

    That may be beside the folder too, with the names of other pairs.
    """
    for place in (folder, folder / _NAMES_FOLDER):
        if place.is_dir():
            for path in named(place, ".json"):
                if path.name.startswith("dbp_"):
                    return path
    return find(folder.parent / _NAMES_FOLDER, f"dbp_{folder.name}.json")


def names_part(title: str, path: Path, uris: Callable[[], dict[str, str]]) -> Part:
    """Translated names as an attribute of the entities that ``uris`` (number -> URI) knows.

    The label stays the URI's own: the curator reads the source, the translation is one more hint.
    """
    return Part(title, size(path), partial(_read_names, path, uris), (path,))


def _read_names(path: Path, uris: Callable[[], dict[str, str]]) -> Iterator[Batch]:
    rows, known = _load(path), uris()
    entities: list[str] = []
    values: list[str] = []
    for place, row in enumerate(rows):
        try:
            number, tokens = row
            uri = known.get(str(number))
            name = " ".join(tokens) if isinstance(tokens, list) else None
        except (TypeError, ValueError):
            name = None
        if name is None:
            raise InputError(path, _NAMES_WHAT, f"{shown(json.dumps(row))} as element {place}")
        if uri is not None:
            entities.append(uri)
            # JSON can spell half a surrogate pair, which no UTF-8 text can hold
            values.append(name.encode("utf-8", "replace").decode("utf-8"))
    for start in range(0, len(entities), _ROWS):
        chunk = entities[start : start + _ROWS]
        count = len(chunk)
        yield AttributeBatch(
            chunk,
            [TRANSLATED_NAME] * count,
            values[start : start + _ROWS],
            [""] * count,
            ["en"] * count,
            declares=False,
            done=size(path) * (start + count) // len(entities),
        )


def _load(path: Path) -> list[Any]:
    require_file(path, _NAMES_WHAT)
    try:
        with Contents(path, _NAMES_WHAT) as file:
            rows = json.loads(file.read().decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise InputError(path, _NAMES_WHAT, error.msg, line=error.lineno) from error
    except UnicodeDecodeError as error:
        raise InputError(path, f"{_NAMES_WHAT} in UTF-8", shown(error.object[error.start :][:20])) from error
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(path, _NAMES_WHAT, f"a file that can't be read ({error})") from error
    if not isinstance(rows, list):
        raise InputError(path, _NAMES_WHAT, shown(json.dumps(rows)))
    return rows
