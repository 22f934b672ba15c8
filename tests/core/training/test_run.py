"""Whole runs on a small pair of graphs: what they tell, what they store, and how they end."""

from __future__ import annotations

import json
import threading
from collections import Counter

import numpy as np
import pytest
import torch
from sqlalchemy import func, select

from core.config import RunConfig
from core.errors import Cancelled, ConfigError, TrainingError
from core.store import runs
from core.store.epochs import run_epochs
from core.store.project_file import ProjectFile
from core.store.schema import Candidate, ModalityWeight
from core.training.evaluate import evaluate
from core.training.events import EpochDone, Evaluated, Event, RunFinished, RunStarted
from core.training.run import train
from core.training.trainer import Trainer
from tests.core.training.conftest import SIZE, MakeProject


def _kinds(events: list[Event]) -> Counter[str]:
    return Counter(type(event).__name__ for event in events)


def _only(events: list[Event], kind: type) -> list:  # type: ignore[type-arg]
    return [event for event in events if isinstance(event, kind)]


def test_a_run_from_start_to_candidates(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project(images=True)
    events = list(train(project, quick))
    kinds = _kinds(events)
    assert (kinds["RunStarted"], kinds["EpochDone"], kinds["Evaluated"], kinds["RunFinished"]) == (
        1,
        20,
        2,
        1,
    )

    (started,) = _only(events, RunStarted)
    assert started.modalities == ("structure", "relation", "attribute", "visual")
    assert started.left_out == {}
    assert (started.seeds, started.validation, started.test) == (18, 0, 42)
    assert set(_only(events, EpochDone)[0].losses) == {"joint", *started.modalities}

    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert finished.status == "done"
    assert finished.candidates == SIZE * quick.training.top_k
    assert finished.metrics["csls"]["mrr"] > 0.6

    with project.read() as session:
        run = runs.latest_run(session)
        assert run is not None and (run.id, run.status, run.best_epoch) == (started.run_id, "done", 20)
        assert run.config_json == quick.to_json()
        assert run.finished_at is not None and run.error is None
        epochs = run_epochs(session, run.id)
        assert [info.epoch for info in epochs] == list(range(1, 21))
        assert [info.epoch for info in epochs if info.mrr is not None] == [10, 20]
        assert epochs[-1].mrr == _only(events, Evaluated)[-1].decodings["csls"]["mrr"]
        rows = session.execute(select(Candidate).where(Candidate.run_id == run.id)).scalars().all()
        assert {row.rank for row in rows} == set(range(1, 11))
        assert all(0 < row.left_id <= SIZE < row.right_id for row in rows)
        assert all(-1 <= row.score <= 1 for row in rows)
        for row in rows:
            i, j = row.left_id, row.right_id - SIZE
            assert (row.score_visual is None) == (i % 3 == 0 or j % 3 == 0)
        weights = session.execute(select(ModalityWeight)).scalars().all()
        assert len(weights) == 2 * SIZE
        for row in weights:
            values = [row.structure, row.relation, row.attribute, row.visual]
            assert sum(value or 0 for value in values) == pytest.approx(1, abs=1e-5)
            assert (row.visual is None) == ((row.entity_id - 1) % SIZE % 3 == 2)


def test_evaluate_reads_what_the_run_kept(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project()
    *_, finished = train(project, quick)
    assert isinstance(finished, RunFinished)
    test = evaluate(project)
    assert set(test) >= {"run", "candidates", "decodings"}
    assert test["candidates"] == "test"
    assert set(test["decodings"]) == {"cosine", "csls", "sinkhorn"}
    for decoding, metrics in finished.metrics.items():
        assert test["decodings"][decoding] == pytest.approx(metrics)
    with project.read() as session:
        run = runs.get_run(session, finished.run_id)
        assert run is not None and json.loads(run.metrics_json or "") == json.loads(json.dumps(test))
        hits = session.scalar(
            select(func.count()).where(
                Candidate.rank == 1,
                Candidate.right_id == Candidate.left_id + SIZE,
                Candidate.left_id.in_(runs.run_pairs(session, run.id, "test")[:, 0].tolist()),
            )
        )
    everything = evaluate(project, finished.run_id, "all")
    assert everything["decodings"]["csls"]["hits@1"] == pytest.approx(hits / 42)
    assert everything["decodings"]["cosine"]["mrr"] <= test["decodings"]["cosine"]["mrr"]


def test_evaluate_without_a_run_says_so(make_project: MakeProject) -> None:
    project = make_project()
    with pytest.raises(TrainingError, match="no finished run"):
        evaluate(project)
    with pytest.raises(TrainingError, match="no run 7"):
        evaluate(project, 7)


def test_the_same_seed_gives_the_same_numbers(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project(images=True)
    torch.manual_seed(1)
    first = [event.losses for event in train(project, quick) if isinstance(event, EpochDone)]
    torch.manual_seed(2)  # nobody else's random numbers matter
    second = list(train(project, quick))
    assert [event.losses for event in _only(second, EpochDone)] == first
    assert evaluate(project, 1)["decodings"] == evaluate(project, 2)["decodings"]
    other = list(train(project, quick.replace(random_seed=1)))
    assert [event.losses for event in _only(other, EpochDone)] != first


@pytest.mark.parametrize("after", [3, 14])
def test_stopping_keeps_the_last_evaluated_state(
    make_project: MakeProject, quick: RunConfig, after: int
) -> None:
    project = make_project()
    stop = threading.Event()
    events = []
    for event in train(project, quick, stop):
        events.append(event)
        if isinstance(event, EpochDone) and event.epoch == after:
            stop.set()
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert finished.status == "stopped"
    assert finished.epoch == (10 if after == 14 else 3)
    _assert_stopped(project, finished.run_id, epochs=after)


@pytest.mark.parametrize("after", [0, 3, 14])
def test_closing_the_generator_writes_candidates_too(
    make_project: MakeProject, quick: RunConfig, after: int
) -> None:
    project = make_project()
    events = train(project, quick)
    for event in events:
        if isinstance(event, RunStarted) and after == 0:
            break
        if isinstance(event, EpochDone) and event.epoch == after:
            break
    events.close()  # type: ignore[attr-defined]
    _assert_stopped(project, 1, epochs=after)


def _assert_stopped(project: ProjectFile, run_id: int, epochs: int) -> None:
    with project.read() as session:
        run = runs.latest_run(session)
        assert run is not None and (run.id, run.status) == (run_id, "stopped")
        assert len(run_epochs(session, run_id)) == epochs
        assert session.scalar(select(func.count()).select_from(Candidate)) == SIZE * 10
    assert evaluate(project)["run"] == run_id


def test_stopped_before_the_run_began(make_project: MakeProject, quick: RunConfig) -> None:
    stop = threading.Event()
    stop.set()
    project = make_project()
    with pytest.raises(Cancelled):
        list(train(project, quick, stop))
    with project.read() as session:
        assert runs.list_runs(session) == []


def test_no_links_no_training(make_project: MakeProject, quick: RunConfig) -> None:
    with pytest.raises(TrainingError, match="needs known links"):
        list(train(make_project(links=False), quick))


def test_a_failure_is_in_the_store(
    make_project: MakeProject, quick: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("the device fell over\nat line 3")

    monkeypatch.setattr(Trainer, "embed", fail)
    project = make_project()
    with pytest.raises(TrainingError, match=r"the device fell over$"):
        list(train(project, quick))
    with project.read() as session:
        (run,) = runs.list_runs(session)
        assert (run.status, run.error) == ("failed", "training failed: the device fell over")
        assert len(run_epochs(session, run.id)) == 9
        assert runs.latest_run(session) is None


def test_early_stopping_keeps_the_best_state(make_project: MakeProject, quick: RunConfig) -> None:
    config = quick.replace(validation_ratio=0.3, patience=2, evaluate_every=2, epochs=200)
    project = make_project()
    events = list(train(project, config))
    evaluations = _only(events, Evaluated)
    assert {event.held_out for event in evaluations} == {"validation"}
    best = max(evaluations, key=lambda event: (event.decodings["csls"]["mrr"], -event.epoch))
    finished = events[-1]
    assert isinstance(finished, RunFinished) and finished.status == "done"
    assert finished.epoch == best.epoch
    assert evaluations[-1].epoch == best.epoch + 2 * 2 < 200
    with project.read() as session:
        assert len(runs.run_pairs(session, 1, "validation")) == 5
        assert len(runs.run_pairs(session, 1, "seed")) == 13


def test_without_test_links_there_are_candidates_but_no_metrics(
    make_project: MakeProject, quick: RunConfig
) -> None:
    project = make_project()
    *_, finished = train(project, quick.replace(seed_ratio=1.0))
    assert isinstance(finished, RunFinished)
    assert finished.metrics == {}
    assert finished.candidates == SIZE * 10
    assert evaluate(project)["decodings"] == {}


def test_iterative_training_adds_pseudo_seeds(make_project: MakeProject, quick: RunConfig) -> None:
    config = quick.replace(
        iterative="paper", iterative_start=10, iterative_every=2, iterative_probation=4, epochs=24
    )
    project = make_project()
    events = list(train(project, config))
    counts = [event.pseudo_seeds for event in _only(events, EpochDone)]
    assert counts[:13] == [0] * 13
    assert counts[13] > 0
    assert counts == sorted(counts)
    with project.read() as session:
        seeds = {role: runs.run_pairs(session, 1, role) for role in ("seed", "pseudo")}
    assert len(seeds["pseudo"]) == counts[-1]
    together = np.concatenate(list(seeds.values()))
    assert len(np.unique(together[:, 0])) == len(np.unique(together[:, 1])) == len(together)


@pytest.mark.parametrize(
    "setting",
    [
        {"fusion": "equal"},
        {"fusion": "attention"},
        {"fusion": "gated"},
        {"distribution": "cauchy"},
        {"distribution": "gamma"},
        {"distribution": "gumbel"},
        {"distribution": "laplace"},
        {"pivot": "visual"},
        {"pivot": "relation", "modalities": "structure,attribute"},
        {"kl_reduction": "sum"},
        {"pivot_score": "one"},
        {"transport": ""},
        {"transport": "relation"},
        {"transport_epsilon": 0.005},
        {"bag": "counts"},
        {"activation": "relu"},
        {"modalities": "relation,attribute,visual"},
        {"modalities": "structure"},
        {"layers": 1, "heads": 3},
        {"batch_size": 4},
        {"gamma": 0},
        {"contrastive": ""},
        {"contrastive": "structure,visual"},
        {"loss_weights": "fixed"},
        {"schedule": "cosine"},
        {"checkpoint_every": 0},
    ],
    ids=str,
)
def test_every_switch_trains(make_project: MakeProject, quick: RunConfig, setting: dict[str, object]) -> None:
    events = list(train(make_project(images=True), quick.replace(epochs=4, evaluate_every=4, **setting)))
    losses = [event.losses["joint"] for event in _only(events, EpochDone)]
    assert losses[-1] < losses[0]


def test_nothing_to_train_on(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project(degree=0, attributes=False)
    with pytest.raises(TrainingError, match="no relation triples in either graph"):
        list(train(project, quick))


def test_an_odd_dimension_is_refused(quick: RunConfig) -> None:
    with pytest.raises(ConfigError, match="even"):
        quick.replace(dimension=15)
