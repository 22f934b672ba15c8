"""A graph in tables: relation triples in three columns, or entities with a column for each attribute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import islice
from pathlib import Path

from core.errors import ConfigError, InputError
from core.kg.compressed import plain
from core.kg.csv_text import WHAT, Dialect, Row, sniff, table, unmarked
from core.kg.links import open_links
from core.kg.records import AttributeBatch, Batch, EntityBatch, ImageBatch, RelationBatch
from core.kg.source import Format, GraphSource, Part
from core.kg.text import find_license, shown, size, strip_brackets
from core.kg.two_folders import TwoFolders, images_parts
from core.words import counted

SUFFIXES = (".csv", ".tsv")
_LINKS = "links"
_NOT_GRAPHS = (_LINKS, "labels")
_ROWS = 20_000
_LAYOUT = "tables (.csv or .tsv) of relation triples or of entities with their attributes"
# How columns are usually called, by what they are; the first name found counts.
_NAMES = {
    "head": ("head", "subject", "source", "from", "h", "s"),
    "relation": ("relation", "predicate", "property", "edge", "r", "p"),
    "tail": ("tail", "object", "target", "to", "t", "o"),
    "id": ("id", "uri", "iri", "entity", "entity_id", "identifier", "url", "qid"),
    "label": ("label", "rdfs:label", "name", "title", "preflabel"),
    "description": ("description", "comment", "abstract"),
    "image": ("image", "picture", "photo", "img", "depiction", "image_path"),
}


@dataclass(frozen=True, slots=True)
class CsvMapping:
    """What the columns of a table are, each by its name in the header, or by its number from 1 without one.

    Either ``head``, ``relation`` and ``tail`` are given, or ``id``; what is empty is not there. Of a table of
    entities every other column is an attribute.
    """

    header: bool = True
    id: str = ""
    head: str = ""
    relation: str = ""
    tail: str = ""
    label: str = ""
    description: str = ""
    image: str = ""

    @classmethod
    def parse(cls, written: str) -> CsvMapping:
        """A mapping from ``head=von,relation=art,tail=nach``; columns given by number mean no header.

        Raises:
            ConfigError: it names something else, or neither a whole triple nor an identifier.
        """
        pairs = dict(pair.partition("=")[::2] for pair in written.split(","))
        names = {what.strip(): name.strip() for what, name in pairs.items()}
        known = [field.name for field in fields(cls) if field.name != "header"]
        if not set(names) <= set(known) or not all(names.values()):
            raise ConfigError(
                f"columns are given as WHAT=NAME with WHAT among {', '.join(known)}: {written!r}"
            )
        mapping = cls(header=not all(name.isdecimal() for name in names.values()), **names)
        if not mapping.is_triples and not mapping.id:
            raise ConfigError(f"columns need head, relation and tail, or id: {written!r}")
        return mapping

    @property
    def is_triples(self) -> bool:
        """Whether the table is of relation triples."""
        return bool(self.head and self.relation and self.tail)


def guess_mapping(path: Path) -> CsvMapping:
    """What the header's names say; three columns without a known name are head, relation, tail.

    Raises:
        InputError: the file is no table, or its columns say nothing.
    """
    first = next(iter(preview_rows(path, 1)), None)
    if first is None:
        raise InputError(path, WHAT, "no row")
    names = {cell.lower(): cell for cell in reversed(first)}
    found = {
        what: next((names[name] for name in known if name in names), "") for what, known in _NAMES.items()
    }
    if all(found[part] for part in ("head", "relation", "tail")):
        return CsvMapping(head=found["head"], relation=found["relation"], tail=found["tail"])
    if found["id"]:
        return CsvMapping(
            id=found["id"], label=found["label"], description=found["description"], image=found["image"]
        )
    if len(first) == 3:
        return CsvMapping(header=False, head="1", relation="2", tail="3")
    expected = "columns head, relation and tail, or a column id, or three columns without a header"
    given = f"{counted(len(first), 'column')}: {shown(', '.join(first))}"
    raise InputError(path, expected, given, line=1)


def preview_rows(path: Path, count: int) -> list[list[str]]:
    """The cells of the first rows, the header among them.

    Raises:
        InputError: the file is no table.
    """
    return [row.cells for row in islice(table(path, sniff(path)), count)]


def open_tables(path: Path, images: Path | None = None, mapping: CsvMapping | None = None) -> GraphSource:
    """A graph of one table, or of all in a folder; ``mapping`` holds for each, else the headers say.

    Raises:
        InputError: there is no table, or (when it is read) its columns say nothing.
    """
    path = path.absolute()
    files = [path] if path.is_file() else _tables(path)
    if not files:
        raise InputError(path, _LAYOUT, "none")
    folder, name = (path.parent, plain(path).stem) if path.is_file() else (path, path.name)
    parts = [_part(f"{name} {plain(file).name}", file, folder, mapping) for file in files]
    parts += images_parts(name, folder, images)
    return GraphSource(name, str(path), find_license(folder), tuple(parts))


def _part(title: str, file: Path, folder: Path, mapping: CsvMapping | None) -> Part:
    return Part(title, size(file), partial(_read, file, folder, mapping), (file,))


def _read(path: Path, folder: Path, mapping: CsvMapping | None) -> Iterator[Batch]:
    mapping = mapping or guess_mapping(path)
    rows = table(path, dialect := sniff(path))
    header = next(rows, None) if mapping.header else _numbered(path, dialect)
    if header is None:
        raise InputError(path, WHAT, "no row")
    reader = (_triples if mapping.is_triples else _entities)(path, folder, header, mapping, rows)
    done = 0
    for batch in reader:
        done = max(done, batch.done)
        yield batch
    if done < size(path):
        yield EntityBatch([], done=size(path))  # the last rows may be blank


def _numbered(path: Path, dialect: Dialect) -> Row | None:
    """A stand-in for a header: the numbers of the columns."""
    first = next(table(path, dialect), None)
    return first and replace(first, cells=[str(number) for number in range(1, len(first.cells) + 1)], line=1)


def _triples(
    path: Path, _folder: Path, header: Row, mapping: CsvMapping, rows: Iterator[Row]
) -> Iterator[Batch]:
    places = [_place(path, header, name) for name in (mapping.head, mapping.relation, mapping.tail)]
    batch = RelationBatch([], [], [])
    for row in rows:
        ends = [_identifier(row.cells[place]) for place in places]
        if not all(ends):
            raise InputError(path, "head, relation and tail", f"an empty one in {_told(row)}", line=row.line)
        for column, end in zip((batch.heads, batch.relations, batch.tails), ends, strict=True):
            column.append(end)
        if len(batch.heads) >= _ROWS:
            yield replace(batch, done=row.done)
            batch = RelationBatch([], [], [])
    yield replace(batch, done=size(path))


def _entities(
    path: Path, folder: Path, header: Row, mapping: CsvMapping, rows: Iterator[Row]
) -> Iterator[Batch]:
    special = {
        field.name: _place(path, header, name)
        for field in fields(mapping)
        if field.name != "header" and (name := getattr(mapping, field.name))
    }
    if "id" not in special:
        raise InputError(path, "a column of identifiers", f"the columns {', '.join(header.cells)}", line=1)
    attributes = [
        (place, name) for place, name in enumerate(header.cells) if name and place not in special.values()
    ]
    lines: dict[str, int] = {}
    batch = _Collected(folder)
    for row in rows:
        entity = _identifier(row.cells[special["id"]])
        if not entity:
            raise InputError(path, "an identifier", f"none in {_told(row)}", line=row.line)
        if (before := lines.setdefault(entity, row.line)) != row.line:
            found = f"{shown(entity)} again, which line {before} describes"
            raise InputError(path, "each identifier once", found, line=row.line)
        batch.take(entity, row.cells, special, attributes)
        if len(batch.entities.uris) >= _ROWS:
            yield from batch.batches(row.done)
            batch = _Collected(folder)
    yield from batch.batches(size(path))


class _Collected:
    """The entities of some rows with what is said of them."""

    def __init__(self, folder: Path) -> None:
        self.entities = EntityBatch([], [], [])
        self._attributes = AttributeBatch([], [], [], [], [])
        self._images = ImageBatch([], [], root=folder)
        self._folder = folder

    def take(
        self, entity: str, cells: list[str], special: dict[str, int], attributes: Sequence[tuple[int, str]]
    ) -> None:
        def cell(what: str) -> str:
            return unmarked(cells[special[what]]) if what in special else ""

        self.entities.uris.append(entity)
        self.entities.labels.append(cell("label"))
        self.entities.descriptions.append(cell("description"))
        if image := cell("image"):
            self._images.entities.append(entity)
            self._images.paths.append(self._folder / image)
        for place, name in attributes:
            if value := cells[place]:
                self._attributes.entities.append(entity)
                self._attributes.attributes.append(name)
                self._attributes.values.append(unmarked(value))
                self._attributes.datatypes.append("")
                self._attributes.languages.append("")

    def batches(self, done: int) -> Iterator[Batch]:
        for batch in (self.entities, self._attributes, self._images):
            yield replace(batch, done=done)


def _place(path: Path, header: Row, name: str) -> int:
    try:
        return header.cells.index(name)
    except ValueError:
        expected, found = f"a column {name!r}", f"the columns {', '.join(header.cells)}"
        raise InputError(path, expected, found, line=header.line) from None


def _identifier(cell: str) -> str:
    return strip_brackets(unmarked(cell))


def _told(row: Row) -> str:
    return shown(", ".join(row.cells))


def is_table(path: Path) -> bool:
    """Whether ``path`` is a file whose suffix, compression apart, is that of a table."""
    return plain(path).suffix.lower() in SUFFIXES and path.is_file()


def _tables(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if is_table(p) and plain(p).stem not in _NOT_GRAPHS)


def _recognise_graph(path: Path) -> str | None:
    if path.is_file():
        return f"its name ends in {plain(path).suffix}" if is_table(path) else None
    files = _tables(path)
    return f"it holds the table {files[0].name}" if files else None


_PAIR = TwoFolders(
    format="csv",
    holds="tables",
    layout=_LAYOUT,
    files=_tables,
    open_graph=open_tables,
    link_files=tuple(_LINKS + suffix for suffix in SUFFIXES),
)

FORMAT = Format(
    name="csv",
    dataset_layout=f"two folders of {_LAYOUT}",
    graph_layout=_LAYOUT,
    recognise_dataset=_PAIR.recognise,
    recognise_graph=_recognise_graph,
    open_dataset=_PAIR.open,
    open_graph=open_tables,
    open_links=open_links,
)
