"""A run that is paused, stopped or discarded while it goes, and one that waited in the queue."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator

import pytest
import torch
from sqlalchemy import func, select

from core.config import RunConfig
from core.errors import Cancelled, Discarded, TrainingError
from core.store import runs
from core.store.epochs import run_epochs
from core.store.project_file import ProjectFile
from core.store.run_files import checkpoint_path, resumable_runs, run_folder
from core.store.schema import Base, Run
from core.training.control import RunControl, controlled
from core.training.embeddings import Embeddings
from core.training.events import Continued, EpochDone, Event, Paused, Progress, RunFinished
from core.training.loop import TrainingLoop
from core.training.run import resume, train
from tests.core.training.conftest import MakeProject


def start(
    project: ProjectFile, config: RunConfig, control: RunControl, queued: int | None = None
) -> Iterator[Event]:
    return controlled(project, lambda stop: train(project, config, stop, queued=queued), control, queued or 0)


def rows(project: ProjectFile) -> dict[str, int]:
    """How many rows each table has that a run writes into."""
    with project.read() as session:
        return {
            name: session.scalar(select(func.count()).select_from(Base.metadata.tables[name])) or 0
            for name in ("run", "run_seed", "epoch", "candidate", "modality_weight")
        }


def queued(project: ProjectFile, config: RunConfig) -> int:
    with project.write() as session:
        return runs.queue_run(session, config.to_json())


@pytest.mark.parametrize("moment", [Progress, EpochDone, "finishing"])
def test_what_is_discarded_leaves_nothing(
    make_project: MakeProject, quick: RunConfig, moment: object
) -> None:
    """Before there is a run, between two epochs, and while its results are written."""
    project, control = make_project(), RunControl()
    run_id = queued(project, quick)
    with pytest.raises(Discarded):
        for event in start(project, quick.replace(checkpoint_every=2), control, run_id):
            writing = isinstance(event, Progress) and event.stage == "writing candidates"
            if writing if moment == "finishing" else isinstance(event, moment):  # type: ignore[arg-type]
                control.discard()
    assert set(rows(project).values()) == {0}
    assert not run_folder(project.sidecar, run_id).exists()


def test_a_run_that_is_discarded_as_it_ends_does_not_tell_of_its_end(project: ProjectFile) -> None:
    control = RunControl()
    told: list[Event] = []

    def ends(_stop: threading.Event) -> Generator[Event, None, None]:
        yield EpochDone(0, 1, 0.1, {})
        control.discard()  # by another thread
        yield RunFinished(0, "stopped", 1, 0.1, 0, {})

    with pytest.raises(Discarded):
        told.extend(controlled(project, ends, control))
    assert told == [EpochDone(0, 1, 0.1, {})]


def test_a_pause_changes_nothing_but_the_time(make_project: MakeProject, quick: RunConfig) -> None:
    project, control = make_project(), RunControl()
    plain = [e.losses for e in train(project, quick) if isinstance(e, EpochDone)]
    told: list[Event] = []
    for event in start(project, quick, control):
        told.append(event)
        if isinstance(event, EpochDone) and event.epoch == 5:
            control.pause()
        if isinstance(event, Paused):
            control.go_on()  # from another thread, in the window
    assert [e.losses for e in told if isinstance(e, EpochDone)] == plain
    kinds = [type(event) for event in told]
    assert kinds[kinds.index(Paused) + 1] is Continued
    assert kinds.count(Paused) == 1


def test_a_run_that_waited_begins_with_its_own_row(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project()
    run_id = queued(project, quick)
    with project.read() as session:
        assert runs.latest_run(session) is None
        assert (info := runs.get_run(session, run_id)) and info.status == "queued"
    assert resumable_runs(project) == []
    with pytest.raises(TrainingError, match="has not begun"):
        list(resume(project, run_id))
    finished = list(train(project, quick, queued=run_id))[-1]
    assert isinstance(finished, RunFinished) and finished.run_id == run_id
    with project.read() as session:
        assert (info := runs.get_run(session, run_id)) and info.status == "done"


def test_one_that_can_not_begin_says_so_in_the_list(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project(links=False)
    run_id = queued(project, quick)
    with pytest.raises(TrainingError, match="known links"):
        list(train(project, quick, queued=run_id))
    with project.read() as session:
        info = runs.get_run(session, run_id)
    assert info and info.status == "failed" and "known links" in (info.error or "")


def test_one_that_is_stopped_before_it_began_stays_in_the_queue(
    make_project: MakeProject, quick: RunConfig
) -> None:
    project, control = make_project(), RunControl()
    run_id = queued(project, quick)
    control.stop()
    with pytest.raises(Cancelled):
        list(start(project, quick, control, run_id))
    with project.read() as session:
        assert session.get_one(Run, run_id).status == "queued"


def test_a_stopped_run_goes_on_from_the_very_epoch(make_project: MakeProject, quick: RunConfig) -> None:
    """And ends as one that was never stopped."""
    project, control = make_project(), RunControl()
    plain = [e.losses for e in train(project, quick) if isinstance(e, EpochDone)]
    for event in start(project, quick, control):
        if isinstance(event, EpochDone) and event.epoch == 7:
            control.stop()
    assert checkpoint_path(project.sidecar, 2).exists()  # though none was due before epoch 50
    again = [e for e in resume(project, 2) if isinstance(e, EpochDone)]
    assert [e.epoch for e in again] == list(range(8, 21))
    assert [e.losses for e in again] == plain[7:]


def test_the_store_keeps_what_the_curves_show(make_project: MakeProject, quick: RunConfig) -> None:
    config = quick.replace(
        iterative="paper", iterative_start=2, iterative_every=2, iterative_probation=2, validation_ratio=0.2
    )
    project = make_project(images=True)
    told = {e.epoch: e for e in train(project, config) if isinstance(e, EpochDone)}
    with project.read() as session:
        stored = {info.epoch: info for info in run_epochs(session, 1)}
    assert stored.keys() == told.keys()
    for epoch, info in stored.items():
        assert info.losses == told[epoch].losses
        assert set(info.loss_weights) == set(info.losses)
        assert info.pseudo_seeds == told[epoch].pseudo_seeds
        assert info.pseudo_precision == told[epoch].pseudo_precision
        assert info.memory == told[epoch].memory and (info.memory is None or info.memory > 10**7)
    assert stored[1].loss_weights["joint"] == 1.0 != stored[2].loss_weights["joint"]  # learned
    assert stored[20].pseudo_seeds > 0
    assert stored[20].pseudo_precision is not None and 0 <= stored[20].pseudo_precision <= 1
    evaluated = stored[20]
    assert (
        set(evaluated.decodings) == {"cosine", "csls", "sinkhorn"}
        and evaluated.decodings["csls"]["mrr"] == evaluated.mrr
    )
    assert set(evaluated.weights) == set(evaluated.spread) == {"structure", "relation", "attribute", "visual"}
    assert not stored[19].decodings


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_without_a_gpu_the_device_is_refused_in_a_sentence(
    make_project: MakeProject, quick: RunConfig
) -> None:
    with pytest.raises(TrainingError, match="there is no CUDA device here; set device to auto or cpu"):
        list(train(make_project(), quick.replace(device="cuda")))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_a_run_on_the_gpu_keeps_a_spare_in_main_memory(
    make_project: MakeProject, quick: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    spares, keep = [], TrainingLoop._keep

    def watched(loop: TrainingLoop, embeddings: Embeddings) -> Embeddings:
        kept = keep(loop, embeddings)
        spares.append(loop.spare)
        return kept

    monkeypatch.setattr(TrainingLoop, "_keep", watched)
    events = list(train(make_project(), quick.replace(device="cuda")))
    done = [event for event in events if isinstance(event, EpochDone)]
    assert done[-1].memory and isinstance(events[-1], RunFinished)
    assert spares and all(spare is not None and not spare.joint.is_cuda for spare in spares)
