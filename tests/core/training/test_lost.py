"""A GPU that vanishes, a full disk, a machine that sleeps and a polite kill: what was good is kept."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from core.config import RunConfig
from core.errors import TrainingError
from core.store import runs
from core.store.backup import problems
from core.store.project_file import ProjectFile
from core.store.run_files import checkpoint_path
from core.training import loop
from core.training.embeddings import Embeddings
from core.training.events import Evaluated, Notice, RunFinished
from core.training.failures import device_lost, disk_full, sentence
from core.training.loop import TrainingLoop
from core.training.run import resume, train
from core.training.trainer import Trainer
from tests.core.training.conftest import MakeProject
from tests.support import REPOSITORY, build_project, full_disk, page_count

LOST = "CUDA error: an illegal memory access was encountered\nCUDA kernel errors might be reported later"


@pytest.mark.parametrize(
    ("error", "lost", "full"),
    [
        (RuntimeError(LOST), True, False),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), False, False),
        (OSError(errno.ENOSPC, "No space left on device"), False, True),
        (OperationalError("INSERT", {}, Exception("database or disk is full")), False, True),
        (RuntimeError("sizes do not match"), False, False),
    ],
)
def test_what_happened_is_told_apart(error: Exception, lost: bool, full: bool) -> None:
    assert (device_lost(error), disk_full(error)) == (lost, full)
    assert "\n" not in sentence(error)


def test_a_gpu_that_vanishes_leaves_the_state_in_main_memory(
    make_project: MakeProject, quick: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kept state on the device can't be read any more; its spare can."""
    epoch, loops = Trainer.epoch, []

    def vanish(self: Trainer, *arguments: Any) -> Any:
        if self.optimizer.state and self.schedule.last_epoch == 14:
            loops[0].kept = loops[0].kept.on(torch.device("meta"))  # nothing can be read of it
            raise RuntimeError(LOST)
        return epoch(self, *arguments)

    evaluate = TrainingLoop._evaluate

    def on_a_device(self: TrainingLoop, number: int) -> Evaluated:
        event = evaluate(self, number)
        self.spare = self.kept
        loops.append(self)
        return event

    monkeypatch.setattr(Trainer, "epoch", vanish)
    monkeypatch.setattr(TrainingLoop, "_evaluate", on_a_device)
    project, events = make_project(), []
    with pytest.raises(TrainingError, match="the GPU stopped answering"):
        for event in train(project, quick.replace(checkpoint_every=4)):
            events.append(event)  # noqa: PERF402 - what came before the error counts
    assert isinstance(events[-1], RunFinished) and (events[-1].status, events[-1].epoch) == ("failed", 10)
    assert events[-1].candidates > 0
    assert checkpoint_path(project.sidecar, 1).exists()


def test_candidates_are_ranked_in_main_memory_where_a_gpu_has_no_room(
    make_project: MakeProject, quick: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    spares, ranked = [], []
    keep, measure = TrainingLoop._keep, loop.report

    def on_a_device(self: TrainingLoop, embeddings: Embeddings) -> Embeddings:
        self.spare = replace(embeddings, joint=embeddings.joint.clone())
        spares.append(self.spare)
        return keep(self, embeddings)

    def full_at_first(run_id: int, embeddings: Embeddings, *arguments: Any, **options: Any) -> Any:
        ranked.append(embeddings.joint.data_ptr())
        if len(ranked) == 1:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        return measure(run_id, embeddings, *arguments, **options)

    monkeypatch.setattr(TrainingLoop, "_keep", on_a_device)
    monkeypatch.setattr(loop, "report", full_at_first)
    events = list(train(make_project(), quick))
    assert ranked[1:] == [spares[-1].joint.data_ptr()] != ranked[:1]
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert notices == ["Memory ran out; the candidates are ranked in main memory"]
    assert isinstance(events[-1], RunFinished) and events[-1].status == "done" and events[-1].candidates > 0


def test_a_disk_that_is_full_ends_in_a_sentence_and_the_run_can_go_on(
    make_project: MakeProject, quick: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    project = make_project()
    monkeypatch.setattr("core.training.loop.save_checkpoint", full)
    events = list(train(project, quick.replace(checkpoint_every=5)))
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert any("The checkpoint of epoch 5 can't be written" in text for text in notices)
    assert isinstance(events[-1], RunFinished) and events[-1].status == "done"  # it goes on without

    monkeypatch.setattr("core.training.results.save_embeddings", full)
    with pytest.raises(TrainingError, match="the disk is full; make room"):
        list(train(project, quick))
    with project.read() as session:
        assert (run := runs.get_run(session, 2)) and run.status == "failed"


@pytest.mark.parametrize("share", [0, 0.3, 0.6, 0.8, 0.95])
def test_a_disk_that_fills_while_results_are_written(
    make_project: MakeProject, quick: RunConfig, share: float
) -> None:
    """The run before stays as it was, and this one goes on from its checkpoint once there is room."""
    project = make_project(size=120)
    before = page_count(project)
    whole = list(train(project, quick))[-1]
    room = int(share * (page_count(project) - before))
    with full_disk(project, room), pytest.raises(TrainingError, match="the disk is full; make room"):
        list(train(project, quick.replace(checkpoint_every=5)))
    with project.read() as session:
        first, second = (runs.get_run(session, number) for number in (1, 2))
        left = {
            table: [row.run_id for row in session.execute(text(f"SELECT DISTINCT run_id FROM {table}"))]
            for table in ("candidate", "modality_weight")
        }
    assert first and first.status == "done" and second and second.status == "failed"
    assert second.error and "the disk is full; make room" in second.error
    assert left == {"candidate": [1], "modality_weight": [1]}
    assert problems(project.path) == []
    *_, last = resume(project, 2)
    assert isinstance(last, RunFinished) and last.status == "done"
    assert isinstance(whole, RunFinished) and last.candidates == whole.candidates


def _training(path: Path) -> subprocess.Popen[str]:
    settings = ["--epochs", "100000", "--seed-ratio", "0.5", "--device", "cpu"]
    extra = ["--set", "dimension=16", "--set", "evaluate_every=1", "--set", "support_weight=0"]
    return subprocess.Popen(
        [sys.executable, "main.py", "train", str(path), *settings, *extra],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _epochs(project: ProjectFile) -> int:
    with project.read() as session:
        return int(session.connection().exec_driver_sql("SELECT count(*) FROM epoch").scalar_one())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_polite_kill_saves_and_a_sleep_only_takes_time(tmp_path: Path) -> None:
    project = build_project(tmp_path / "p.mimea", images=False, run=False)
    with _training(project.path) as process:
        until = time.monotonic() + 200
        while _epochs(project) < 3 and process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        process.send_signal(signal.SIGSTOP)  # as when the lid is closed
        time.sleep(0.5)
        asleep = _epochs(project)
        time.sleep(1)
        assert _epochs(project) == asleep
        process.send_signal(signal.SIGCONT)
        while _epochs(project) < asleep + 3 and process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        out, error = process.communicate(timeout=200)
    assert process.returncode == 130, error
    assert "stopped at epoch" in out
    with project.read() as session:
        (run,) = runs.list_runs(session)
    assert run.status == "stopped" and run.best_epoch
    assert checkpoint_path(project.sidecar, run.id).exists()
    project.close()
