from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from sqlalchemy.exc import OperationalError

from app.tasks import Tasks
from core.errors import MimeaError


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    qtbot.waitUntil(lambda: not made.busy)


def test_work_runs_elsewhere_and_its_result_comes_back_here(qtbot, tasks: Tasks) -> None:
    owner, seen = QObject(), []
    tasks.read(owner, threading.get_ident, lambda worker: seen.append((worker, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(seen))
    worker, receiver = seen[0]
    assert receiver == threading.get_ident()
    assert worker != receiver


def test_only_the_newest_task_of_a_key_is_delivered(qtbot, tasks: Tasks) -> None:
    owner, gate, seen = QObject(), threading.Event(), []
    tasks.read(owner, lambda: gate.wait(5) and "old", seen.append, key="pair")
    tasks.read(owner, lambda: "new", seen.append, key="pair")
    tasks.read(owner, lambda: "other", seen.append, key="list")
    qtbot.waitUntil(lambda: len(seen) == 2)
    gate.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert sorted(seen) == ["new", "other"]


def test_what_nobody_waits_for_comes_after_what_is_read_now(qtbot, tasks: Tasks) -> None:
    owner, gate, seen = QObject(), threading.Event(), []
    for name in ("first", "counts", "counts", "last"):
        tasks.read(owner, lambda name=name: name, seen.append, key=name, later=True)
    tasks.read(owner, lambda: gate.wait(5) and "list", seen.append)
    tasks.read(owner, lambda: "rows", seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == ["rows"] and tasks.busy
    gate.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert seen == ["rows", "list", "last", "counts", "first"]


def test_what_comes_later_has_ended_before_the_last_write(qtbot, tasks: Tasks) -> None:
    owner, seen = QObject(), []
    tasks.read(owner, lambda: seen.append("read"), later=True)
    tasks.write_after_all(owner, lambda: seen.append("close"))
    qtbot.waitUntil(lambda: not tasks.busy)
    assert seen == ["read", "close"]


def test_writes_keep_their_order(qtbot, tasks: Tasks) -> None:
    owner, seen = QObject(), []
    for number in range(20):
        tasks.write(owner, lambda n=number: n, seen.append)
    qtbot.waitUntil(lambda: len(seen) == 20)
    assert seen == list(range(20))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MimeaError("the disk is full"), "the disk is full"),
        (
            OperationalError("INSERT INTO verdict", {}, Exception("database or disk is full")),
            "the project can't be read or written: database or disk is full",
        ),
    ],
)
def test_a_known_error_arrives_as_its_sentence(qtbot, tasks: Tasks, error: Exception, told: str) -> None:
    def fail() -> None:
        raise error

    owner, seen = QObject(), []
    tasks.read(owner, fail, failed=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [told]
    with qtbot.waitSignal(tasks.failed) as blocker:
        tasks.read(owner, fail)
    assert blocker.args == [told]


def test_results_for_a_deleted_owner_are_dropped(qtbot, tasks: Tasks) -> None:
    owner, gate, seen = QObject(), threading.Event(), []
    tasks.read(owner, lambda: gate.wait(5), seen.append)
    shiboken6.delete(owner)
    gate.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert seen == []
