"""The table of a simulation: written, read again, summed up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.review.progress import Left
from core.simulation import rounds
from core.simulation.orders import Order
from core.simulation.simulate import RoundDone


def _done(order: Order, number: int, mrr: float, random_seed: int = 0) -> RoundDone:
    metrics = {"mrr": mrr, "hits@1": 0.5, "hits@10": 0.9}
    return RoundDone(
        3, random_seed, order, number, 100 * number, 60 * number, metrics, Left(9.0, 2.0), 8, 1.5
    )


def test_rounds_become_a_table_and_back(tmp_path: Path) -> None:
    told = [_done("teach", 0, 0.5), _done("teach", 1, 0.6), _done("random", 0, 0.5, random_seed=4)]
    path = tmp_path / "rounds.csv"
    path.write_text(rounds.header() + "".join(map(rounds.line, told)))
    assert rounds.read(path) == told
    path.write_text(rounds.header() + rounds.line(told[0]).replace("teach", "worst"))
    with pytest.raises(InputError, match="line 2"):
        rounds.read(path)


def test_verdicts_are_read_off_between_rounds() -> None:
    verdicts, mrr = np.array([0.0, 100, 200, 300]), np.array([0.5, 0.6, 0.58, 0.8])
    assert rounds.verdicts_for(verdicts, mrr, 0.55) == pytest.approx(50)
    assert rounds.verdicts_for(verdicts, mrr, 0.7) == pytest.approx(200 + 100 * 0.12 / 0.22)
    assert rounds.verdicts_for(verdicts, mrr, 0.4) == 0 and rounds.verdicts_for(verdicts, mrr, 0.9) is None


def test_the_summary_counts_verdicts_to_where_random_order_ends() -> None:
    """Over the means of the random seeds, and of the rounds that all have."""
    told = [_done("random", r, 0.5 + 0.1 * r, seed) for seed in (0, 1) for r in range(3)]
    told += [_done("teach", r, mrr, seed) for seed, off in ((0, 0.1), (1, -0.1)) for r, mrr in
             enumerate((0.5 + off, 0.8 + off, 0.9 + off))]  # fmt: skip
    told += [_done("teach", 3, 1.0)]
    teach, random = (line.split() for line in sorted(rounds.summary(told).splitlines()[1:], reverse=True))
    assert teach[-6:] == ["200", "120", "0.9000", "0.5000", "67", "0.33"]
    assert random[-6:] == ["200", "120", "0.7000", "0.5000", "200", "1.00"]
