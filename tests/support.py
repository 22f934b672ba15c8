"""Small made-up projects for tests: two noisy copies of one graph, with a finished run's candidates."""

from __future__ import annotations

import atexit
import ctypes
import hashlib
import os
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from PIL import Image as Picture
from sqlalchemy import event, insert, text

from core.config import RunConfig
from core.store.candidate_columns import renew_facts
from core.store.project_file import ProjectFile
from core.store.schema import (
    Attribute,
    AttributeTriple,
    Candidate,
    Entity,
    Epoch,
    Graph,
    Image,
    Link,
    ModalityWeight,
    Relation,
    RelationTriple,
    Run,
    RunSeed,
)

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"
DEMO = REPOSITORY / "resources" / "demo"

_NAMES = ["Kenya", "France", "Chad", "Niger", "Peru", "Japan", "Oman", "Fiji", "Togo", "Cuba", "Mali", "Laos"]


def build_project(path: Path, *, size: int = 40, run: bool = True, images: bool = True) -> ProjectFile:
    """A project whose entity ``i`` (1..size) of the left graph is entity ``size + i`` of the right one.

    Every third entity has no image, every fifth no attributes. With ``run``, run 1 is done and holds five
    candidates per left entity; the true counterpart ranks first for all but every seventh one.
    """
    made = _made(size, run, images)
    assert not path.exists()
    shutil.copytree(made.parent, path.parent, dirs_exist_ok=True, ignore=lambda *_: [made.name])
    shutil.copyfile(made, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(
            "UPDATE image SET path = replace(path, ?, ?)", (str(made.parent), str(path.parent))
        )
    return ProjectFile.open(path)


@cache
def _made(size: int, run: bool, images: bool) -> Path:
    """The project that all of this kind are copies of: many tests want one, and none changes it."""
    folder = Path(tempfile.mkdtemp(prefix="mimea-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "made.mimea"
    _make(path, size, run, images).close()
    return path


def _make(path: Path, size: int, run: bool, images: bool) -> ProjectFile:
    rng = random.Random(7)
    project = ProjectFile.create(path)
    with project.write() as session:
        session.execute(
            insert(Graph),
            [
                {"id": 1, "side": "left", "name": "Atlas", "source": "test", "license": "ODbL-1.0"},
                {"id": 2, "side": "right", "name": "Factbook", "source": "test", "license": "CC0-1.0"},
            ],
        )
        for graph, offset, relations, attributes in (
            (1, 0, ["capital", "borders"], ["area", "demonym", "population"]),
            (2, size, ["capital city", "border country"], ["area total", "nationality", "population"]),
        ):
            session.execute(
                insert(Entity),
                [
                    {
                        "id": offset + i,
                        "graph_id": graph,
                        "uri": f"http://example.org/{graph}/{i:04x}",
                        "label": entity_label(graph, i),
                        "description": f"thing number {i}" if i % 2 else "",
                    }
                    for i in range(1, size + 1)
                ],
            )
            base = 10 * graph
            session.execute(
                insert(Relation),
                [
                    {
                        "id": base + k,
                        "graph_id": graph,
                        "uri": f"http://example.org/{graph}/r/{k}",
                        "label": label,
                    }
                    for k, label in enumerate(relations)
                ],
            )
            session.execute(
                insert(Attribute),
                [
                    {
                        "id": base + k,
                        "graph_id": graph,
                        "uri": f"http://example.org/{graph}/a/{k}",
                        "label": label,
                    }
                    for k, label in enumerate(attributes)
                ],
            )
            triples = {
                (offset + i, base + (i + j) % 2, offset + (i * j) % size + 1)
                for i in range(1, size + 1)
                for j in (1, 3, 7)
            }
            session.execute(
                insert(RelationTriple),
                [
                    {"graph_id": graph, "head_id": h, "relation_id": r, "tail_id": t}
                    for h, r, t in sorted(triples)
                ],
            )
            session.execute(
                insert(AttributeTriple),
                [
                    {"entity_id": offset + i, "attribute_id": base + k, "value": value}
                    for i in range(1, size + 1)
                    if i % 5
                    for k, value in enumerate((str(1000 * i), f"{entity_label(1, i)}n", str(i**3)))
                ],
            )
            if images:
                session.execute(insert(Image), _draw(path.parent / f"images{graph}", size, offset))
        session.execute(
            insert(Link),
            [{"left_id": i, "right_id": size + i, "source": "test"} for i in range(1, size + 1)],
        )
        if run:
            _add_run(session, size, rng)
    return project


def entity_label(graph: int, i: int) -> str:
    """The label of entity ``i`` of graph 1 or 2; every fourth differs between the graphs."""
    name = f"{_NAMES[i % len(_NAMES)]} {i}"
    return f"Republic of {name}" if graph == 2 and i % 4 == 0 else name


def _draw(folder: Path, size: int, offset: int) -> list[dict[str, object]]:
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, object]] = []
    for i in range(1, size + 1):
        if i % 3 == 0:
            continue
        file = folder / f"{i:04x}.png"
        picture = Picture.new("RGB", (64, 48), ((37 * i) % 256, (91 * i) % 256, (53 * i) % 256))
        picture.paste((255, 255, 255), (0, 16, 64, 32))
        picture.save(file)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        rows.append(
            {
                "entity_id": offset + i,
                "path": str(file),
                "sha256": digest,
                "width": 64,
                "height": 48,
                "status": "ok",
            }
        )
    return rows


def _add_run(session, size: int, rng: random.Random) -> None:  # type: ignore[no-untyped-def]
    session.add(
        Run(
            id=1,
            config_json=RunConfig().replace(support_weight=0).to_json(),
            status="done",
            device="CPU, 1 thread",
            started_at="2026-01-01T00:00:00.000+00:00",
            finished_at="2026-01-01T00:01:00.000+00:00",
            best_epoch=20,
            metrics_json="{}",
            modalities="structure,relation,attribute,visual",
        )
    )
    session.flush()
    session.execute(
        insert(RunSeed),
        [
            {"run_id": 1, "left_id": i, "right_id": size + i, "role": "seed" if i % 3 == 0 else "test"}
            for i in range(1, size + 1)
        ],
    )
    session.execute(
        insert(Epoch),
        [
            {
                "run_id": 1, "epoch": e, "seconds": 0.1, "loss_joint": 5 / e, "loss_structure": 6 / e,
                "loss_relation": 4 / e, "loss_attribute": 4.5 / e, "loss_visual": 3 / e,
                "mrr": 1 - 0.5 / e if e % 5 == 0 else None, "hits1": 1 - 0.6 / e if e % 5 == 0 else None,
                "hits10": 1 - 0.2 / e if e % 5 == 0 else None,
            }
            for e in range(1, 21)
        ],
    )  # fmt: skip
    candidates = []
    for i in range(1, size + 1):
        others = rng.sample([j for j in range(1, size + 1) if j != i], min(4, size - 1))
        order = [*others[:1], i, *others[1:]] if i % 7 == 0 else [i, *others]
        for rank, j in enumerate(order, start=1):
            score = round(0.98 - 0.004 * i - 0.11 * (rank - 1), 4)
            has_image = i % 3 and j % 3
            has_attributes = i % 5 and j % 5
            candidates.append(
                {
                    "run_id": 1, "left_id": i, "right_id": size + j, "rank": rank, "score": score,
                    "score_structure": score - 0.05, "score_relation": score - 0.02,
                    "score_attribute": score - 0.1 if has_attributes else None,
                    "score_visual": score + 0.01 if has_image else None,
                    "mutual": rank == 1 and i % 7 != 0,
                }
            )  # fmt: skip
    session.execute(insert(Candidate), candidates)
    weights = []
    for entity in range(1, 2 * size + 1):
        i = (entity - 1) % size + 1
        raw = {
            "structure": 0.4,
            "relation": 0.3,
            "attribute": 0.2 if i % 5 else None,
            "visual": 0.1 if i % 3 else None,
        }
        total = sum(value for value in raw.values() if value)
        weights.append(
            {"run_id": 1, "entity_id": entity} | {k: v / total if v else None for k, v in raw.items()}
        )
    session.execute(insert(ModalityWeight), weights)
    renew_facts(session, 1)


def page_count(project: ProjectFile) -> int:
    """The size of the project's file."""
    with project.read() as session:
        return int(session.scalar(text("PRAGMA page_count")))


@contextmanager
def full_disk(project: ProjectFile, pages: int = 0) -> Iterator[None]:
    """While this lasts the project's file can grow by so many pages; then SQLite has no room for more."""
    limit = page_count(project) + pages

    def fill(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {limit}")

    project.engine.dispose()
    event.listen(project.engine, "connect", fill)
    try:
        yield
    finally:
        event.remove(project.engine, "connect", fill)
        project.engine.dispose()


@contextmanager
def plain_user() -> Iterator[None]:
    """What an administrator may do to any file, this thread may not meanwhile; tests often run as one."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    # capabilities(7): version 3, this thread; effective, permitted and inheritable, low and high words.
    header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, sets) == 0
    before = sets[0]
    sets[0] = before & ~0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    assert libc.capset(header, sets) == 0
    try:
        yield
    finally:
        sets[0] = before
        assert libc.capset(header, sets) == 0
