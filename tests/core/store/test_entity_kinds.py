from __future__ import annotations

from sqlalchemy import text

from core.store.entity_kinds import EntityKind, kinds_of
from core.store.project_file import ProjectFile


def kinds(project: ProjectFile, *ids: int) -> dict[int, EntityKind]:
    with project.read() as session:
        return kinds_of(session, ids)


def test_types_are_what_the_type_relation_leads_to(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(
            text("INSERT INTO relation (id, graph_id, uri, label) VALUES (99, 1, 'http://w/ns#type', 'type')")
        )
        session.execute(text("INSERT INTO relation_triple VALUES (1, 99, 2, 1), (1, 99, 4, 1)"))
    assert kinds(project, 1)[1] == EntityKind(("Chad 2", "Peru 4"))


def test_without_types_it_is_the_most_frequent_relation(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(text("DELETE FROM relation_triple WHERE head_id = 1 OR tail_id = 1"))
        session.execute(
            text("INSERT INTO relation_triple VALUES (1, 10, 2, 1), (3, 11, 1, 1), (5, 11, 1, 1)")
        )
        session.execute(text("DELETE FROM relation_triple WHERE head_id = 8 OR tail_id = 8"))
    assert kinds(project, 1, 8) == {1: EntityKind((), "← borders"), 8: EntityKind()}
