from __future__ import annotations

import gc
import sys
import threading
import types
from collections.abc import Iterator
from typing import ClassVar

import pytest

from app import garbage
from app.garbage import GarbageCollector


@pytest.fixture
def collector(qapp, monkeypatch: pytest.MonkeyPatch) -> Iterator[GarbageCollector]:
    monkeypatch.setattr(garbage, "_INTERVAL_MILLISECONDS", 10)
    made = GarbageCollector()
    yield made
    made.stop()


class Cycle:
    collected_in: ClassVar[list[threading.Thread]] = []

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        self.collected_in.append(threading.current_thread())


def test_cycles_that_a_worker_leaves_are_collected_on_the_gui_thread(
    qtbot, collector: GarbageCollector
) -> None:
    Cycle.collected_in.clear()

    def leave_garbage() -> None:
        Cycle()
        keep = [[i] for i in range(5000)]  # more than any threshold: the automatic collector would run here
        assert len(keep) == 5000

    worker = threading.Thread(target=leave_garbage)
    worker.start()
    worker.join()
    assert Cycle.collected_in == []
    rest = [[i] for i in range(5000)]
    qtbot.waitUntil(lambda: bool(Cycle.collected_in))
    assert Cycle.collected_in == [threading.main_thread()]
    assert len(rest) == 5000


def test_what_a_library_brings_is_not_looked_at(
    qtbot, collector: GarbageCollector, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = gc.get_freeze_count()
    for i in range(200):
        monkeypatch.setitem(sys.modules, f"library.part{i}", types.ModuleType(f"part{i}"))
    qtbot.waitUntil(lambda: gc.get_freeze_count() > before + 200)


def test_it_hands_back_when_it_stops(qapp) -> None:
    GarbageCollector().stop()
    assert gc.isenabled()
