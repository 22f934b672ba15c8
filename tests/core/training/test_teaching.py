"""What a run learns from verdicts, and beginning with the model of another."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from sqlalchemy import update

from core.config import RunConfig
from core.errors import TrainingError
from core.review.journal import Decision, decide, undo
from core.store import arrays, runs
from core.store.arrays import KnownLinks, Verdicts
from core.store.epochs import run_epochs
from core.store.project_file import ProjectFile
from core.store.run_files import model_path
from core.store.schema import Link, RelationTriple
from core.training.embeddings import embeddings_path, load_embeddings
from core.training.events import EpochDone, Notice, RunFinished, RunStarted
from core.training.pseudo_seeds import competing_rows
from core.training.run import refresh, train
from core.training.split import Split, split_links, told, with_verdicts
from core.training.trainer import Trainer
from tests.core.training.conftest import SIZE, MakeProject

CPU = torch.device("cpu")


def _pairs(*pairs: tuple[int, int]) -> arrays.Integers:
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _verdicts(
    accepted: arrays.Integers | None = None,
    rejected: arrays.Integers | None = None,
    alone: tuple[int, ...] = (),
) -> Verdicts:
    nothing = _pairs()
    return Verdicts(
        nothing if accepted is None else accepted,
        nothing if rejected is None else rejected,
        np.array(alone, dtype=np.int64),
        newest=9,
    )


def _test_pairs(project: ProjectFile, run_id: int = 1) -> list[list[int]]:
    with project.read() as session:
        return runs.run_pairs(session, run_id, "test").tolist()


def test_verdicts_correct_the_split() -> None:
    split = Split(
        seed=_pairs((1, 11), (2, 12), (3, 13)), validation=_pairs((4, 14)), test=_pairs((5, 15), (6, 16))
    )
    corrected = with_verdicts(
        split,
        _verdicts(
            accepted=_pairs((1, 11), (4, 14), (5, 15), (7, 17)),
            rejected=_pairs((2, 12), (6, 16), (8, 18)),
            alone=(3,),
        ),
    )
    assert corrected.seed.tolist() == [[1, 11]]  # the others are rejected, or said to have no counterpart
    assert corrected.validation.tolist() == [[4, 14]]
    assert corrected.accepted.tolist() == [[5, 15], [7, 17]]
    assert corrected.test.tolist() == [[6, 16]]  # rejected or not: it was given as a link
    assert corrected.known.tolist() == [[1, 11], [5, 15], [7, 17]]
    (sentence,) = told(split, corrected)
    assert sentence == (
        "Verdicts: 2 accepted pairs taught as seeds; 1 link left the test for that; "
        "3 rejected pairs told apart; 1 entity kept out of matches for having no counterpart; "
        "2 known links no longer used, which verdicts contradict"
    )


def test_no_verdict_changes_no_split() -> None:
    links = KnownLinks(_pairs(*((i, 100 + i) for i in range(50))), _pairs(), _pairs())
    split = split_links(links, RunConfig().training)
    same = with_verdicts(split, _verdicts())
    for role in ("seed", "validation", "test", "known"):
        assert np.array_equal(getattr(split, role), getattr(same, role))
    assert told(split, same) == []


def test_unsure_and_undone_verdicts_teach_nothing(make_project: MakeProject) -> None:
    project = make_project()
    decide(project, [Decision(1, SIZE + 1, "unsure")])
    decide(project, [Decision(2, SIZE + 2, "accepted")])
    undo(project)
    with project.read() as session:
        verdicts = arrays.verdicts_in_force(session)
    assert len(verdicts.accepted) == len(verdicts.rejected) == len(verdicts.alone) == 0
    assert verdicts.newest == 2


def test_an_accepted_test_link_is_a_seed_of_the_next_run(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project()
    config = quick.replace(epochs=2, evaluate_every=2)
    list(train(project, config))
    (accepted, rejected, alone) = _test_pairs(project)[:3]
    decide(project, [Decision(accepted[0], accepted[1], "accepted")])
    decide(project, [Decision(rejected[0], accepted[1], "rejected")])
    decide(project, [Decision(alone[0], None, "no_counterpart")])
    events = list(train(project, config))
    started = next(event for event in events if isinstance(event, RunStarted))
    assert (started.seeds, started.test) == (19, 41)
    assert [e.text for e in events if isinstance(e, Notice)] == [
        "Verdicts: 1 accepted pair taught as seeds; 1 link left the test for that; "
        "1 rejected pair told apart; 1 entity kept out of matches for having no counterpart"
    ]
    with project.read() as session:
        assert runs.run_pairs(session, 2, "accepted").tolist() == [accepted]
        assert runs.run_pairs(session, 2, "rejected").tolist() == [[rejected[0], accepted[1]]]
        run = runs.get_run(session, 2)
    assert accepted not in _test_pairs(project, 2) and len(_test_pairs(project, 2)) == 41
    assert run is not None and run.newest_verdict == 3

    list(train(project, config.replace(use_verdicts="false")))
    assert _test_pairs(project, 3) == _test_pairs(project, 1)
    with project.read() as session:
        without = runs.get_run(session, 3)
        assert len(runs.run_pairs(session, 3, "accepted")) == 0
    assert without is not None and without.newest_verdict is None
    one, three = (load_embeddings(embeddings_path(project.sidecar, i), CPU) for i in (1, 3))
    assert torch.equal(one.joint, three.joint)


def test_training_tells_rejected_pairs_apart(make_project: MakeProject, quick: RunConfig) -> None:
    """Against the same training without: also pairs neither entity of which has a known counterpart."""
    similarity = {}
    for teach in (False, True):
        project = make_project(attributes=False)
        config = quick.replace(support_weight=0, random_seed=3)
        list(train(project, config.replace(epochs=1)))
        test = _test_pairs(project)
        pairs = [(left, right) for (left, _), (_, right) in zip(test[:8], test[8:16], strict=True)]
        if teach:
            decide(project, [Decision(left, right, "rejected") for left, right in pairs])
        list(train(project, config))
        kept = load_embeddings(embeddings_path(project.sidecar, 2), CPU)
        rows = np.array(pairs) - 1
        similarity[teach] = (kept.joint[rows[:, 0]] * kept.joint[rows[:, 1]]).sum(dim=1)
    assert (similarity[True] < similarity[False]).float().mean() > 0.8
    assert similarity[True].mean() < similarity[False].mean() - 0.05


def test_each_rejected_pair_of_a_seed_is_in_its_batch(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project()
    data = next_data(project, quick)
    trainer = Trainer(data, quick.replace(batch_size=8), CPU)
    seeds = np.stack([np.arange(20), SIZE + np.arange(20)], axis=1)
    rejected = np.array([[0, SIZE + 40], [41, SIZE + 1], [2, SIZE + 3], [50, SIZE + 51], [52, SIZE + 53]])
    batches = trainer._batches(seeds, rejected)
    assert [len(batch.seeds) for batch in batches] == [7, 7, 6]
    for batch in batches:
        there = set(map(tuple, batch.rejected.tolist()))
        for left, right in rejected.tolist():
            if left in batch.seeds[:, 0] or right in batch.seeds[:, 1]:
                assert (left, right) in there
        assert batch.rows.tolist() == [
            *batch.seeds[:, 0], *batch.seeds[:, 1], *batch.rejected[:, 0], *batch.rejected[:, 1]
        ]  # fmt: skip
    assert {tuple(pair) for batch in batches for pair in batch.rejected.tolist()} == set(
        map(tuple, rejected.tolist())
    )
    many = np.stack([np.full(30, 0), SIZE + 30 + np.arange(30)], axis=1)
    assert max(len(batch.rejected) for batch in trainer._batches(seeds, many)) <= 7


def next_data(project: ProjectFile, config: RunConfig):  # type: ignore[no-untyped-def]
    from core.features.graph_data import load_graph_data

    return load_graph_data(project, config.features, config.model.modalities)


@pytest.mark.parametrize("iterative", ["paper", "propagation"])
def test_no_pseudo_seed_contradicts_a_verdict(
    make_project: MakeProject, quick: RunConfig, iterative: str
) -> None:
    project = make_project()
    config = quick.replace(iterative=iterative, iterative_start=10, iterative_every=2, iterative_probation=2)
    list(train(project, config))
    with project.read() as session:
        found = runs.run_pairs(session, 1, "pseudo").tolist()
    assert len(found) > 6
    alone, rejected = found[:3], found[3:6]
    decide(project, [Decision(left, None, "no_counterpart") for left, _ in alone])
    decide(project, [Decision(left, right, "rejected") for left, right in rejected])
    list(train(project, config))
    with project.read() as session:
        now = runs.run_pairs(session, 2, "pseudo")
    assert len(now)
    assert not set(now[:, 0].tolist()) & {left for left, _ in alone}
    assert not [pair for pair in now.tolist() if pair in rejected]


def test_a_refresh_begins_where_the_newest_run_ended(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project()
    list(train(project, quick.replace(validation_ratio=0.2, patience=3)))
    test = _test_pairs(project)
    decide(project, [Decision(left, right, "accepted") for left, right in test[:5]])
    events = list(refresh(project))
    assert "Begins with the model of run 1" in [e.text for e in events if isinstance(e, Notice)]
    assert len([e for e in events if isinstance(e, EpochDone)]) == 3
    first, finished = (
        next(e for e in found if isinstance(e, kind))
        for found, kind in ((events, EpochDone), (events, RunFinished))
    )
    with project.read() as session:
        cold = run_epochs(session, 1)
        run = runs.get_run(session, 2)
    assert first.losses["joint"] < cold[2].losses["joint"]
    assert finished.status == "done" and finished.metrics["csls"]["mrr"] > 0.5
    assert run is not None and run.started_from == 1
    assert RunConfig.from_json(run.config_json).training.patience == 0
    assert model_path(project.sidecar, 2).exists()


def test_the_kept_model_is_that_of_the_kept_embeddings(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project()
    events = list(
        train(project, quick.replace(validation_ratio=0.3, patience=2, evaluate_every=1, epochs=30))
    )
    finished = next(e for e in events if isinstance(e, RunFinished))
    assert finished.epoch < max(e.epoch for e in events if isinstance(e, EpochDone))
    from core.training.warm_start import load_model

    trainer = Trainer(next_data(project, quick), quick, CPU)
    load_model(project, 1, trainer)
    kept = load_embeddings(embeddings_path(project.sidecar, 1), CPU)
    torch.testing.assert_close(trainer.embed().joint, kept.joint)


def test_a_model_that_does_not_fit_is_refused(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project()
    with pytest.raises(TrainingError, match="no run whose model could be refreshed; train first"):
        list(refresh(project))
    config = quick.replace(epochs=1)
    list(train(project, config))
    with pytest.raises(TrainingError, match="run 1 has another architecture than these settings"):
        list(train(project, config.replace(dimension=8), start_from=1))
    with pytest.raises(TrainingError, match="run 7 kept no model to begin with"):
        list(train(project, config, start_from=7))
    with project.write() as session:
        first = session.query(RelationTriple).filter(RelationTriple.graph_id == 1).first()
        session.execute(
            update(RelationTriple)
            .where(RelationTriple.head_id == first.head_id, RelationTriple.tail_id == first.tail_id)
            .values(tail_id=first.head_id % SIZE + 1)
        )
    with pytest.raises(TrainingError, match="the graphs or their features have changed since run 1"):
        list(refresh(project))
    with project.read() as session:
        assert len(runs.list_runs(session)) == 1


def test_a_stopped_refresh_leaves_a_run_as_any_other(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project()
    list(train(project, quick.replace(epochs=2)))
    stop = threading.Event()
    for event in refresh(project, stop):
        if isinstance(event, RunStarted):
            stop.set()
    with project.read() as session:
        run = runs.latest_run(session)
    assert run is not None and (run.id, run.status) == (2, "stopped")


def test_no_link_is_validated_with_an_end_that_is_known_otherwise() -> None:
    split = Split(seed=_pairs((1, 11)), validation=_pairs((2, 12), (3, 13), (4, 14)), test=_pairs())
    corrected = with_verdicts(split, _verdicts(accepted=_pairs((2, 15), (5, 13), (4, 14))))
    assert corrected.validation.tolist() == [[4, 14]]


def test_verdicts_against_all_seeds_are_told(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project()
    one = quick.replace(seed_ratio=1 / SIZE)
    list(train(project, one.replace(epochs=1)))
    with project.read() as session:
        ((left, _),) = runs.run_pairs(session, 1, "seed").tolist()
    decide(project, [Decision(left, None, "no_counterpart")])
    with pytest.raises(TrainingError, match="verdicts contradict all 1 seeds"):
        list(train(project, one))
    with project.read() as session:
        assert len(runs.list_runs(session)) == 1


def test_validation_among_known_entities_is_ranked_in_the_right_row(
    make_project: MakeProject, quick: RunConfig
) -> None:
    """Of an entity with two counterparts one may be a seed and the other held out."""
    data = next_data(make_project(), quick)
    split = Split(
        seed=_pairs((1, SIZE + 1)), validation=_pairs((1, SIZE + 2), (SIZE, SIZE + 1)), test=_pairs()
    )
    left, right = competing_rows(data, split)
    assert {0, SIZE - 1} <= set(left.tolist()) and {SIZE, SIZE + 1} <= set(right.tolist())
    assert (np.diff(left) > 0).all() and (np.diff(right) > 0).all()


def test_what_the_model_was_taught_before_is_not_tested(make_project: MakeProject, quick: RunConfig) -> None:
    """Accepted and taught, then taken back: a refresh begins with the model that knows it."""
    project = make_project()
    config = quick.replace(epochs=2, validation_ratio=0.2)
    list(train(project, config))
    taught = _test_pairs(project)[0]
    decide(project, [Decision(taught[0], taught[1], "accepted")])
    list(refresh(project))
    undo(project)
    list(refresh(project))
    assert taught not in _test_pairs(project, 3)
    list(train(project, config))
    assert taught in _test_pairs(project, 4)  # a new model knows nothing of it


def test_seeds_of_a_model_stay_seeds_or_are_left_out(make_project: MakeProject, quick: RunConfig) -> None:
    """More links draw other seeds; what the first run was taught must not measure the second."""
    project = make_project()
    config = quick.replace(epochs=2)
    list(train(project, config))
    with project.write() as session:
        session.execute(update(Link).where(Link.left_id == 1).values(source="reference: x"))
    list(train(project, config, start_from=1))
    with project.read() as session:
        taught = set(map(tuple, runs.run_pairs(session, 1, "seed").tolist()))
        tested = set(map(tuple, runs.run_pairs(session, 2, "test").tolist()))
        seeds = set(map(tuple, runs.run_pairs(session, 2, "seed").tolist()))
    assert taught - seeds and not taught & tested


@pytest.mark.parametrize("iterative", ["paper", "propagation"])
def test_no_pseudo_seeds_where_a_side_has_none_left(
    make_project: MakeProject, quick: RunConfig, iterative: str
) -> None:
    project = make_project()
    for right in range(SIZE + 1, 2 * SIZE + 1):
        decide(project, [Decision(right - SIZE, right, "accepted")])
    config = quick.replace(epochs=4, iterative=iterative, iterative_start=2, iterative_every=1)
    finished = list(train(project, config))[-1]
    assert isinstance(finished, RunFinished) and finished.status == "done"
