"""The review page on 150,000 candidates: opening, scrolling, filtering and going from pair to pair."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication
from sqlalchemy import insert

from app.project import Project
from app.tasks import Tasks
from app.views.review.review_view import ReviewView
from core.review.evidence import pair_evidence
from core.review.journal import Decision, decide
from core.review.queue import load_queue
from core.store.candidates import candidate_rows
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter
from core.store.schema import AttributeTriple, Candidate, Entity, ModalityWeight, RelationTriple, RunSeed
from tests.support import build_project

pytestmark = [pytest.mark.benchmark, pytest.mark.qt_log_ignore("propagateSizeHints")]

LEFTS, PER_LEFT = 15_000, 10
FIRST_LEFT, FIRST_RIGHT = 1_000, 100_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectFile]:
    """15,000 entities a side, 10 candidates each, 2,000 verdicts and 3,000 seeds."""
    rng = random.Random(1)
    project = build_project(tmp_path_factory.mktemp("large") / "large.mimea", size=40)
    lefts = range(FIRST_LEFT, FIRST_LEFT + LEFTS)
    rights = range(FIRST_RIGHT, FIRST_RIGHT + LEFTS)
    with project.write() as session:
        for graph, ids in ((1, lefts), (2, rights)):
            session.execute(
                insert(Entity),
                [
                    {
                        "id": i,
                        "graph_id": graph,
                        "uri": f"http://example.org/{i:x}",
                        "label": f"Thing {i % LEFTS}",
                    }
                    for i in ids
                ],
            )
            triples = {(rng.choice(ids), 10 * graph + k % 2, rng.choice(ids)) for k in range(5 * LEFTS)}
            session.execute(
                insert(RelationTriple),
                [{"graph_id": graph, "head_id": h, "relation_id": r, "tail_id": t} for h, r, t in triples],
            )
            session.execute(
                insert(AttributeTriple),
                [
                    {"entity_id": i, "attribute_id": 10 * graph + k, "value": str(i % LEFTS * (k + 1))}
                    for i in ids
                    for k in range(3)
                ],
            )
            session.execute(
                insert(ModalityWeight),
                [
                    {
                        "run_id": 1,
                        "entity_id": i,
                        "structure": 0.4,
                        "relation": 0.4,
                        "attribute": 0.2,
                        "visual": None,
                    }
                    for i in ids
                ],
            )
        rows = []
        for offset, left in enumerate(lefts):
            others = [offset, *rng.sample(range(LEFTS), PER_LEFT - 1)]
            for rank, other in enumerate(others, start=1):
                score = rng.random() / rank
                rows.append(
                    {
                        "run_id": 1, "left_id": left, "right_id": FIRST_RIGHT + other, "rank": rank,
                        "score": score, "score_structure": score, "score_relation": score,
                        "score_attribute": score, "score_visual": None, "mutual": rank == 1,
                    }
                )  # fmt: skip
        session.execute(insert(Candidate), rows)
        session.execute(
            insert(RunSeed),
            [
                {"run_id": 1, "left_id": i, "right_id": i - FIRST_LEFT + FIRST_RIGHT, "role": "seed"}
                for i in lefts[:3000]
            ],
        )
    kinds = ("accepted", "rejected", "unsure")
    decide(
        project,
        [Decision(i, i - FIRST_LEFT + FIRST_RIGHT, kinds[i % 3]) for i in lefts[3000:5000]],  # type: ignore[arg-type]
    )
    yield project
    project.close()


def spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return f"p50 {statistics.median(ordered) * 1e3:6.1f} ms   p99 {p99 * 1e3:6.1f} ms   n {len(ordered)}"


def timed(work: Callable[[], object], times: int) -> list[float]:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return seconds


@pytest.mark.parametrize(
    "wanted",
    [
        CandidateFilter(1),
        CandidateFilter(1, best_only=False),
        CandidateFilter(1, queue="all", best_only=False),
        CandidateFilter(1, queue="accepted"),
        CandidateFilter(1, text="thing 77", best_only=False),
        CandidateFilter(1, order="left_label"),
    ],
    ids=["best", "every undecided", "all", "accepted", "search", "by label"],
)
def test_the_list(large: ProjectFile, wanted: CandidateFilter) -> None:
    def read() -> None:
        with large.read() as session:
            load_queue(session, wanted)

    print(f"\nlist, {wanted}: {spread(timed(read, 7))}")


def test_a_page_of_rows(large: ProjectFile) -> None:
    rng = random.Random(2)

    def read() -> None:
        with large.read() as session:
            candidate_rows(session, rng.sample(range(300, 150_000), 200))

    print(f"\npage of 200 rows: {spread(timed(read, 50))}")


def test_the_evidence_of_a_pair(large: ProjectFile) -> None:
    rng = random.Random(3)

    def read() -> None:
        offset = rng.randrange(LEFTS)
        with large.read() as session:
            pair_evidence(session, 1, FIRST_LEFT + offset, FIRST_RIGHT + offset)

    print(f"\nevidence of a pair: {spread(timed(read, 100))}")


def test_the_window(large: ProjectFile, qtbot, tmp_path: Path) -> None:
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    QApplication.setOrganizationName("mimea-bench")
    tasks = Tasks()
    project = Project(tasks)
    view = ReviewView(project)
    qtbot.addWidget(view)
    view.resize(1216, 740)
    view.show()
    longest: list[float] = []

    def pump_until(done: Callable[[], bool]) -> float:
        """Turn the event loop by hand; notes how long each turn keeps the GUI thread."""
        start = time.perf_counter()
        while not done():
            turn = time.perf_counter()
            QApplication.processEvents()
            longest.append(time.perf_counter() - turn)
            assert time.perf_counter() - start < 30
        return time.perf_counter() - start

    def shown() -> bool:
        evidence = view._panel.shown
        return evidence is not None and evidence.key == view._pair

    def idle() -> bool:
        return not tasks.busy and not view._ahead.waiting

    project.open(large.path)
    print(f"\nopen until the first pair is shown: {pump_until(shown) * 1e3:.0f} ms")
    pump_until(idle)
    view._queue._best.setCurrentIndex(1)
    print(f"all candidates, until listed: {pump_until(idle) * 1e3:.0f} ms, {len(view._model.queue):,} rows")

    longest.clear()
    table = view._queue.table
    bar = table.verticalScrollBar()
    for step in range(200):
        bar.setValue(bar.maximum() * step // 200)
        QApplication.processEvents()
        turn = time.perf_counter()
        table.viewport().repaint()
        longest.append(time.perf_counter() - turn)
    pump_until(idle)
    print(f"scrolling, GUI thread per turn: {spread(longest)}, longest {max(longest) * 1e3:.1f} ms")

    longest.clear()
    steps = []
    for _ in range(100):
        before = view._pair
        start = time.perf_counter()
        qtbot.keyClick(table, Qt.Key.Key_A)
        pump_until(lambda before=before: view._pair != before and shown())
        steps.append(time.perf_counter() - start)
        pump_until(idle)
    print(f"A until the next pair is shown (verdict on disk): {spread(steps)}")
    print(f"meanwhile, GUI thread per turn: {spread(longest)}, longest {max(longest) * 1e3:.1f} ms")
    project.close()
