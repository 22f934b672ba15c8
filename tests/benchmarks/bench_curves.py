"""The live curves with 10,000 epochs behind them: what an update costs the window's thread.

Run with ``pytest tests/benchmarks/bench_curves.py -m benchmark -s``. The curves hear of an epoch and draw,
ten times a second, in a narrow window with two plots and in a wide one with four; an update is counted
from the event to the painted plots.
"""

from __future__ import annotations

import math
from time import perf_counter, process_time

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.training.curves import Curves
from app.views.training.figures import FIGURES
from core.modality import PAPER_MODALITIES
from core.store.epochs import EpochInfo
from core.training.epoch_log import of_epoch, with_evaluation
from core.training.events import EpochDone, Evaluated

pytestmark = [pytest.mark.benchmark, pytest.mark.qt_log_ignore("propagateSizeHints")]

POINTS = 10_000
UPDATES = 50
INTERVAL = 0.1  # seconds: 10 Hz
MOST_P50, MOST_P99 = 0.2 * INTERVAL, 0.5 * INTERVAL  # most of the time is for everything else
SIZES = {"1280 x 800": (900, 640), "2560 x 1440": (2180, 1280)}  # of the window; of the curves in it


def _epoch(number: int) -> tuple[EpochDone, Evaluated]:
    """An epoch as a run tells it, noisy as losses are; every one is evaluated, the worst case."""
    noise = 0.05 * math.sin(12.9898 * number)
    losses = dict.fromkeys(("joint", *PAPER_MODALITIES), 5 / (1 + number / 500) + noise)
    share = min(0.9, number / POINTS) + noise
    metrics = {name: {"mrr": share, "hits@1": share, "hits@10": share} for name in ("cosine", "csls")}
    weights, spread = dict.fromkeys(PAPER_MODALITIES, 0.25), dict.fromkeys(PAPER_MODALITIES, 0.05)
    return (
        EpochDone(1, number, 0.1, losses, number, losses, 0.5, 10**9),
        Evaluated(1, number, "validation", metrics, weights, spread),
    )


def _stored(number: int) -> EpochInfo:
    done, evaluated = _epoch(number)
    return with_evaluation(of_epoch(done), evaluated)


@pytest.mark.parametrize("size", SIZES)
def test_an_update_with_ten_thousand_epochs(size: str, qtbot: QtBot) -> None:
    curves = Curves()
    qtbot.addWidget(curves)
    curves.resize(*SIZES[size])
    curves.show()
    qtbot.waitUntil(lambda: len(curves._plots) == curves._room)  # they are built one a turn
    began = perf_counter()
    curves.show_history(_stored(number) for number in range(1, POINTS + 1))
    QApplication.processEvents()
    history = perf_counter() - began
    curves._timer.stop()  # its part is played here, with a clock beside it
    took, processor = [], []
    for number in range(POINTS + 1, POINTS + UPDATES + 1):
        qtbot.wait(int(1000 * INTERVAL))
        began, busy = perf_counter(), process_time()
        for event in _epoch(number):
            curves.take(event)
        curves._redraw()
        QApplication.processEvents()
        took.append(perf_counter() - began)
        processor.append(process_time() - busy)
    p50, p99 = np.quantile(took, [0.5, 0.99])
    print(
        f"\n{size}, {len(curves.columns['loss']):,} points, {len(FIGURES)} figures: an update p50 "
        f"{1e3 * p50:.1f} ms, p99 {1e3 * p99:.1f} ms, longest {1e3 * max(took):.1f} ms (processor p50 "
        f"{1e3 * np.median(processor):.1f} ms); a run of "
        f"{POINTS:,} epochs from the store {history:.2f} s"
    )
    assert p50 < MOST_P50 and p99 < MOST_P99
