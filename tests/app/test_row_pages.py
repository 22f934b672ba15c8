"""Rows that change while they are read: what is shown is never older than what is known."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.models.row_pages import PAGE, RowPages
from app.tasks import Tasks


@dataclass(frozen=True)
class Row:
    id: int
    verdict: str = ""


class Store:
    """What is on disk; a read can be held back between the look and the answer."""

    def __init__(self) -> None:
        self.verdicts: dict[int, str] = {}
        self.reads = 0
        self.fail = False
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.looked = threading.Event()

    def read(self, ids: list[int]) -> list[Row]:
        self.reads += 1
        found = [Row(key, self.verdicts.get(key, "")) for key in ids]
        self.looked.set()
        assert self.may_answer.wait(20)
        if self.fail:
            raise OSError("disk gone")
        return found

    def hold(self) -> None:
        self.may_answer.clear()
        self.looked.clear()


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def pages(qtbot: QtBot, store: Store) -> Iterator[RowPages]:
    tasks, owner = Tasks(), QObject()
    made = RowPages(tasks, owner)
    made.show(np.arange(1, PAGE + 1), store.read)
    yield made
    store.may_answer.set()
    qtbot.waitUntil(lambda: not tasks.busy)


def settle(pages: RowPages, qtbot: QtBot) -> None:
    """Look at the first row until nothing of it is read any more."""
    qtbot.waitUntil(lambda: pages.row(0) is not None and not pages._wanted and not pages._reading)


def decide(pages: RowPages, store: Store, verdict: str) -> None:
    store.verdicts[1] = verdict
    pages.change(0, lambda row: replace(row, verdict=verdict))
    pages.renew([0])


def test_a_page_read_before_a_verdict_does_not_hide_it(pages: RowPages, store: Store, qtbot: QtBot) -> None:
    settle(pages, qtbot)
    decide(pages, store, "unsure")
    store.hold()
    pages.row(0)
    qtbot.waitUntil(store.looked.is_set)
    decide(pages, store, "accepted")
    with qtbot.waitSignal(pages.arrived):
        store.may_answer.set()
    assert pages.row(0) == Row(1, "accepted")
    settle(pages, qtbot)
    assert pages.row(0) == Row(1, "accepted") and store.reads == 3


@pytest.mark.parametrize("every", [False, True])
def test_a_row_on_its_way_that_changes_is_read_again(
    pages: RowPages, store: Store, qtbot: QtBot, every: bool
) -> None:
    store.hold()
    pages.row(0)
    qtbot.waitUntil(store.looked.is_set)
    store.verdicts[1] = "accepted"
    if every:
        pages.renew_all()
    else:
        pages.renew([0])
    with qtbot.waitSignal(pages.arrived):
        store.may_answer.set()
    settle(pages, qtbot)
    assert pages.row(0) == Row(1, "accepted") and store.reads == 2


def test_a_read_that_fails_or_is_superseded_leaves_its_rows_to_be_read(
    pages: RowPages, store: Store, qtbot: QtBot
) -> None:
    settle(pages, qtbot)
    store.verdicts[1] = "accepted"
    pages.renew([0])
    store.fail = True
    with qtbot.waitSignal(pages._tasks.failed):
        pages.row(0)
    store.fail = False
    store.hold()
    pages.row(0)
    qtbot.waitUntil(store.looked.is_set)
    pages.show(np.arange(1, PAGE + 2), store.read, keep=True)
    store.may_answer.set()
    qtbot.waitUntil(lambda: pages.row(0) == Row(1, "accepted"))
