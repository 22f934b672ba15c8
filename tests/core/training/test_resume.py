"""A run that was interrupted and goes on from its checkpoint is the run that never was."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from sqlalchemy import delete, text, update

from core import cli
from core.config import RunConfig
from core.errors import TrainingError
from core.store import runs
from core.store.epochs import run_epochs
from core.store.project_file import ProjectFile
from core.store.run_files import checkpoint_path, close_interrupted_runs, resumable_runs, run_lock
from core.store.schema import RelationTriple, Run
from core.training.checkpoints import load_checkpoint, save_checkpoint
from core.training.epoch_log import EpochLog
from core.training.events import EpochDone, Notice, RunFinished, RunStarted
from core.training.run import resume, train
from tests.core.training.conftest import MakeProject
from tests.core.training.result import run_result
from tests.support import REPOSITORY, build_project

CPU = torch.device("cpu")


@pytest.fixture
def everything(quick: RunConfig) -> RunConfig:
    """All that has a state: held-out seeds, pseudo-seeds, a schedule."""
    return quick.replace(
        epochs=40,
        schedule="cosine",
        validation_ratio=0.3,
        patience=8,
        evaluate_every=2,
        iterative="paper",
        iterative_start=6,
        iterative_every=2,
        iterative_probation=4,
        checkpoint_every=12,
    )


class Killed(BaseException):
    """Ends a run as abruptly as an exception can."""


def _kill_after(project: ProjectFile, config: RunConfig, epoch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Train until ``epoch`` is recorded, and leave everything as a killed process does."""
    with monkeypatch.context() as patch:
        record = EpochLog.add

        def kill(log: EpochLog, done: EpochDone, *rest: Any) -> None:
            record(log, done, *rest)
            if done.epoch == epoch:
                raise Killed

        patch.setattr(EpochLog, "add", kill)
        with pytest.raises(Killed):
            list(train(project, config))


@pytest.mark.parametrize("iterative", ["paper", "propagation"])
def test_a_resumed_run_equals_an_uninterrupted_one(
    make_project: MakeProject, everything: RunConfig, monkeypatch: pytest.MonkeyPatch, iterative: str
) -> None:
    everything = everything.replace(iterative=iterative)
    project = make_project(images=True)
    whole = [event for event in train(project, everything) if isinstance(event, EpochDone)]
    assert whole[-1].pseudo_seeds > 0 and len(whole) > 24

    _kill_after(project, everything, 22, monkeypatch)  # after the checkpoint of epoch 12
    with project.read() as session:
        assert [info.epoch for info in run_epochs(session, 2)][-1] > 12
        assert runs.get_run(session, 2).status == "running"  # type: ignore[union-attr]
    events = list(resume(project))
    started = next(event for event in events if isinstance(event, RunStarted))
    assert (started.run_id, started.resumed_after) == (2, 12)
    again = [event for event in events if isinstance(event, EpochDone)]
    assert [(e.epoch, e.losses, e.pseudo_seeds) for e in again] == [
        (e.epoch, e.losses, e.pseudo_seeds) for e in whole[12:]
    ]
    assert run_result(project, 2) == run_result(project, 1)
    assert run_result(project, 2)["run"][0] == "done"
    assert not checkpoint_path(project.sidecar, 2).exists()
    assert resumable_runs(project) == []


def test_resumed_twice(
    make_project: MakeProject, everything: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = everything.replace(patience=0, checkpoint_every=5, epochs=14)
    project = make_project()
    list(train(project, config))
    _kill_after(project, config, 7, monkeypatch)
    record = EpochLog.add

    def kill(log: EpochLog, done: EpochDone, *rest: Any) -> None:
        record(log, done, *rest)
        if done.epoch == 11:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(EpochLog, "add", kill)
        with pytest.raises(Killed):
            list(resume(project))
    assert [run.id for run in resumable_runs(project)] == [2]
    started = next(event for event in resume(project, 2) if isinstance(event, RunStarted))
    assert started.resumed_after == 10
    list(resume(project, 2))
    assert run_result(project, 2) == run_result(project, 1)


def test_a_stopped_run_can_go_on(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project()
    config = quick.replace(checkpoint_every=4)
    events = train(project, config)
    for event in events:
        if isinstance(event, EpochDone) and event.epoch == 6:
            break
    events.close()  # type: ignore[attr-defined]
    assert [run.status for run in resumable_runs(project)] == ["stopped"]
    list(train(project, config))
    list(resume(project, 1))
    assert run_result(project, 1) == run_result(project, 2)


def _spoil_file(project: ProjectFile) -> None:
    path = checkpoint_path(project.sidecar, 1)
    path.write_bytes(path.read_bytes()[:-100])


def _spoil_header(project: ProjectFile) -> None:
    checkpoint_path(project.sidecar, 1).write_bytes(b"no tensors at all")


def _remove(project: ProjectFile) -> None:
    checkpoint_path(project.sidecar, 1).unlink()


def _change_graph(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(delete(RelationTriple).where(RelationTriple.head_id == 1))


def _change_settings(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(update(Run).values(config_json=RunConfig().replace(dimension=8).to_json()))


def _other_version(project: ProjectFile) -> None:
    path = checkpoint_path(project.sidecar, 1)
    state = load_checkpoint(path)
    model = state["trainer"]["model"]
    model["renamed"] = model.pop(next(iter(model)))
    save_checkpoint(path, state)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_spoil_file, "is damaged; train again"),
        (_spoil_header, "is damaged; train again"),
        (_remove, "there is no checkpoint"),
        (_change_graph, "the graphs have changed since run 1 was interrupted"),
        (_change_settings, "the settings of run 1 are not those of its checkpoint"),
        (_other_version, "another version of the program"),
    ],
)
def test_what_cannot_go_on_says_so_and_changes_nothing(
    make_project: MakeProject,
    quick: RunConfig,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[ProjectFile], None],
    message: str,
) -> None:
    project = make_project()
    _kill_after(project, quick.replace(checkpoint_every=4), 6, monkeypatch)
    close_interrupted_runs(project)
    spoil(project)

    def rows() -> list[Any]:
        with project.read() as session:
            return [
                session.execute(text(f"SELECT * FROM {table}")).all()
                for table in ("run", "epoch", "run_seed")
            ]

    before = rows()
    with pytest.raises(TrainingError, match=message):
        list(resume(project, 1))
    assert rows() == before
    assert not run_lock(project.sidecar, 1).held()


def test_nothing_to_resume(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project()
    with pytest.raises(TrainingError, match="no run to resume"):
        list(resume(project))
    list(train(project, quick.replace(epochs=2)))
    with pytest.raises(TrainingError, match="run 1 is done"):
        list(resume(project, 1))
    with pytest.raises(TrainingError, match="no run 9"):
        list(resume(project, 9))


def test_a_run_that_goes_on_is_no_interrupted_one(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project()
    events = train(project, quick.replace(checkpoint_every=1))
    for event in events:
        if isinstance(event, EpochDone) and event.epoch == 2:
            break
    assert close_interrupted_runs(project) == 0
    assert resumable_runs(project) == []
    with pytest.raises(TrainingError, match="run 1 is going in another process"):
        list(resume(project, 1))
    events.close()  # type: ignore[attr-defined]
    assert [run.id for run in resumable_runs(project)] == [1]


def test_runs_whose_process_is_gone_are_interrupted(make_project: MakeProject) -> None:
    project = make_project()
    with project.write() as session:
        runs.start_run(session, RunConfig().to_json(), "CPU", ("structure",))
    assert close_interrupted_runs(project) == 1
    assert close_interrupted_runs(project) == 0
    with project.read() as session:
        (run,) = runs.list_runs(session)
        assert (run.status, run.error) == ("stopped", "interrupted")
        assert runs.latest_run(session) is None


def test_a_full_disk_costs_the_checkpoint_only(
    make_project: MakeProject, quick: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.training.loop.save_checkpoint", full)
    events = list(train(make_project(), quick.replace(checkpoint_every=8)))
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert [text.partition(" can't")[0] for text in notices] == [
        "The checkpoint of epoch 8",
        "The checkpoint of epoch 16",
    ]
    assert "No space left on device" in notices[0]
    assert isinstance(events[-1], RunFinished) and events[-1].status == "done"


def test_checkpoint_file(tmp_path: Path) -> None:
    state = {
        "tensors": {"a": torch.arange(6).reshape(2, 3).T, "b": torch.tensor(1.5)},
        "none": None,
        "rate": 1e-3 / 3,
        "list": [1, 2],
    }
    path = tmp_path / "run" / "checkpoint.safetensors"
    for _ in range(2):
        save_checkpoint(path, state)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    loaded = load_checkpoint(path)
    assert torch.equal(loaded["tensors"]["a"], state["tensors"]["a"])  # type: ignore[index]
    assert torch.equal(loaded["tensors"]["b"], torch.tensor(1.5))
    assert (loaded["none"], loaded["rate"], loaded["list"]) == (None, state["rate"], [1, 2])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_process_goes_on_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = ["--epochs", "40", "--seed-ratio", "0.5", "--device", "cpu"]
    for change in ("dimension=16", "evaluate_every=4", "checkpoint_every=3", "schedule=cosine"):
        settings += ["--set", change]
    path = tmp_path / "p.mimea"
    project = build_project(path, images=False, run=False)
    # It hangs in its eighth epoch, so that it is killed in its middle on any machine.
    program = (
        "import sys, threading, torch\n"
        "torch.set_num_threads(1)\n"
        "from core.training.trainer import Trainer\n"
        "epoch, count = Trainer.epoch, iter(range(1, 41))\n"
        "def hang(*arguments):\n"
        "    if next(count) == 8:\n"
        "        print('here', flush=True)\n"
        "        threading.Event().wait()\n"
        "    return epoch(*arguments)\n"
        "Trainer.epoch = hang\n"
        "from core.cli import run\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    command = [sys.executable, "-c", program, "train", str(path), *settings]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        said = iter(process.stdout.readline, b"")
        assert b"here\n" in said
        assert close_interrupted_runs(project) == 0  # it goes on
        process.send_signal(signal.SIGKILL)
    assert cli.run(["train", str(path), "--resume", "--epochs", "3"]) == 2
    assert cli.run(["train", str(path), "--resume", "7"]) == 1
    capsys.readouterr()
    assert cli.run(["train", str(path), "--resume"]) == 0
    assert "resumed after epoch 6 of 40" in capsys.readouterr().out
    assert cli.run(["train", str(path), *settings]) == 0
    assert run_result(project, 1) == run_result(project, 2)
    assert run_result(project, 1)["run"][0] == "done"
    project.close()


def test_a_run_stopped_where_its_patience_ended_is_over_when_it_is_resumed(
    make_project: MakeProject, quick: RunConfig
) -> None:
    project, stop = make_project(), threading.Event()
    config = quick.replace(validation_ratio=0.3, patience=1, evaluate_every=1, epochs=60)
    whole = [event.epoch for event in train(project, config) if isinstance(event, EpochDone)]
    assert len(whole) < 60
    for event in train(project, config, stop):
        if isinstance(event, EpochDone) and event.epoch == whole[-1]:
            stop.set()
    again = list(resume(project, 2))
    assert not [event for event in again if isinstance(event, EpochDone)]
    assert isinstance(again[-1], RunFinished) and again[-1].status == "done"
