"""Links that the graphs' own files state, kept aside until both graphs are known: on disk, not in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from core.kg.records import LinkBatch
from core.store.many_rows import insert_rows

_COLUMNS = ("first", "second", "source")
_ROWS = 20_000


def make_room(connection: sqlite3.Connection, *, temporary: bool) -> None:
    """Make the table: a temporary one where the file is to be a project, which has no such table."""
    kind = "TEMP TABLE" if temporary else "TABLE"
    connection.execute(f"CREATE {kind} stated_link ({', '.join(_COLUMNS)})")


def put_aside(connection: sqlite3.Connection, links: LinkBatch) -> None:
    """Keep links."""
    rows = list(zip(links.firsts, links.seconds, links.sources, strict=True))
    insert_rows(connection, "stated_link", _COLUMNS, rows)


def any_stated(connection: sqlite3.Connection) -> bool:
    """Whether there are any."""
    return connection.execute("SELECT 1 FROM stated_link LIMIT 1").fetchone() is not None


def stated(connection: sqlite3.Connection) -> Iterator[LinkBatch]:
    """All of them in their order, some at a time."""
    found = connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM stated_link ORDER BY rowid")
    while rows := found.fetchmany(_ROWS):
        firsts, seconds, sources = (list(column) for column in zip(*rows, strict=True))
        yield LinkBatch(firsts, seconds, sources)
