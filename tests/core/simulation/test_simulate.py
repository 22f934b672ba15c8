"""The simulated curator: what it decides, what it measures, and that it changes nothing."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from core import cli
from core.config import RunConfig
from core.errors import TrainingError
from core.review.journal import verdict_counts
from core.simulation import rounds
from core.simulation.orders import ORDERS, Open, first
from core.simulation.simulate import Plan, Simulation, _Curator
from core.store import runs
from core.training.run import train
from tests.core.training.conftest import MakeProject, make_project, one_thread, quick  # noqa: F401


def _open(probability: list[list[float]]) -> Open:
    chances = np.array(probability)
    return Open(chances, (chances > 0).argmax(axis=1), np.array([0.0, 3.0, 1.0]), np.array([0.5, 0.1, 0.9]))


def test_each_order_shows_its_first() -> None:
    state = _open([[0.9, 0.1], [0.0, 0.4], [0.5, 0.5]])
    everyone = np.ones(3, dtype=bool)
    shown = {order: first(order, state, everyone, 3).tolist() for order in ORDERS}
    assert shown == {"teach": [1, 2, 0], "best": [0, 2, 1], "uncertain": [2, 0, 1], "random": [2, 0, 1]}
    assert first("best", state, np.array([False, True, True]), 1).tolist() == [2]


def test_the_curator_takes_the_link_from_the_list_or_rejects_what_is_shown() -> None:
    curator = object.__new__(_Curator)
    curator.shared = object.__new__(Simulation)
    curator.shared.counterpart = np.array([7, 8, 9])
    curator.accepted, curator.rejected, curator.decided = [], [], []
    state = _open([[0.9, 0.1], [0.0, 0.4], [0.5, 0.2]])
    for row, columns in ((0, [7, 8]), (1, [6, 8]), (2, [5, 6])):
        curator._decide(row, np.array(columns), state)
    assert (curator.accepted, curator.rejected) == ([(0, 7), (1, 8)], [(2, 5)])
    assert curator.decided == [(0.9, True), (0.1, False), (0.0, False), (0.4, True), (0.5, False)]


def test_a_simulation_teaches_and_changes_nothing(
    make_project: MakeProject,  # noqa: F811
    quick: RunConfig,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = make_project(size=120, attributes=False)
    with pytest.raises(TrainingError, match="no run whose model could be refreshed"):
        Simulation(project, Plan(["best"]), 0, threading.Event())
    list(train(project, quick.replace(epochs=8, seed_ratio=0.15, validation_ratio=0.4)))
    simulation = Simulation(project, Plan(["best"], rounds=1, verdicts=5), 0, threading.Event())
    held_out = set(simulation.held_out[:, 0].tolist())
    with project.read() as session:
        seeds = set(runs.run_pairs(session, 1, "seed")[:, 0].tolist())
    askable = set((np.flatnonzero(simulation.askable) + 1).tolist())
    assert not askable & held_out and not askable & seeds and len(held_out) == 31
    other = Simulation(project, Plan(["best"]), 1, threading.Event())
    assert len(other.held_out) == 31 and set(other.held_out[:, 0].tolist()) != held_out

    out, picture = tmp_path / "rounds.csv", tmp_path / "rounds.svg"
    arguments = ["--orders", "best,random", "--rounds", "2", "--verdicts", "15"]
    arguments += ["--csv", str(out), "--plot", str(picture)]
    assert cli.run(["simulate", str(project.path), *arguments]) == 0
    assert "Random" in capsys.readouterr().out
    curves = rounds.by_order(rounds.read(out))
    (best,), (random,) = curves["best"], curves["random"]
    assert [done.verdicts for done in best] == [done.verdicts for done in random] == [0, 15, 30]
    assert best[2].accepted > best[1].accepted > 5
    assert all(0.8 < done.metrics["mrr"] <= 1 for done in best)
    assert best[0].metrics == random[0].metrics
    assert best[0].actually_left > best[2].actually_left
    assert picture.read_text(encoding="utf-8").lstrip().startswith("<?xml")
    elsewhere = [*arguments[:-1], str(tmp_path / "nowhere" / "rounds.svg")]
    assert cli.run(["simulate", str(project.path), *elsewhere]) == 1
    assert "rounds.svg can't be written: No such file" in capsys.readouterr().err
    with project.read() as session:
        assert verdict_counts(session).total == 0 and len(runs.list_runs(session)) == 1
    assert cli.run(["simulate", str(project.path), "--orders", "worst"]) == 2
    assert "--orders takes teach, best, uncertain, random, found 'worst'" in capsys.readouterr().err


def test_a_simulation_goes_on_where_its_table_ends(
    make_project: MakeProject,  # noqa: F811
    quick: RunConfig,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With the same numbers as in one go; a table of other rounds is not written over."""
    project = make_project(size=120, attributes=False)
    list(train(project, quick.replace(epochs=8, seed_ratio=0.15, validation_ratio=0.4)))

    def simulate(name: str, *more: str) -> int:
        command = ["simulate", str(project.path), "--orders", "teach,random", "--verdicts", "10"]
        return cli.run([*command, "--random-seeds", "2", "--csv", str(tmp_path / name), *more])

    assert simulate("whole.csv", "--rounds", "1") == 0
    lines = (tmp_path / "whole.csv").read_text().splitlines()
    assert len(lines) == 1 + 2 * 2 * 2
    (tmp_path / "part.csv").write_text("\n".join(lines[:4]) + "\n")  # one curve and a half
    assert simulate("part.csv", "--rounds", "1") == 0
    timeless = [[line.rpartition(",")[0] for line in (tmp_path / name).read_text().splitlines()]
                for name in ("whole.csv", "part.csv")]  # fmt: skip
    assert timeless[0] == timeless[1]
    capsys.readouterr()
    assert (
        cli.run(["simulate", str(project.path), "--verdicts", "11", "--csv", str(tmp_path / "part.csv")]) == 1
    )
    assert (
        "with 11 verdicts each, or no file yet, found rounds of run 1, 10 verdicts" in capsys.readouterr().err
    )
    assert (tmp_path / "part.csv").read_text().splitlines()[1:] != []
