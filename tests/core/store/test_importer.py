from __future__ import annotations

import json
import os
import sqlite3
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text

from core.errors import Cancelled, InputError, ProjectError
from core.kg.dataset import Dataset, GraphSource, LinkSource, open_dataset, open_pair
from core.kg.records import (
    AttributeBatch,
    Batch,
    EntityBatch,
    ImageBatch,
    LinkBatch,
    NameBatch,
    Note,
    RelationBatch,
)
from core.kg.source import Part
from core.store import bulk_file
from core.store.graph_loader import _distinct
from core.store.importer import ImportProgress, ImportReport, import_dataset
from core.store.project_file import ProjectFile


def graph(name: str, *batches: Batch) -> GraphSource:
    return GraphSource(name, f"/{name}", "CC0", (Part(f"{name} data", 0, lambda: iter(batches)),))


def dataset(left: GraphSource, right: GraphSource, *links: LinkBatch) -> Dataset:
    source = LinkSource("/links", (Part("links", 0, lambda: iter(links)),)) if links else None
    return Dataset("pair", left, right, source, "made up", "a test says so")


def triples(*rows: tuple[str, str, str]) -> RelationBatch:
    return RelationBatch([h for h, _, _ in rows], [r for _, r, _ in rows], [t for _, _, t in rows])


def values(*rows: tuple[str, str, str], declares: bool = True) -> AttributeBatch:
    blank = [""] * len(rows)
    columns = [list(column) for column in zip(*rows, strict=True)]
    return AttributeBatch(*columns, blank, blank, declares=declares)


RIGHT = graph("right", triples(("x", "s", "y")))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "out" / "pair.mimea"


def query(target: Path, sql: str) -> list[tuple[object, ...]]:
    project = ProjectFile.open(target)
    with project.read() as session:
        rows = [tuple(row) for row in session.execute(text(sql))]
    project.close()
    return rows


def nothing_left(target: Path) -> bool:
    return not target.parent.exists()


def test_a_graph_comes_in_whole(target: Path) -> None:
    left = graph(
        "left",
        triples(
            ("http://e/Andy_Griffith", "http://e/birthPlace", "http://e/b"), ("http://e/b", "r", "http://e/b")
        ),
        values(("http://e/b", "http://e/areaTotal", "4")),
        EntityBatch(["http://e/b", "http://e/alone"], ["Bee", ""], ["", "on its own"]),
        NameBatch(["r"], ["relation r"]),
        Note("a note"),
    )
    report = import_dataset(target, dataset(left, RIGHT, LinkBatch(["x"], ["http://e/b"], ["gold"])))
    assert query(target, "SELECT side, name, source, license FROM graph ORDER BY id") == [
        ("left", "left", "/left", "CC0"),
        ("right", "right", "/right", "CC0"),
    ]
    assert query(target, "SELECT id, graph_id, uri, label, description FROM entity ORDER BY id") == [
        (1, 1, "http://e/Andy_Griffith", "Andy Griffith", ""),
        (2, 1, "http://e/b", "Bee", ""),
        (3, 1, "http://e/alone", "alone", "on its own"),
        (4, 2, "x", "x", ""),
        (5, 2, "y", "y", ""),
    ]
    assert query(target, "SELECT graph_id, uri, label FROM relation ORDER BY id") == [
        (1, "http://e/birthPlace", "birth place"),
        (1, "r", "relation r"),
        (2, "s", "s"),
    ]
    assert query(
        target, "SELECT graph_id, head_id, relation_id, tail_id FROM relation_triple ORDER BY head_id"
    ) == [
        (1, 1, 1, 2),
        (1, 2, 2, 2),
        (2, 4, 3, 5),
    ]
    assert query(target, "SELECT entity_id, attribute_id, value FROM attribute_triple") == [(2, 1, "4")]
    assert query(target, "SELECT label FROM attribute") == [("area total",)]
    assert query(target, "SELECT left_id, right_id, source FROM link") == [(2, 4, "gold")]
    assert report.counts["left"] == {
        "entity": 3,
        "relation": 2,
        "relation_triple": 2,
        "attribute": 1,
        "attribute_triple": 1,
        "image": 0,
    }
    assert (report.left.isolated, report.left.dangling, report.left.notes) == (1, 2, ["a note"])
    assert report.links == 1


def test_the_file_is_a_sound_project(target: Path) -> None:
    import_dataset(
        target, dataset(graph("left", triples(("a", "r", "b"))), RIGHT, LinkBatch(["a"], ["x"], [""]))
    )
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert query(target, "PRAGMA journal_mode") == [("wal",)]
    assert query(target, "PRAGMA integrity_check") == [("ok",)]
    assert query(target, "PRAGMA foreign_key_check") == []
    empty = ProjectFile.create(target.with_name("empty.mimea"))
    empty.close()
    schema = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
    assert query(target, schema) == query(empty.path, schema)


def test_the_report_is_kept_with_each_graph(target: Path) -> None:
    report = import_dataset(target, dataset(graph("left", triples(("a", "r", "b"))), RIGHT))
    kept = {side: json.loads(told) for side, told in query(target, "SELECT side, report_json FROM graph")}
    assert kept["left"] == report.side_dict("left")
    assert kept["right"]["counts"]["entity"] == 2
    assert kept["right"]["format"] == "made up"
    assert "links" in "\n".join(report.lines())


def test_duplicates_are_merged_and_counted(target: Path) -> None:
    left = graph(
        "left",
        triples(("a", "r", "b"), ("b", "r", "a"), ("a", "r", "b")),
        triples(("a", "r", "b")),
        values(("a", "p", "1"), ("a", "p", "1"), ("a", "p", "2")),
        values(("a", "p", "1")),
    )
    right = graph("right", triples(("x", "s", "y")), values(("x", "p", "1"), ("x", "p", "1")))
    links = LinkBatch(["a", "x", "a"], ["x", "a", "y"], ["first", "second", "third"])
    report = import_dataset(target, dataset(left, right, links))
    assert (report.left.duplicates, report.right.duplicates) == (2 + 2, 1)
    assert report.left.counts["relation_triple"] == 2
    assert report.left.counts["attribute_triple"] == 2
    assert query(target, "SELECT count(*) FROM relation_triple") == [(3,)]
    assert query(target, "SELECT entity_id, value FROM attribute_triple ORDER BY id") == [
        (1, "1"),
        (1, "2"),
        (3, "1"),
    ]
    assert query(target, "SELECT source FROM link ORDER BY right_id") == [("first",), ("third",)]
    assert (report.links, report.links_repeated) == (2, 1)


def test_what_only_describes_declares_no_entity(target: Path) -> None:
    left = graph(
        "left",
        triples(("a", "r", "b")),
        values(("a", "p", "1"), ("c", "p", "1"), ("c", "q", "2"), declares=False),
        EntityBatch(["b", "d"], ["Bee", "Dee"], declares=False),
        ImageBatch(["e"], [Path("/nowhere/e.png")]),
    )
    report = import_dataset(target, dataset(left, RIGHT))
    assert query(target, "SELECT uri, label FROM entity WHERE graph_id = 1") == [("a", "a"), ("b", "Bee")]
    assert report.left.notes == [
        "2 attribute triples and 1 label and 1 image left out: about 3 things unknown as entities of this "
        "graph"
    ]


def test_links_find_their_ends_and_the_others_are_counted(target: Path) -> None:
    left = graph(
        "left", triples(("a", "r", "b")), LinkBatch(["a", "a"], ["y", "http://elsewhere"], ["owl:sameAs"] * 2)
    )
    links = LinkBatch(["x", "a", "a", "nobody"], ["a", "b", "nobody", "x"], ["1", "2", "3", "4"])
    report = import_dataset(target, dataset(left, RIGHT, links))
    assert query(target, "SELECT left_id, right_id, source FROM link ORDER BY right_id") == [
        (1, 3, "1"),
        (1, 4, "owl:sameAs"),
    ]
    assert (report.links, report.links_unknown, report.links_elsewhere) == (2, 3, 1)
    assert report.notes == [
        "3 links were left out: an end is in neither graph or in the wrong one",
        "1 owl:sameAs statement leads outside these two graphs",
    ]


def test_links_that_a_graph_states_wait_on_disk(target: Path) -> None:
    held: list[int] = []

    def stating() -> Iterator[Batch]:
        yield triples(("a", "r", "b"))
        for start in range(0, 100_000, 5_000):
            others = [f"http://elsewhere/{number:080}" for number in range(start, start + 5_000)]
            yield LinkBatch(["a"] * 5_000, others, ["owl:sameAs"] * 5_000)
            del others
            held.append(tracemalloc.get_traced_memory()[0])
        yield LinkBatch(["a"], ["y"], ["owl:sameAs"])

    left = GraphSource("left", "/left", "", (Part("statements", 0, stating),))
    tracemalloc.start()
    try:
        report = import_dataset(target, dataset(left, RIGHT))
    finally:
        tracemalloc.stop()
    assert (report.links, report.links_elsewhere) == (1, 100_000)
    assert held[-1] - held[1] < 2_000_000, "fifteen megabytes went by"
    assert query(target, "SELECT name FROM sqlite_master WHERE name LIKE '%stated%'") == []


def test_images_are_measured(target: Path, tmp_path: Path) -> None:
    Image.new("RGB", (8, 6)).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_text("no picture")
    paths = [tmp_path / "a.png", tmp_path / "b.png", tmp_path / "c.png", tmp_path / "a.png"]
    left = graph("left", triples(("a", "r", "b")), ImageBatch(["a", "b", "b", "a"], paths))
    report = import_dataset(target, dataset(left, RIGHT))
    assert query(
        target, "SELECT entity_id, path, width, height, status, length(sha256) FROM image ORDER BY id"
    ) == [
        (1, str(paths[0]), 8, 6, "ok", 64),
        (2, str(paths[1]), 0, 0, "unreadable", 64),
        (2, str(paths[2]), 0, 0, "missing", 0),
    ]
    assert (report.left.images_missing, report.left.images_unreadable) == (1, 1)
    assert report.left.notes == ["1 image file is missing", "1 image file can't be read"]


def test_an_existing_file_is_not_touched(target: Path) -> None:
    target.parent.mkdir()
    target.write_text("mine")
    with pytest.raises(ProjectError, match="exists already"):
        import_dataset(target, dataset(RIGHT, RIGHT))
    assert target.read_text() == "mine"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_wrong_input_leaves_nothing_behind(target: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "A_EntityTriples.txt").write_text("a r b .\n")
    (source / "B_EntityTriples.txt").write_text("a r b .\na r\n")
    with pytest.raises(InputError, match=r"B_EntityTriples.txt, line 2: expected `head relation tail \.`"):
        import_dataset(target, open_dataset(source))
    assert nothing_left(target)


@pytest.mark.parametrize("where", ["Reading", "Writing", "Building indexes", "Saving"])
def test_cancelling_leaves_nothing_behind(target: Path, where: str) -> None:
    stop = threading.Event()

    def on_progress(progress: ImportProgress) -> None:
        if progress.stage.startswith(where):
            stop.set()

    left = graph("left", triples(*((f"e{i}", "r", "b") for i in range(50))))
    if where == "Saving":  # the last stage begins with the last look at the switch, so it goes through
        import_dataset(target, dataset(left, RIGHT), on_progress=on_progress, cancelled=stop)
        assert target.is_file()
        return
    with pytest.raises(Cancelled):
        import_dataset(target, dataset(left, RIGHT), on_progress=on_progress, cancelled=stop)
    assert nothing_left(target)


def test_a_long_statement_is_interrupted(target: Path) -> None:
    stop = threading.Event()

    def read() -> Iterator[Batch]:
        for start in range(0, 200_000, 20_000):
            rows = [(f"e{i}", "p", str(i)) for i in range(start, start + 20_000)]
            yield values(*rows)

    def on_progress(progress: ImportProgress) -> None:
        if progress.stage.startswith("Merging"):  # one statement; nobody looks at the switch meanwhile
            stop.set()

    left = GraphSource("left", "", "", (Part("left", 0, read),))
    with pytest.raises(Cancelled):
        import_dataset(target, dataset(left, RIGHT), on_progress=on_progress, cancelled=stop)
    assert nothing_left(target)


def test_a_failing_reader_or_callback_leaves_nothing_behind(target: Path) -> None:
    def fail(progress: ImportProgress) -> None:
        if progress.stage.startswith("Building"):
            raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        import_dataset(target, dataset(RIGHT, RIGHT), on_progress=fail)
    assert nothing_left(target)


def test_a_file_that_appears_meanwhile_is_not_overwritten(target: Path) -> None:
    def on_progress(progress: ImportProgress) -> None:
        if progress.stage == "Saving":
            target.write_text("mine")

    with pytest.raises(ProjectError, match="meanwhile"):
        import_dataset(target, dataset(RIGHT, RIGHT), on_progress=on_progress)
    assert target.read_text() == "mine"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_second_import_to_the_same_place_is_refused(target: Path) -> None:
    refused: list[ProjectError] = []

    def on_progress(progress: ImportProgress) -> None:
        if progress.stage == "Building indexes":
            with pytest.raises(ProjectError, match="another process") as caught:
                import_dataset(target, dataset(RIGHT, RIGHT))
            refused.append(caught.value)

    import_dataset(target, dataset(RIGHT, RIGHT), on_progress=on_progress)
    assert refused
    assert query(target, "SELECT count(*) FROM entity") == [(4,)]


def test_two_that_begin_at_the_same_time_stay_apart(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create = ProjectFile.create

    def create_while_another_begins(path: Path) -> ProjectFile:
        made = create(path)
        monkeypatch.setattr(ProjectFile, "create", create)
        with pytest.raises(ProjectError, match="another process"):
            import_dataset(target, dataset(RIGHT, RIGHT))
        return made

    monkeypatch.setattr(ProjectFile, "create", create_while_another_begins)
    import_dataset(target, dataset(RIGHT, RIGHT))
    assert query(target, "SELECT count(*) FROM entity") == [(4,)]
    assert [path.name for path in target.parent.iterdir()] == [target.name]


@pytest.mark.parametrize("remains", [b"", b"rubbish" * 1000])
def test_what_a_killed_import_left_is_replaced(target: Path, remains: bytes) -> None:
    target.parent.mkdir()
    target.with_name(target.name + ".part").write_bytes(remains)
    import_dataset(target, dataset(RIGHT, RIGHT))
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ProjectError, match="can't be created"):
        import_dataset(tmp_path / "file" / "pair.mimea", dataset(RIGHT, RIGHT))
    (tmp_path / "pair.mimea.part.lock").mkdir()  # no lock can be had there
    with pytest.raises(ProjectError, match=r"pair\.mimea can't be created: "):
        import_dataset(tmp_path / "pair.mimea", dataset(RIGHT, RIGHT))


@pytest.mark.parametrize("pages", [0, 5, 12, 20, 30, 40])
def test_a_full_disk_is_told_and_leaves_nothing(
    target: Path, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    """At the first rows, later, among the indexes: the empty file has a page a table and index."""
    connect = bulk_file.connect_to_fill

    def nearly_full(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        (there,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {there + pages}")
        return connection

    monkeypatch.setattr(bulk_file, "connect_to_fill", nearly_full)
    left = graph("left", triples(*((f"a{i}", "r", f"b{i}") for i in range(2000))))
    with pytest.raises(ProjectError, match=r"pair\.mimea can't be written: database or disk is full$"):
        import_dataset(target, dataset(left, RIGHT))
    assert nothing_left(target)


def test_progress_is_told_in_stages_and_not_too_often(target: Path) -> None:
    told: list[ImportProgress] = []

    def read() -> Iterator[Batch]:
        for i in range(2000):
            yield RelationBatch([f"e{i}"], ["r"], ["t"], done=i + 1)

    left = GraphSource("left", "", "", (Part("left triples", 2000, read),))
    report: ImportReport = import_dataset(target, dataset(left, RIGHT), on_progress=told.append)
    stages = [progress.stage for progress in told]
    assert stages[0] == "Reading left triples"
    assert stages[-1] == "Saving"
    assert told[-1].counts["entity"] == 2003
    assert len(told) < 20 + 12 * report.seconds
    assert told[-1].rate > 0
    for progress in told:
        assert progress.seconds_left is None or progress.seconds_left >= 0
        assert 0 <= progress.done <= (progress.total or progress.done)


def test_numbers_beyond_one_machine_word_are_merged_too() -> None:
    columns = np.array([[1, 1, 2**40, 1], [5, 5, 2**40, 3], [7, 7, 2**40, 7]], np.int64)
    for offset in (0, 2**40):
        found = _distinct(columns + offset)
        assert (found - offset).T.tolist() == [[1, 3, 7], [1, 5, 7], [2**40] * 3]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_no_text(tmp_path: Path) -> None:
    odd = os.fsdecode(b"\xff")
    for name in ("l", "r"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "g.csv").write_text("id,label\nx,X\n")
    (tmp_path / "images" / "x").mkdir(parents=True)
    Image.new("RGB", (4, 4)).save(tmp_path / "images" / "x" / f"{odd}.png")
    dataset = open_pair(tmp_path / "l", tmp_path / "r", images_left=tmp_path / "images")
    report = import_dataset(tmp_path / "a.mimea", dataset)
    assert (report.left.counts["image"], report.left.images_unreadable) == (1, 1)
    (tmp_path / "l").rename(tmp_path / odd)
    with pytest.raises(InputError, match="a name in UTF-8"):
        import_dataset(tmp_path / "b.mimea", open_pair(tmp_path / odd, tmp_path / "r"))
    assert not (tmp_path / "b.mimea").exists()
