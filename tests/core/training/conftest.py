"""A small pair of graphs that can be aligned: the right one is the left one, renamed and noisy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as Picture
from sqlalchemy import insert

from core.config import RunConfig
from core.store.project_file import ProjectFile
from core.store.schema import (
    Attribute,
    AttributeTriple,
    Entity,
    Graph,
    Image,
    Link,
    Relation,
    RelationTriple,
)

MakeProject = Callable[..., ProjectFile]
SIZE = 60


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Two threads on graphs this small mostly wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def quick() -> RunConfig:
    """Settings with which the two copies are aligned in about a second."""
    return RunConfig().replace(
        epochs=20,
        dimension=16,
        learning_rate=0.02,
        seed_ratio=0.3,
        evaluate_every=10,
        transport_sample=64,
        device="cpu",
    )


@pytest.fixture
def make_project(tmp_path: Path) -> Iterator[MakeProject]:
    """Makes projects; entity ``i`` of the left graph is entity ``size + i`` of the right one, from 1."""
    made: list[ProjectFile] = []

    def make(
        *,
        size: int = SIZE,
        degree: int = 4,
        relations: int = 6,
        attributes: bool = True,
        images: bool = False,
        links: bool = True,
        isolated: int = 0,
    ) -> ProjectFile:
        project = ProjectFile.create(tmp_path / f"pair{len(made)}.mimea")
        made.append(project)
        rng = np.random.default_rng(0)
        connected = size - isolated
        triples = (
            {
                (int(h), int(r), int(t))
                for h, r, t in zip(
                    rng.integers(1, connected + 1, size * degree),
                    rng.integers(1, relations + 1, size * degree),
                    rng.integers(1, connected + 1, size * degree),
                    strict=True,
                )
            }
            if degree
            else set()
        )
        with project.write() as session:
            for graph, side in ((1, "left"), (2, "right")):
                first = (graph - 1) * size
                session.add(Graph(id=graph, side=side, name=side))
                session.flush()
                session.execute(
                    insert(Entity),
                    [
                        {"id": first + i, "graph_id": graph, "uri": f"{side}/{i}", "label": f"{i}"}
                        for i in range(1, size + 1)
                    ],
                )
                session.execute(
                    insert(Relation),
                    [
                        {"id": 100 * graph + r, "graph_id": graph, "uri": f"{side}/r{r}", "label": ""}
                        for r in range(1, relations + 1)
                    ],
                )
                kept = [triple for triple in sorted(triples) if rng.random() < 0.95]
                if kept:
                    session.execute(
                        insert(RelationTriple),
                        [
                            {
                                "graph_id": graph,
                                "head_id": first + h,
                                "relation_id": 100 * graph + r,
                                "tail_id": first + t,
                            }
                            for h, r, t in kept
                        ],
                    )
                if attributes:
                    _add_attributes(session, graph, first, size)
                if images:
                    _add_images(session, tmp_path / side, first, size)
            if links:
                session.execute(
                    insert(Link), [{"left_id": i, "right_id": size + i} for i in range(1, size + 1)]
                )
        return project

    yield make
    for project in made:
        project.close()


def _add_attributes(session, graph: int, first: int, size: int) -> None:  # type: ignore[no-untyped-def]
    """Five attribute types; every fourth entity has none."""
    session.execute(
        insert(Attribute),
        [{"id": 100 * graph + a, "graph_id": graph, "uri": f"{graph}/a{a}", "label": ""} for a in range(5)],
    )
    session.execute(
        insert(AttributeTriple),
        [
            {"entity_id": first + i, "attribute_id": 100 * graph + a, "value": "x"}
            for i in range(1, size + 1)
            for a in range(5)
            if i % 4 and (i >> a) & 1
        ],
    )


def _add_images(session, folder: Path, first: int, size: int) -> None:  # type: ignore[no-untyped-def]
    """A two-coloured flag for two entities of three."""
    folder.mkdir()
    rows = []
    for i in range(1, size + 1):
        if i % 3 == 0:
            continue
        path = folder / f"{i}.png"
        picture = Picture.new("RGB", (24, 16), ((37 * i) % 256, (91 * i) % 256, (53 * i) % 256))
        picture.paste(((11 * i) % 256, 0, (29 * i) % 256), (0, 0, 12, 16))
        picture.save(path)
        rows.append({"entity_id": first + i, "path": str(path), "sha256": "", "status": "ok"})
    session.execute(insert(Image), rows)
