"""What a project holds, counted: for ``info`` and the Graphs page."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, table
from sqlalchemy import column as named
from sqlalchemy.orm import DeclarativeBase, Session

from core.errors import ProjectError
from core.store.schema import (
    Attribute,
    AttributeTriple,
    Entity,
    Graph,
    Image,
    Link,
    Relation,
    RelationTriple,
    Run,
)
from core.store.vanished import PRESENT
from core.words import counted


@dataclass(frozen=True, slots=True)
class GraphInfo:
    """One graph: ``described`` are entities with a description, ``pictured`` those with a readable image.

    ``report`` is what its import said (:meth:`core.store.import_report.ImportReport.side_dict`).
    """

    side: str
    name: str
    source: str
    license: str
    entities: int
    relations: int
    relation_triples: int
    attributes: int
    attribute_triples: int
    images: int
    described: int
    pictured: int
    linked: int
    report: dict[str, Any]

    def lines(self) -> list[str]:
        """A few lines to read."""
        return [
            f"{self.side}: {self.name}" + (f", {self.license}" if self.license else ""),
            f"  {counted(self.entities, 'entity')}, {self.described:,} with a description, "
            f"{self.pictured:,} with an image, {self.linked:,} linked",
            f"  {counted(self.relation_triples, 'relation triple')} of {counted(self.relations, 'relation')}",
            f"  {counted(self.attribute_triples, 'attribute triple')} of "
            f"{counted(self.attributes, 'attribute')}",
        ]


@dataclass(frozen=True, slots=True)
class ProjectInfo:
    """Both graphs, and what has been done with them; ``verdicts`` are those in force, by kind."""

    left: GraphInfo
    right: GraphInfo
    links: int
    runs: int
    verdicts: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def lines(self) -> list[str]:
        """A few lines to read."""
        told = [
            *self.left.lines(),
            *self.right.lines(),
            f"{counted(self.links, 'link')}, {counted(self.runs, 'run')}",
        ]
        if self.verdicts:
            kinds = sorted(self.verdicts.items())
            told.append("verdicts: " + ", ".join(f"{n:,} {kind.replace('_', ' ')}" for kind, n in kinds))
        return told


def project_info(session: Session) -> ProjectInfo:
    """Count everything; takes a fraction of a second on half a million triples, so not on the GUI thread.

    Raises:
        ProjectError: the project does not have its two graphs.
    """
    graphs = {graph.side: graph for graph in session.scalars(select(Graph))}
    if set(graphs) != {"left", "right"}:
        raise ProjectError("the project holds no graphs yet; import a dataset first")
    current = table("current_verdict", named("kind"))
    verdicts = session.execute(select(current.c.kind, func.count()).group_by(current.c.kind)).all()
    return ProjectInfo(
        left=_graph_info(session, graphs["left"], Link.left_id),
        right=_graph_info(session, graphs["right"], Link.right_id),
        links=_rows(session, select(func.count()).select_from(Link)),
        runs=_rows(session, select(func.count()).select_from(Run)),
        verdicts={str(kind): int(count) for kind, count in verdicts},
    )


def _graph_info(session: Session, graph: Graph, link_end: Any) -> GraphInfo:
    def of_graph(model: type[DeclarativeBase], *conditions: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(model).where(named("graph_id") == graph.id, *conditions)
        return _rows(session, query)

    def of_entities(model: type[AttributeTriple] | type[Image], what: Any, *conditions: Any) -> int:
        query = select(func.count(what)).select_from(model).join(Entity, Entity.id == model.entity_id)
        return _rows(session, query.where(Entity.graph_id == graph.id, *conditions))

    return GraphInfo(
        side=graph.side,
        name=graph.name,
        source=graph.source,
        license=graph.license,
        entities=of_graph(Entity, PRESENT),
        relations=of_graph(Relation),
        relation_triples=of_graph(RelationTriple),
        attributes=of_graph(Attribute),
        attribute_triples=of_entities(AttributeTriple, AttributeTriple.id),
        images=of_entities(Image, Image.id),
        described=of_graph(Entity, Entity.description != "", PRESENT),
        pictured=of_entities(Image, Image.entity_id.distinct(), Image.status == "ok"),
        linked=_rows(session, select(func.count(link_end.distinct()))),
        report=json.loads(graph.report_json),
    )


def _rows(session: Session, query: Select[Any]) -> int:
    return int(session.execute(query).scalar_one())
