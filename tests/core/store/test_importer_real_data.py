"""The published counts of the datasets that lie beside the repository, and the demo's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from core.kg.dataset import open_dataset
from core.store.graphs import project_info
from core.store.importer import ImportReport, import_dataset
from core.store.project_file import ProjectFile

REPOSITORY = Path(__file__).resolve().parents[3]
DATA = REPOSITORY.parent / "shared" / "data"
DEMO = REPOSITORY / "resources" / "demo"


def _import(source: Path, tmp_path: Path) -> tuple[ImportReport, ProjectFile]:
    if not source.is_dir():
        pytest.skip(f"{source} is not here")
    report = import_dataset(tmp_path / "real.mimea", open_dataset(source))
    return report, ProjectFile.open(tmp_path / "real.mimea")


def test_fb15k_db15k(tmp_path: Path) -> None:
    report, project = _import(DATA / "fb15k-db15k", tmp_path)
    with project.read() as session:
        info = project_info(session)
        labels = dict(
            session.execute(
                text("SELECT uri, label FROM entity WHERE uri IN ('/m/010016', '/m/01m4kpp', :d)"),
                {"d": "http://dbpedia.org/resource/Andy_Griffith"},
            ).all()
        )
        broken = session.execute(text("PRAGMA foreign_key_check")).all()
    project.close()
    assert (info.left.name, info.right.name) == ("FB15K", "DB15K")
    assert (info.left.entities, info.left.relation_triples, info.left.relations) == (14_787, 381_186, 1_056)
    assert (info.right.entities, info.right.relation_triples, info.right.relations) == (12_842, 89_197, 279)
    assert (info.left.attribute_triples, info.right.attribute_triples) == (29_358, 0)
    assert (info.links, report.links, report.links_unknown) == (12_772, 12_772, 74)
    assert (info.left.images, info.right.images) == (0, 0)
    assert any("37 attribute triples" in note for note in report.left.notes)
    assert any("13,444 images" in note for note in report.left.notes)
    assert labels == {
        "/m/010016": "Denton",
        "/m/01m4kpp": "Andy Griffith",
        "http://dbpedia.org/resource/Andy_Griffith": "Andy Griffith",
    }
    assert broken == []


def test_dbp15k_zh_en(tmp_path: Path) -> None:
    report, project = _import(DATA / "dbp15k-zh-en", tmp_path)
    with project.read() as session:
        info = project_info(session)
        names = session.execute(
            text(
                "SELECT e.label, t.value FROM entity e JOIN attribute_triple t ON t.entity_id = e.id "
                "WHERE e.uri = 'http://zh.dbpedia.org/resource/阿卜杜拉·居尔'"
            )
        ).all()
    project.close()
    assert (info.left.entities, info.left.relation_triples, info.left.relations) == (19_388, 70_414, 1_701)
    assert (info.right.entities, info.right.relation_triples, info.right.relations) == (19_572, 95_142, 1_323)
    assert (info.links, report.links_unknown) == (15_000, 0)
    assert names == [("阿卜杜拉·居尔", "abdullah gul")]


def test_the_demo(tmp_path: Path) -> None:
    report, project = _import(DEMO, tmp_path)
    with project.read() as session:
        info = project_info(session)
        kinds = session.execute(text("SELECT DISTINCT source FROM link ORDER BY source")).scalars().all()
        unlabelled = session.execute(
            text("SELECT count(*) FROM entity WHERE label LIKE 'http%'")
        ).scalar_one()
    project.close()
    assert (info.left.name, info.right.name) == ("atlas", "factbook")
    assert info.left.pictured == info.left.images > 0
    assert info.right.pictured == info.right.images > 0
    assert report.links_unknown == report.links_repeated == 0
    assert info.links == report.links > 0
    assert "country" in kinds
    assert unlabelled == 0
    assert info.left.license
