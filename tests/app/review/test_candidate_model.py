from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from sqlalchemy.orm import Session

from app.models.attribute_model import AttributeModel
from app.models.candidate_model import ROW_ROLE, CandidateModel
from app.models.other_model import OtherModel
from app.models.row_pages import PAGE
from app.tasks import Tasks
from core.review.evidence import pair_evidence
from core.review.journal import Decision, decide, undo
from core.review.queue import Mask, Queue, load_queue, waiting_rows
from core.store.candidates import CandidateRow
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter
from tests.support import build_project


@pytest.fixture(scope="module")
def wide(tmp_path_factory) -> ProjectFile:
    made = build_project(tmp_path_factory.mktemp("wide") / "wide.mimea", size=300, images=False)
    yield made
    made.close()


def queue_of(project: ProjectFile, **wanted) -> Queue:
    with project.read() as session:
        return load_queue(session, CandidateFilter(1, **wanted))


@pytest.fixture
def model(qtbot, wide: ProjectFile) -> CandidateModel:
    tasks = Tasks()
    made = CandidateModel(tasks)
    made.tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    made.set_queue(wide, queue_of(wide, queue="all", best_only=False), ("Atlas", "Factbook"))
    yield made
    qtbot.waitUntil(lambda: not tasks.busy)


def wait_for_row(qtbot, model: CandidateModel, row: int) -> CandidateRow:
    qtbot.waitUntil(lambda: model.index(row, 0).data(ROW_ROLE) is not None)
    return model.index(row, 0).data(ROW_ROLE)


def pages_here(model: CandidateModel) -> set[int]:
    kept = model._rows._kept
    return {row // PAGE for row, key in enumerate(model.queue.ids.tolist()) if key in kept}


def test_all_rows_are_there_at_once_and_come_page_by_page(qtbot, model: CandidateModel) -> None:
    assert model.rowCount() == 1500
    assert model.rowCount(model.index(0, 0)) == 0
    last = model.index(1499, 0)
    assert last.data() == "…"
    row = wait_for_row(qtbot, model, 1499)
    assert last.data() == f"{row.score:.2f}"
    assert (row.left_id, row.right_id) == model.pair_at(1499)
    # The model tester looks at the first rows too; nothing between was read.
    assert pages_here(model) <= {0, 1499 // PAGE}


def test_a_jump_reads_only_what_is_looked_at(qtbot, model: CandidateModel) -> None:
    for page in range(7):
        model.index(page * PAGE, 0).data()
    qtbot.waitUntil(lambda: not model._rows._wanted and not model._rows._reading)
    # Of seven pages that were passed in one go only the last few were read.
    assert pages_here(model) - {0} == {3, 4, 5, 6}


def test_rows_of_an_earlier_list_are_dropped(qtbot, model: CandidateModel, wide: ProjectFile) -> None:
    model.index(0, 0).data()
    model._rows._read_next()
    model.set_queue(wide, queue_of(wide, order="score_ascending"), ("Atlas", "Factbook"))
    row = wait_for_row(qtbot, model, 0)
    assert (row.left_id, row.right_id) == model.pair_at(0)


def test_headers_and_nothing_else(model: CandidateModel) -> None:
    headers = [model.headerData(i, Qt.Orientation.Horizontal) for i in range(4)]
    assert headers == ["Score ↓", "Atlas", "Factbook", ""]
    assert model.data(QModelIndex()) is None
    assert model.pair_at(-1) is None
    assert model.pair_at(99_999) is None


def test_a_verdict_shows_at_once_and_an_undo_takes_it_back(qtbot, model: CandidateModel, wide) -> None:
    wait_for_row(qtbot, model, 0)
    left, right = model.pair_at(0)
    step = decide(wide, [Decision(left, right, "accepted")])
    model.mark(step, "decided")
    assert model.index(0, 3).data() == "✓"
    assert not model.queue.waiting[model.queue.left_ids == left].any()
    qtbot.waitUntil(lambda: not model._tasks.busy)
    step = undo(wide)
    model.mark(step, "undone")
    qtbot.waitUntil(lambda: model.index(0, 3).data() == "")
    qtbot.waitUntil(lambda: bool(model.queue.waiting[0]))


def test_a_verdict_after_an_undo_is_not_taken_back_by_what_was_read_before(
    qtbot, model: CandidateModel, wide: ProjectFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, right = model.pair_at(int(np.flatnonzero(model.queue.waiting)[0]))
    read, go_on = threading.Event(), threading.Event()

    def held_back(session: Session, queue: Queue) -> Mask:
        found = waiting_rows(session, queue)
        if not read.is_set():
            read.set()
            assert go_on.wait(20)
        return found

    monkeypatch.setattr("app.models.candidate_model.waiting_rows", held_back)
    decide(wide, [Decision(left, right, "rejected")])
    model.mark(undo(wide), "undone")
    qtbot.waitUntil(read.is_set)
    model.mark(decide(wide, [Decision(left, right, "accepted")]), "decided")
    go_on.set()
    qtbot.waitUntil(lambda: not model._tasks.busy)
    assert not model.queue.waiting[model.queue.left_ids == left].any()
    undo(wide)


def test_a_file_that_can_not_be_read_is_told_once(qtbot, model: CandidateModel, monkeypatch) -> None:
    def broken(*_arguments):
        raise OSError("disk gone")

    monkeypatch.setattr("app.models.candidate_model.candidate_rows", broken)
    with qtbot.waitSignal(model._tasks.failed) as failed:
        model.index(1000, 0).data()
    assert "disk gone" in failed.args[0]
    assert model.index(1000, 0).data() == "…"


def test_the_small_models(wide: ProjectFile) -> None:
    with wide.read() as session:
        evidence = pair_evidence(session, 1, 1, 301)
    attributes, others = AttributeModel(), OtherModel()
    fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
    for model in (attributes, others):
        QAbstractItemModelTester(model, fatal, model)
    attributes.set_pairs(evidence.attributes)
    others.set_others(evidence.for_left, (1, 301))
    assert attributes.rowCount() == len(evidence.attributes)
    assert attributes.index(0, 2).data(Qt.ItemDataRole.ToolTipRole) == "equal"
    assert others.index(0).data() == evidence.for_left[0].label
