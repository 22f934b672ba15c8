"""The review page on 10 thousand to a million candidates: opening, scrolling, sorting, filtering, judging."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import get_args

import numpy as np
import PIL.Image
import pytest
from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models.candidate_model import ROW_ROLE
from app.project import Project
from app.tasks import Tasks
from app.views.review.review_view import ReviewView
from core.review.evidence import pair_evidence
from core.review.journal import Decision, decide
from core.review.queue import load_queue
from core.store.candidate_columns import Ids, columns_from_rows, pack_candidates
from core.store.candidate_facts import candidate_facts
from core.store.candidates import candidate_rows
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter, QueueOrder, queue_counts
from core.store.runs import Candidates
from core.store.search import index_part
from tests.support import build_project

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.timeout(3_000),
    pytest.mark.qt_log_ignore("propagateSizeHints"),
]

SIZES = (1_000, 15_000, 100_000)  # left entities, of ten candidates each
PER_LEFT = 10
FIRST_LEFT, FIRST_RIGHT = 1_000, 1_000_000
PICTURED, PICTURE_SIZE = 200, (640, 427)  # pairs, pixels
OPENED = 7  # times
NEXT_PAIR = 0.1  # seconds from a verdict until the next pair is shown whole, as the median


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size * PER_LEFT}")
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectFile]:
    """Ten candidates for each left entity; an eighth are decided, a fifth are seeds."""
    size: int = request.param
    rng = np.random.default_rng(1)
    project = build_project(tmp_path_factory.mktemp("large") / "large.mimea", size=40)
    lefts, rights = (np.arange(first, first + size) for first in (FIRST_LEFT, FIRST_RIGHT))
    with project.write() as session:
        for graph, ids in ((1, lefts), (2, rights)):
            names = (
                (i, graph, f"http://example.org/{i:x}", f"Thing {i % size} of {i % 89}", "")
                for i in ids.tolist()
            )
            _fill(session, "entity", "id, graph_id, uri, label, description", names)
            ends = rng.choice(ids, (2, 3 * size))
            triples = {(h, 10 * graph + h % 2, t, graph) for h, t in ends.T.tolist()}
            _fill(session, "relation_triple", "head_id, relation_id, tail_id, graph_id", sorted(triples))
            values = (
                (i, 10 * graph + k, str(i % size * (k + 1)), "", "") for i in ids.tolist() for k in range(2)
            )
            _fill(session, "attribute_triple", "entity_id, attribute_id, value, datatype, language", values)
            weights = ((1, i, 0.4, 0.4, 0.2) for i in ids.tolist())
            _fill(session, "modality_weight", "run_id, entity_id, structure, relation, attribute", weights)
        _propose(session, lefts, rights, rng)
        _picture(session, project.path.parent, lefts)
        seeds = ((1, left, left - FIRST_LEFT + FIRST_RIGHT, "seed") for left in lefts[: size // 5].tolist())
        _fill(session, "run_seed", "run_id, left_id, right_id, role", seeds)
    kinds = ("accepted", "rejected", "unsure")
    decided = lefts[size // 5 : size // 5 + min(size // 8, 5_000)].tolist()
    decide(project, [Decision(i, i - FIRST_LEFT + FIRST_RIGHT, kinds[i % 3]) for i in decided])  # type: ignore[arg-type]
    while index_part(project):  # as the window has it by the time that somebody searches
        pass
    yield project
    project.close()


def _propose(session: Session, lefts: Ids, rights: Ids, rng: np.random.Generator) -> None:
    size = len(lefts)
    others = rng.integers(0, size, (size, PER_LEFT))
    others[:, 0] = np.arange(size)
    rank = np.tile(np.arange(1, PER_LEFT + 1), size)
    score = (rng.random(size * PER_LEFT) / rank).astype(np.float32)
    proposed = Candidates(
        np.repeat(lefts, PER_LEFT), rights[others].ravel(), rank, score, {"structure": score}, rank == 1,
        probability=score.astype(np.float64) ** 2,
    )  # fmt: skip
    facts = candidate_facts(proposed).rows(slice(None))
    columns = (proposed.left_id, proposed.right_id, rank, score, score, proposed.probability, proposed.mutual)
    rows = zip(repeat(1), *(column.tolist() for column in columns), *facts.values(), strict=False)
    names = "run_id, left_id, right_id, rank, score, score_structure, probability, mutual"
    session.execute(text("DELETE FROM candidate"))
    _fill(session, "candidate", ", ".join((names, *facts)), rows)
    pack_candidates(session, 1, columns_from_rows(session, 1))


def _picture(session: Session, folder: Path, lefts: Ids) -> None:
    """Pictures of what a curator sees first: both entities of the first pairs of the list."""
    best = text(
        "SELECT left_id, right_id FROM candidate WHERE rank = 1 AND left_id >= :first"
        " ORDER BY probability DESC LIMIT :most"
    )
    first = int(lefts[len(lefts) // 5 + min(len(lefts) // 8, 5_000)])  # those before are seeds or decided
    pairs = session.execute(best, {"first": first, "most": PICTURED}).all()
    rows = []
    noise = PIL.Image.effect_noise(PICTURE_SIZE, 50).convert("RGB")
    for entity in dict.fromkeys(entity for pair in pairs for entity in pair):
        path = folder / f"{entity}.jpg"
        noise.save(path)
        rows.append((entity, str(path), f"{entity:064x}", *PICTURE_SIZE, "ok"))
    _fill(session, "image", "entity_id, path, sha256, width, height, status", rows)


def _fill(session: Session, table: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
    marks = ", ".join("?" * len(columns.split(",")))
    cursor = session.connection().connection.cursor()
    cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


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


WANTED = {
    "best, as a project opens": CandidateFilter(1),
    "every undecided": CandidateFilter(1, best_only=False),
    "all": CandidateFilter(1, queue="all", best_only=False),
    "accepted": CandidateFilter(1, queue="accepted"),
    "conflicts": CandidateFilter(1, queue="conflict"),
    "search": CandidateFilter(1, text="thing 77", best_only=False),
}


def test_the_list(large: ProjectFile) -> None:
    def read(wanted: CandidateFilter) -> None:
        with large.read() as session:
            load_queue(session, wanted)

    for name, wanted in WANTED.items():
        print(f"\nlist, {name}: {spread(timed(partial(read, wanted), 5))}", end="")


def test_counting_the_queues(large: ProjectFile) -> None:
    def count() -> None:
        with large.read() as session:
            queue_counts(session, 1, "ada")

    print(f"\nthe counts of all queues: {spread(timed(count, 5))}")


def test_sorting_and_facets_of_all_candidates(large: ProjectFile) -> None:
    with large.read() as session:
        shown = load_queue(session, CandidateFilter(1, queue="all", best_only=False))

    def read() -> None:
        with large.read() as session:
            load_queue(session, wanted, shown)

    for order in get_args(QueueOrder):
        wanted = replace(shown.wanted, order=order)
        print(f"\nsorted by {order}: {spread(timed(read, 5))}", end="")
    wanted = replace(shown.wanted, facets=(("mutual", "One-sided"), ("margin", "behind")))
    print(f"\ntwo facets: {spread(timed(read, 5))}")


def test_a_page_of_rows(large: ProjectFile) -> None:
    rng = random.Random(2)

    def read() -> None:
        with large.read() as session:
            candidate_rows(session, rng.sample(range(300, 9_000), 200))

    print(f"\npage of 200 rows: {spread(timed(read, 50))}")


def test_the_evidence_of_a_pair(large: ProjectFile) -> None:
    rng = random.Random(3)

    def read() -> None:
        offset = rng.randrange(SIZES[0])
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
    loop = QEventLoop()
    alarm = QTimer(interval=1_000)  # or a loop in which nothing comes any more would not be noticed
    alarm.start()

    def pump_until(done: Callable[[], bool]) -> float:
        """Turn the event loop by hand; notes what each turn takes of the GUI thread.

        It sleeps until something comes, as the program's own loop does: one that never sleeps takes the
        interpreter from the threads that are waited for, three quarters of it at a million candidates.
        """
        start = time.perf_counter()
        while not done():
            turn = time.thread_time()
            loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            longest.append(time.thread_time() - turn)
            assert time.perf_counter() - start < 30
        return time.perf_counter() - start

    def shown() -> bool:
        evidence = view._panel.shown
        return evidence is not None and evidence.key == view._pair

    def pictured() -> bool:
        """Whether the pair stands there with its pictures, and they are pictures."""
        panel = view._panel
        return shown() and panel.left_image.has_picture and panel.right_image.has_picture

    def rows_shown() -> bool:
        return view._model.rowCount() > 0 and view._model.index(0, 0).data(ROW_ROLE) is not None

    def idle() -> bool:
        return not (tasks.busy or view._ahead.waiting or view._tools.counts.waiting)

    def listed() -> bool:
        return not view._model.queue.wanted.best_only

    opened, pairs = [], []
    for number in range(OPENED):
        if number:
            project.close()
            pump_until(lambda: not tasks.busy)
        project.open(large.path)
        opened.append(pump_until(rows_shown))
        pairs.append(opened[-1] + pump_until(shown))
        pump_until(idle)
        pump_until(idle)
    print(f"\nopen until the list and its first rows are there: {spread(opened)}")
    print(f"open until the first pair is shown: {spread(pairs)}")
    view.show_queue("all")
    pump_until(idle)
    view._queue.best.setCurrentIndex(1)
    print(f"all candidates, until listed: {pump_until(listed) * 1e3:.0f} ms", end="")
    print(f", with facets {pump_until(idle) * 1e3:.0f} ms more, {len(view._model.queue):,} rows")

    longest.clear()
    table = view._queue.table
    bar = table.verticalScrollBar()
    for step in range(200):
        bar.setValue(bar.maximum() * step // 200)
        QApplication.processEvents()
        turn = time.thread_time()
        table.viewport().repaint()
        longest.append(time.thread_time() - turn)
    pump_until(idle)
    print(f"scrolling, GUI thread per turn: {spread(longest)}, longest {max(longest) * 1e3:.1f} ms")

    longest.clear()
    sorts = []
    for column in (1, 2, 0, 0, 3):
        start = time.perf_counter()
        view._queue._sort(column)
        pump_until(idle)
        sorts.append(time.perf_counter() - start)
    print(f"a click on a header until sorted and shown: {spread(sorts)}")
    print(f"meanwhile, GUI thread per turn: {spread(longest)}, longest {max(longest) * 1e3:.1f} ms")
    view._queue.clear_filters()
    view._queue.best.setCurrentIndex(0)
    pump_until(idle)

    longest.clear()
    steps = []
    for _ in range(40):
        before = view._pair
        start = time.perf_counter()
        qtbot.keyClick(table, Qt.Key.Key_A)
        pump_until(lambda before=before: view._pair != before and pictured())
        steps.append(time.perf_counter() - start)
        pump_until(idle)
    print(f"A until the next pair is shown with its pictures (verdict on disk): {spread(steps)}")
    assert statistics.median(steps) < NEXT_PAIR
    print(f"meanwhile, GUI thread per turn: {spread(longest)}, longest {max(longest) * 1e3:.1f} ms")
    project.close()
