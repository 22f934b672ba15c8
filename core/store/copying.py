"""A project's contents from one database into another, such as a file onto a team's server."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, Table, insert, select, text
from sqlalchemy.orm import Session

from core.store.project_file import ProjectFile
from core.store.schema import Base

_ROWS = 10_000


def copy_contents(source: ProjectFile, target: ProjectFile) -> None:
    """Copy every row into ``target``, which is empty; all of them or none.

    Raises:
        ReadOnlyError: ``target`` is open for looking only.
    """
    with source.read() as reader, target.write() as writer:
        for table in Base.metadata.sorted_tables:
            rows = reader.execute(select(table).execution_options(yield_per=_ROWS))
            for part in rows.mappings().partitions(_ROWS):
                writer.execute(insert(table), [dict(row) for row in part])
            if _is_numbered(table):
                continue_numbers(writer, table)


def continue_numbers(session: Session, table: Any) -> None:
    """Let a server go on after the highest ``id``: it counts its own, and knows nothing of those given."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"
                f" (SELECT max(id) FROM {table.name})) WHERE EXISTS (SELECT 1 FROM {table.name})"
            )
        )


def _is_numbered(table: Table) -> bool:
    return [column.name for column in table.primary_key if isinstance(column.type, Integer)] == ["id"]
