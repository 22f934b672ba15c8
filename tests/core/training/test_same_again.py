"""The same settings, data and seed give the same numbers."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch

from core.cli import run
from core.config import Device, RunConfig
from core.store.epochs import run_epochs
from core.store.project_file import ProjectFile
from core.store.runs import get_run, queue_run
from core.training.child import run_in_child
from core.training.control import RunControl
from core.training.devices import leave_a_core
from core.training.events import EpochDone, RunFinished
from core.training.run import train
from tests.core.training.conftest import MakeProject
from tests.support import REPOSITORY, build_project

_TRAIN = """
import sys
from pathlib import Path
import torch
from core.config import RunConfig
from core.store.project_file import ProjectFile
from core.training.events import EpochDone, RunFinished
from core.training.run import train
torch.set_num_threads(1)
config = RunConfig().replace(epochs=8, dimension=16, seed_ratio=0.5, learning_rate=0.02, device="cpu")
for event in train(ProjectFile.open(Path(sys.argv[1])), config):
    if isinstance(event, EpochDone):
        print(sorted(event.losses.items()))
    if isinstance(event, RunFinished):
        print(event.metrics)
"""


_needs_a_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")


def test_two_processes_give_the_same_bits(tmp_path: Path) -> None:
    build_project(tmp_path / "p.mimea", run=False).close()
    said = [
        subprocess.run(
            [sys.executable, "-c", _TRAIN, str(tmp_path / "p.mimea")],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            check=True,
            timeout=240,
            text=True,
        ).stdout
        for _ in range(2)
    ]
    assert len(said[0].splitlines()) == 9
    assert said[0] == said[1]


def test_two_runs_at_once_end_as_each_does_alone(make_project: MakeProject, quick: RunConfig) -> None:
    """In two threads of one process, as two windows have them: no random state or model is shared."""
    configs = [quick.replace(random_seed=seed, epochs=30) for seed in (1, 2)]

    def told(project: ProjectFile, config: RunConfig, meet: Callable[[], object]) -> list[object]:
        found: list[object] = []
        for event in train(project, config):
            if isinstance(event, EpochDone):
                meet()
                found.append(event.losses)
            if isinstance(event, RunFinished):
                found.append(event.metrics)
        return found

    alone = [told(make_project(), config, lambda: None) for config in configs]
    together = threading.Barrier(2, timeout=120)
    with ThreadPoolExecutor(2, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        futures = [pool.submit(told, make_project(), config, together.wait) for config in configs]
        assert [future.result(120) for future in futures] == alone
    assert alone[0] != alone[1]


@pytest.mark.parametrize(
    ("device", "difference"), [("cpu", 0.0), pytest.param("cuda", 1e-3, marks=_needs_a_gpu)]
)
def test_the_command_and_the_window_train_alike(
    make_project: MakeProject, quick: RunConfig, tmp_path: Path, device: Device, difference: float
) -> None:
    """The window's process has its own number of threads, which sums depend on in their last bits."""
    config = quick.replace(device=device)
    settings = tmp_path / "settings.json"
    settings.write_text(config.to_json(), encoding="utf-8")
    leave_a_core()
    by_command, by_window = make_project(), make_project()
    assert run(["train", str(by_command.path), "--config", str(settings)]) == 0
    with by_window.write() as session:
        run_id = queue_run(session, config.to_json())
    list(run_in_child(by_window, run_id, config, RunControl()))
    (losses, metrics), (others, other_metrics) = (_told(each, run_id) for each in (by_command, by_window))
    assert len(losses) == config.training.epochs and metrics.keys() == {"decodings", "reverse"}
    assert losses == [pytest.approx(each, rel=0, abs=difference) for each in others]
    for way, decodings in metrics.items():
        assert decodings.keys() == {"cosine", "csls", "sinkhorn"}
        for name, found in decodings.items():
            assert found == pytest.approx(other_metrics[way][name], rel=0, abs=difference)


def _told(project: ProjectFile, run_id: int) -> tuple[list[Any], dict[str, Any]]:
    """The losses of each epoch and the metrics that a run left in its project."""
    with project.read() as session:
        stored = get_run(session, run_id)
        losses = [dict(epoch.losses) for epoch in run_epochs(session, run_id)]
    assert stored is not None and stored.status == "done"
    metrics = json.loads(stored.metrics_json or "{}")
    return losses, {way: metrics[way] for way in ("decodings", "reverse")}


@_needs_a_gpu
def test_a_gpu_agrees_with_itself_to_a_thousandth(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project(images=True)
    finished = []
    for _ in range(2):
        *_, last = train(project, quick.replace(device="cuda"))
        assert isinstance(last, RunFinished)
        finished.append(last)
    for decoding, metrics in finished[0].metrics.items():
        assert metrics == pytest.approx(finished[1].metrics[decoding], abs=1e-3)
