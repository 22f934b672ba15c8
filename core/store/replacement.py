"""Puts the rows of a staged graph in the place of a project's, within one transaction of either database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, delete, func, insert, or_, select, text, update
from sqlalchemy.orm import Session

from core.kg.records import Side
from core.store.candidate_columns import columns_from_rows, pack_candidates, renew_facts
from core.store.copying import continue_numbers
from core.store.import_report import ProgressMeter
from core.store.schema import (
    Attribute,
    AttributeTriple,
    Candidate,
    Entity,
    Graph,
    Image,
    Link,
    Relation,
    RelationTriple,
    Run,
    Verdict,
)
from core.store.search import drop_index
from core.store.vanished import VANISHED, epitaph, vanished_at

_ROWS = 10_000
_CLOSE_RANKS = """
UPDATE candidate SET rank = counted.place
FROM (SELECT id, row_number() OVER (PARTITION BY run_id, left_id ORDER BY rank) AS place FROM candidate)
  AS counted
WHERE candidate.id = counted.id AND candidate.rank <> counted.place
"""

Rows = Iterable[dict[str, Any]]
T = TypeVar("T")


class Replacement:
    """Every row of the staged graph gets the number that its URI has in the project, or a new one."""

    def __init__(self, session: Session, staged: Session, side: Side, meter: ProgressMeter) -> None:
        self._session = session
        self._staged = staged
        self._meter = meter
        self._graph = session.scalars(select(Graph).where(Graph.side == side)).one()
        self._new_graph = staged.scalars(select(Graph).where(Graph.side == side)).one()
        self._side = side
        self._other = "right" if side == "left" else "left"
        self._vanished = select(Entity.id).where(Entity.graph_id == self._graph.id, VANISHED)
        self._some_went = False
        self._time = datetime.now(UTC).isoformat(timespec="microseconds")

    def run(self) -> None:
        """Replace the graph.

        Raises:
            Cancelled: the user stopped it; the transaction is to be rolled back.
        """
        self._meter.stage("Removing the old triples")
        self._remove_details()
        entities = self._merge_entities()
        self._remove_links()
        relations = self._merge_types(Relation, RelationTriple.relation_id)
        attributes = self._merge_types(Attribute, AttributeTriple.attribute_id)
        self._copy_details(entities, relations, attributes)
        self._copy_links(entities)
        self._renew_candidates()
        for name in ("name", "source", "license", "report_json"):
            setattr(self._graph, name, getattr(self._new_graph, name))
        drop_index(self._session)
        self._session.flush()

    def _remove_details(self) -> None:
        own = select(Entity.id).where(Entity.graph_id == self._graph.id)
        self._session.execute(delete(RelationTriple).where(RelationTriple.graph_id == self._graph.id))
        for model in (AttributeTriple, Image):
            self._session.execute(delete(model).where(model.entity_id.in_(own)))

    def _remove_links(self) -> None:
        """Those of entities that are gone; others may have been added since the plan."""
        self._session.execute(delete(Link).where(getattr(Link, f"{self._side}_id").in_(self._vanished)))

    def _merge_entities(self) -> dict[int, int]:
        """Match, add and mark entities; returns the project's number of each staged one."""
        old = {
            row.uri: row
            for row in self._session.execute(
                select(Entity.uri, Entity.id, Entity.label, Entity.description).where(
                    Entity.graph_id == self._graph.id
                )
            )
        }
        numbers: dict[int, int] = {}
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        returned: dict[int, str] = {}
        following = self._next_id(Entity.__table__)
        for row in self._staged.execute(
            select(Entity.id, Entity.uri, Entity.label, Entity.description)
            .where(Entity.graph_id == self._new_graph.id)
            .order_by(Entity.id)
        ):
            was = old.pop(row.uri, None)
            values = {"label": row.label, "description": row.description}
            if was is None:
                numbers[row.id] = following + len(new)
                new.append({"id": numbers[row.id], "graph_id": self._graph.id, "uri": row.uri, **values})
                continue
            numbers[row.id] = was.id
            if time := vanished_at(was.description):
                returned[was.id] = time
            if (was.label, was.description) != (row.label, row.description):
                changed.append({"number": was.id, **values})
        gone = [row.id for row in old.values() if not vanished_at(row.description)]
        changed += [
            {"number": row.id, "label": row.label, "description": epitaph(self._time)}
            for row in old.values()
            if not vanished_at(row.description)
        ]
        self._insert(Entity.__table__, new, "Writing entities", len(new))
        self._update(Entity.__table__, ("label", "description"), changed)
        continue_numbers(self._session, Entity.__table__)
        self._some_went = bool(gone)
        if gone:
            self._forget_candidates()
        self._settle_verdicts(set(gone), returned)
        return numbers

    def _forget_candidates(self) -> None:
        """Remove the candidates of entities that are gone; those left of a left entity move up."""
        mine = getattr(Candidate, f"{self._side}_id")
        self._session.execute(delete(Candidate).where(mine.in_(self._vanished)))
        self._session.execute(text(_CLOSE_RANKS))

    def _renew_candidates(self) -> None:
        """What is packed of candidates also says what their entities are and whether they have pictures."""
        self._meter.stage("Renewing candidates")
        for run_id in self._session.scalars(select(Run.id)).all():
            if self._some_went:
                renew_facts(self._session, run_id)
            else:
                pack_candidates(self._session, run_id, columns_from_rows(self._session, run_id))

    def _settle_verdicts(self, gone: set[int], returned: dict[int, str]) -> None:
        """Undo those on entities that are gone, and bring those back that were undone so before."""
        rows = self._session.execute(
            select(Verdict.id, Verdict.left_id, Verdict.right_id, Verdict.undone_at).where(
                or_(Verdict.undone_at.is_(None), Verdict.undone_at.in_(set(returned.values())))
            )
        ).all()
        others = self._vanished_others()
        changes = []
        for row in rows:
            mine, other = (row.left_id, row.right_id) if self._side == "left" else (row.right_id, row.left_id)
            if row.undone_at is None and mine in gone:
                changes.append({"number": row.id, "undone_at": self._time})
            elif row.undone_at is not None and returned.get(mine) == row.undone_at:
                changes.append({"number": row.id, "undone_at": others.get(other)})
        self._update(Verdict.__table__, ("undone_at",), changes)

    def _vanished_others(self) -> dict[int, str]:
        """When each vanished entity of the other graph went."""
        rows = self._session.execute(
            select(Entity.id, Entity.description).where(Entity.graph_id != self._graph.id, VANISHED)
        )
        return {row.id: vanished_at(row.description) or "" for row in rows}

    def _merge_types(self, model: type[Relation] | type[Attribute], used: Any) -> dict[int, int]:
        """As :meth:`_merge_entities`, for types of relations or attributes; those gone are deleted."""
        types: Table = model.__table__  # type: ignore[assignment]
        old = {
            row.uri: row.id
            for row in self._session.execute(
                select(types.c.uri, types.c.id).where(types.c.graph_id == self._graph.id)
            )
        }
        following = self._next_id(types)
        numbers: dict[int, int] = {}
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for row in self._staged.execute(
            select(types.c.id, types.c.uri, types.c.label).where(types.c.graph_id == self._new_graph.id)
        ):
            was = old.pop(row.uri, None)
            numbers[row.id] = following + len(new) if was is None else was
            if was is None:
                new.append(
                    {"id": numbers[row.id], "graph_id": self._graph.id, "uri": row.uri, "label": row.label}
                )
            else:
                changed.append({"number": was, "label": row.label})
        self._update(types, ("label",), changed)
        self._insert(types, new)
        continue_numbers(self._session, types)
        if old:
            # Without an index the database would look through all triples once for each type it deletes.
            self._session.execute(text(f"CREATE INDEX used_types ON {used.table.name} ({used.name})"))
            for part in _chunks(old.values()):
                self._session.execute(delete(types).where(types.c.id.in_(part)))
            self._session.execute(text("DROP INDEX used_types"))
        return numbers

    def _copy_details(
        self, entities: dict[int, int], relations: dict[int, int], attributes: dict[int, int]
    ) -> None:
        triples, values, images = (model.__table__ for model in (RelationTriple, AttributeTriple, Image))
        graph_id = self._graph.id

        def relation_rows() -> Iterator[dict[str, Any]]:
            for row in self._staged_rows(select(triples).where(triples.c.graph_id == self._new_graph.id)):
                yield {
                    "head_id": entities[row.head_id],
                    "relation_id": relations[row.relation_id],
                    "tail_id": entities[row.tail_id],
                    "graph_id": graph_id,
                }

        def attribute_rows() -> Iterator[dict[str, Any]]:
            for row in self._staged_rows(select(values)):
                yield {
                    "entity_id": entities[row.entity_id],
                    "attribute_id": attributes[row.attribute_id],
                    "value": row.value,
                    "datatype": row.datatype,
                    "language": row.language,
                }

        def image_rows() -> Iterator[dict[str, Any]]:
            for row in self._staged_rows(select(images)):
                rest = {c.name: getattr(row, c.name) for c in images.c if c.name not in ("id", "entity_id")}
                yield {"entity_id": entities[row.entity_id], **rest}

        for told, table, rows in (
            ("relation triples", triples, relation_rows()),
            ("attribute triples", values, attribute_rows()),
            ("images", images, image_rows()),
        ):
            count = self._staged.scalar(select(func.count()).select_from(table)) or 0
            self._insert(table, rows, f"Writing {told}", count)

    def _copy_links(self, entities: dict[int, int]) -> None:
        """The staged file has those of the plan, and those that the new version itself states."""
        theirs = Entity.__table__.alias()
        staged = {
            row.id: row.uri
            for row in self._staged.execute(
                select(Entity.id, Entity.uri).where(Entity.graph_id != self._new_graph.id)
            )
        }
        ours = {
            row.uri: row.id
            for row in self._session.execute(
                select(theirs.c.uri, theirs.c.id).where(theirs.c.graph_id != self._graph.id)
            )
        }
        mine, other = f"{self._side}_id", f"{self._other}_id"
        known = {tuple(pair) for pair in self._session.execute(select(Link.left_id, Link.right_id))}

        def link_rows() -> Iterator[dict[str, Any]]:
            for row in self._staged_rows(select(Link.left_id, Link.right_id, Link.source)):
                pair = {mine: entities[getattr(row, mine)], other: ours[staged[getattr(row, other)]]}
                if (pair["left_id"], pair["right_id"]) not in known:
                    yield {**pair, "source": row.source}

        self._insert(Link.__table__, link_rows(), "Writing links")

    def _staged_rows(self, query: Any) -> Iterator[Any]:
        return iter(self._staged.execute(query.execution_options(yield_per=_ROWS)))

    def _insert(self, table: Any, rows: Rows, stage: str = "", count: int = 0) -> None:
        if stage:
            self._meter.stage(stage, count)
        written = 0
        for part in _chunks(rows):
            self._session.execute(insert(table), part)
            written += len(part)
            self._meter.at(written)

    def _update(self, table: Any, columns: tuple[str, ...], rows: Rows) -> None:
        """Rows of ``number``, which is the id, and the new values of ``columns``."""
        statement = (
            update(table)
            .where(table.c.id == bindparam("number"))
            .values({name: bindparam(f"new_{name}") for name in columns})
        )
        for part in _chunks(rows):
            values = [
                {"number": row["number"], **{f"new_{name}": row[name] for name in columns}} for row in part
            ]
            self._session.connection().execute(statement, values)

    def _next_id(self, table: Any) -> int:
        return (self._session.scalar(select(func.max(table.c.id))) or 0) + 1


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, _ROWS)):
        yield chunk
