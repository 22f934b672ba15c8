"""How long 100,000 accepted links take to leave in each format, and to come back. Run by `make bench`."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import insert

from core.export.diff import read_links
from core.export.links import FORMATS, preview, write_links
from core.export.options import ExportOptions
from core.store.project_file import ProjectFile
from core.store.schema import Candidate, Entity, Graph, Run, Verdict

pytestmark = pytest.mark.benchmark
LINKS = 100_000
MOST_SECONDS = 5.0


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> ProjectFile:
    project = ProjectFile.create(tmp_path_factory.mktemp("export") / "large.mimea")
    with project.write() as session:
        session.execute(
            insert(Graph), [{"id": n, "side": side, "name": side} for n, side in ((1, "left"), (2, "right"))]
        )
        session.execute(
            insert(Entity),
            [
                {
                    "id": i + LINKS * (g - 1),
                    "graph_id": g,
                    "uri": f"http://x.org/{g}/Thing_{i}",
                    "label": f"Thing {i}",
                }
                for g in (1, 2)
                for i in range(1, LINKS + 1)
            ],
        )
        session.add(Run(id=1, config_json="{}", status="done", started_at="2026-01-01T00:00:00+00:00"))
        session.flush()
        pairs = [{"run_id": 1, "left_id": i, "right_id": i + LINKS} for i in range(1, LINKS + 1)]
        scores = {f"score_{name}": 0.5 for name in ("structure", "relation", "attribute", "visual")}
        session.execute(insert(Candidate), [p | scores | {"rank": 1, "score": 0.9} for p in pairs])
        decided = {
            "kind": "accepted",
            "author": "ada",
            "score_shown": 0.9,
            "decided_at": "2026-01-02T00:00:00+00:00",
        }
        session.execute(insert(Verdict), [p | decided | {"step": p["left_id"]} for p in pairs])
    return project


@pytest.mark.parametrize("format", FORMATS)
def test_a_hundred_thousand_links(large: ProjectFile, tmp_path: Path, format: str) -> None:
    path = tmp_path / f"links{FORMATS[format].suffix}"
    start, worked = time.perf_counter(), time.process_time()
    write_links(large, path, format, ExportOptions(rejected=True, unsure=True))
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    start = time.perf_counter()
    preview(large, format)
    shown = time.perf_counter() - start
    start = time.perf_counter()
    assert len(read_links(path).same) == LINKS
    back = time.perf_counter() - start
    size = path.stat().st_size / 1e6
    told = f"written in {seconds:.2f} s ({worked:.2f} s of the processor, {size:.1f} MB)"
    print(f"\n{format:<9} {told}, preview in {shown:.2f} s, read back in {back:.2f} s")
    assert worked < MOST_SECONDS  # the clock also counts who else is on this machine
