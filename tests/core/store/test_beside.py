"""Two large graphs are loaded by two processes, which must make no difference to what comes in."""

from __future__ import annotations

import os
import pickle
import signal
import sqlite3
import threading
from itertools import pairwise
from multiprocessing import active_children
from pathlib import Path

import pytest
from PIL import Image

from core.errors import Cancelled, InputError, ProjectError
from core.kg.dataset import open_dataset, open_pair
from core.kg.source import Dataset
from core.store import beside
from core.store.import_report import TABLES
from core.store.importer import ImportProgress, import_dataset

LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
DEPICTION = "http://xmlns.com/foaf/0.1/depiction"
SAME_AS = "http://www.w3.org/2002/07/owl#sameAs"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "out" / "pair.mimea"


@pytest.fixture
def two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "WORTH_A_PROCESS", 0)


def write_graph(path: Path, side: str, *more: str) -> Path:
    entity = [f"http://{side}/Thing_{i}" for i in range(30)]
    lines = [f"<{a}> <http://{side}/next> <{b}> ." for a, b in pairwise(entity)]
    lines += [lines[0], f'<{entity[3]}> <{LABEL}> "The third"@en .', f'<{entity[3]}> <{LABEL}> "Drei"@de .']
    lines += [f'<{e}> <http://{side}/size> "{i % 7}" .' for i, e in enumerate(entity)]
    lines += [f'<{entity[1]}> <{DEPICTION}> "one.png" .', f'<{entity[1]}> <{DEPICTION}> "lost.png" .']
    lines += [f"<http://right/Thing_{i}> <{SAME_AS}> <http://left/Thing_{i}> ." for i in (2, 4)]
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([*lines, *more]) + "\n")
    Image.new("RGB", (4, 3)).save(path.parent / "one.png")
    return path


def pair(folder: Path, *more: str) -> Dataset:
    """A pair of graphs; the right one's file ends with ``more`` lines."""
    left = write_graph(folder / "l" / "left.nt", "left")
    return open_pair(left, write_graph(folder / "r" / "right.nt", "right", *more))


def rows(project: Path) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(project) as connection:
        found = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    return found


def test_two_processes_import_what_one_does(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = pair(tmp_path)
    one = import_dataset(tmp_path / "one.mimea", dataset)
    monkeypatch.setattr(beside, "WORTH_A_PROCESS", 0)
    told: list[ImportProgress] = []
    two = import_dataset(target, dataset, on_progress=told.append)
    assert rows(target) == rows(tmp_path / "one.mimea")
    assert all(rows(target).values())
    assert (two.left, two.right, two.links, two.notes) == (one.left, one.right, one.links, one.notes)
    assert two.right.images_missing == 1
    assert told[-1].counts == {table: len(found) for table, found in rows(target).items()}
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_an_error_in_the_second_graph_names_its_line(
    tmp_path: Path, target: Path, two_processes: None
) -> None:
    dataset = pair(tmp_path, "<http://a> <http://b> c .")
    with pytest.raises(InputError, match=r"right\.nt, line \d+") as caught:
        import_dataset(target, dataset)
    assert caught.value.line == len((tmp_path / "r" / "right.nt").read_text().splitlines())
    assert not target.parent.exists()
    assert not active_children()


@pytest.mark.parametrize("stage", ["Reading left", "Adding right", "Building"])
def test_a_cancel_ends_both(tmp_path: Path, target: Path, two_processes: None, stage: str) -> None:
    stop = threading.Event()

    def on_progress(progress: ImportProgress) -> None:
        if progress.stage.startswith(stage):
            stop.set()

    with pytest.raises(Cancelled):
        import_dataset(target, pair(tmp_path), on_progress=on_progress, cancelled=stop)
    assert not target.parent.exists()
    assert not active_children()


def test_a_process_that_is_killed_is_told(tmp_path: Path, target: Path, two_processes: None) -> None:
    def on_progress(_progress: ImportProgress) -> None:
        for process in active_children():
            os.kill(process.pid or 0, signal.SIGTERM)

    with pytest.raises(ProjectError, match="the process that read right ended early"):
        import_dataset(target, pair(tmp_path), on_progress=on_progress)
    assert not target.parent.exists()


def test_a_place_that_the_second_process_cannot_write_is_told(
    tmp_path: Path, target: Path, two_processes: None
) -> None:
    target.parent.mkdir()
    (target.parent / f"{target.name}.part-beside").mkdir()
    with pytest.raises(ProjectError, match=r"pair\.mimea can't be written: unable to open"):
        import_dataset(target, pair(tmp_path))


def test_small_graphs_are_read_by_one_process(tmp_path: Path) -> None:
    assert not beside.is_worth_a_process(pair(tmp_path))


def test_what_every_format_opens_can_be_sent_to_a_process(tmp_path: Path) -> None:
    openea = tmp_path / "openea"
    openea.mkdir()
    for name in ("rel_triples_1", "rel_triples_2", "attr_triples_1", "ent_links"):
        (openea / name).write_text("a\tb\tc\n" if "triples" in name else "a\tb\n")
    mmkb = tmp_path / "mmkb"
    mmkb.mkdir()
    for name in ("A_EntityTriples.txt", "B_EntityTriples.txt", "A_ImageIndex.txt", "A_NumericalTriples.txt"):
        (mmkb / name).write_text("a r b .\n")
    dbp15k = tmp_path / "zh_en"
    dbp15k.mkdir()
    for name in ("ent_ids_1", "ent_ids_2", "triples_1", "triples_2", "training_attrs_1", "dbp_zh_en.json"):
        (dbp15k / name).write_text("0\ta\n")
    (dbp15k / "zh_en_GA_id_img_feature_dict.pkl").write_bytes(b"")
    table = tmp_path / "triples.csv"
    table.write_text("head,relation,tail\na,r,b\n")
    images = tmp_path / "images"
    images.mkdir()
    datasets = [open_dataset(folder) for folder in (openea, mmkb, dbp15k)]
    datasets += [open_pair(table, table, images_left=images, images_right=images), pair(tmp_path)]
    for dataset in datasets:
        for graph in (dataset.left, dataset.right):
            sent = pickle.loads(pickle.dumps(graph))
            assert [part.title for part in sent.parts] == [part.title for part in graph.parts]
