"""Links added to a project after its graphs, as seeds to train on or as a reference to measure against."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal, TypeVar

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from core.errors import ProjectError
from core.kg.links import open_links, refuse_doubtful
from core.kg.preview import FirstRows, first_rows
from core.kg.records import SIDES
from core.kg.source import LinkSource
from core.store.link_rows import LinkRows
from core.store.project_file import ProjectFile
from core.store.schema import Entity, Graph, Link
from core.store.vanished import PRESENT
from core.words import counted

Role = Literal["seeds", "reference"]
ROLES: tuple[Role, Role] = ("seeds", "reference")
_ROWS = 20_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LinkReport:
    """What came of a file of links.

    ``changed`` were known with another source, ``unchanged`` with this one; ``unknown`` were left out because
    an end is in neither, or the wrong, graph.
    """

    source: str
    added: int
    changed: int
    unchanged: int
    unknown: int
    notes: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The report as a few lines to read."""
        told = (
            f"{counted(self.added, 'link')} added, {self.changed:,} known before and changed, "
            f"{self.unchanged:,} unchanged"
        )
        return [f"{self.source}: {told}", *(f"  {note}" for note in self.notes)]


def role_of(source: str) -> Role | None:
    """The role that a link's source says; None for links that came with the graphs."""
    return next((role for role in ROLES if source.startswith(f"{role}: ")), None)


def import_links(project: ProjectFile, path: Path, role: Role) -> LinkReport:
    """Add the links of a file, all or none; their source says ``ROLE: FILE``, also of links known before.

    A copy of the project is left beside it first.

    Raises:
        InputError: the file is not what it should be.
        ProjectError: the project has no two graphs, or can't be written.
    """
    path, opened = _opened(path)
    rows = _rows(project, opened)
    source = f"{role}: {path.name}"
    project.autosave("import")
    with project.write() as session:
        known = {(left_id, right_id): held for left_id, right_id, held in session.execute(_KNOWN)}
        new = [pair for pair in rows.rows if pair not in known]
        changed = [pair for pair in rows.rows if known.get(pair, source) != source]
        for chunk in _chunks(new):
            session.execute(insert(Link), [{"left_id": a, "right_id": b, "source": source} for a, b in chunk])
        for chunk in _chunks(changed):
            session.connection().execute(
                _CHANGE, [{"of_left": a, "of_right": b, "new_source": source} for a, b in chunk]
            )
    return LinkReport(
        source=source,
        added=len(new),
        changed=len(changed),
        unchanged=len(rows.rows) - len(new) - len(changed),
        unknown=rows.unknown,
        notes=rows.notes(),
    )


@dataclass(frozen=True, slots=True)
class LinksFound:
    """What lies in a file of links: how it is read and why, its first rows, and what all of them come to.

    ``links`` have an end in each graph of the project, and ``known`` of them it has already; ``notes`` say
    what would be left out.
    """

    format: str
    reason: str
    first_rows: FirstRows
    links: int
    known: int
    notes: tuple[str, ...]


def look_at_links(project: ProjectFile, path: Path, most: int) -> LinksFound:
    """Read a file of links to its end and change nothing; ``most`` is the number of first rows.

    Raises:
        InputError: the file is not what it should be.
        ProjectError: the project has no two graphs.
    """
    path, opened = _opened(path)
    (first,) = first_rows(opened, most)
    rows = _rows(project, opened)
    with project.read() as session:
        known = {(left_id, right_id) for left_id, right_id, _ in session.execute(_KNOWN)}
    return LinksFound(
        opened.format,
        opened.reason,
        first,
        len(rows.rows),
        len(known & rows.rows.keys()),
        tuple(rows.notes()),
    )


def _opened(path: Path) -> tuple[Path, LinkSource]:
    path = path.expanduser().absolute()
    refuse_doubtful(path)
    return path, open_links(path)


def _rows(project: ProjectFile, source: LinkSource) -> LinkRows:
    """All links of a file with an end in each graph, and what is to be said of the others."""
    with project.read() as session:
        left, right = (entities_by_uri(session, side) for side in SIDES)
    if not left or not right:
        raise ProjectError("the project holds no graphs yet; import a dataset first")
    rows = LinkRows(left, right)
    for part in source.parts:
        for batch in part.read():
            rows.take(batch)
    return rows


_KNOWN = select(Link.left_id, Link.right_id, Link.source)
_CHANGE = (
    update(Link.__table__)  # type: ignore[arg-type]
    .where(Link.left_id == bindparam("of_left"), Link.right_id == bindparam("of_right"))
    .values(source=bindparam("new_source"))
)


def entities_by_uri(session: Session, side: str) -> dict[str, int]:
    """The ids of a graph's entities by identifier; empty where there is no such graph yet."""
    query = select(Entity.uri, Entity.id).join(Graph, Graph.id == Entity.graph_id)
    query = query.where(Graph.side == side, PRESENT)
    return {uri: number for uri, number in session.execute(query)}  # noqa: C416, rows are no plain tuples


def _chunks(items: list[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, _ROWS)):
        yield chunk
