"""Training on a GPU: a thousand epochs on real graphs, where the processor waits, and what time is left.

Run with ``pytest tests/benchmarks/bench_gpu.py -m benchmark -s`` on a machine that has one.
"""

from __future__ import annotations

import os
import threading
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from statistics import median

import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from core.config import RunConfig
from core.features.graph_data import load_graph_data
from core.kg.dataset import open_dataset
from core.store import arrays
from core.store.importer import import_dataset
from core.store.project_file import ProjectFile
from core.training.devices import pick_device
from core.training.events import EpochDone, Evaluated, RunFinished, RunStarted
from core.training.run import train
from core.training.split import split_links
from core.training.trainer import Trainer
from tests.support import SHARED_DATA

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here"),
]

NAME = "fb15k-db15k"
EPOCHS = int(os.environ.get("BENCH_EPOCHS", "1000"))
MOST_SECONDS = 60.0  # a thousand epochs on an H100
CONFIG = RunConfig().replace(
    modalities="structure,relation", dimension=300, seed_ratio=0.2, random_seed=0, epochs=EPOCHS,
    evaluate_every=max(1, EPOCHS // 4), device="cuda", support_weight=0,  # training alone
)  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectFile]:
    if not (SHARED_DATA / NAME).is_dir():
        pytest.skip(f"{SHARED_DATA / NAME} is not here")
    path = tmp_path_factory.mktemp("gpu") / "fb.mimea"
    import_dataset(path, open_dataset(SHARED_DATA / NAME))
    opened = ProjectFile.open(path)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def trainer(project: ProjectFile) -> Trainer:
    data = load_graph_data(project, CONFIG.features, CONFIG.model.modalities)
    return Trainer(data, CONFIG, pick_device("cuda"))


@pytest.fixture(scope="module")
def seeds(project: ProjectFile, trainer: Trainer) -> object:
    with project.read() as session:
        return trainer.data.positions(split_links(arrays.known_links(session), CONFIG.training).seed)


def test_the_processor_waits_once_an_epoch(trainer: Trainer, seeds) -> None:
    stop, epochs = threading.Event(), 3
    trainer.epoch(seeds, stop)
    torch.cuda.set_sync_debug_mode("warn")
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            for _ in range(epochs):
                trainer.epoch(seeds, stop)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    waits = Counter(f"{w.filename}:{w.lineno}" for w in told if "synchronizing" in str(w.message))
    print(f"\nwaits in {epochs} epochs: {dict(waits)}")
    assert sum(waits.values()) == epochs


def test_what_an_epoch_does(trainer: Trainer, seeds) -> None:
    stop, epochs = threading.Event(), 10
    for _ in range(3):
        trainer.epoch(seeds, stop)
    torch.cuda.synchronize()
    with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as profiled:
        began = time.perf_counter()
        for _ in range(epochs):
            trainer.epoch(seeds, stop)
        wall = time.perf_counter() - began
    table = profiled.key_averages()
    busy = sum(each.self_device_time_total for each in table if each.device_type.name == "CUDA") / 1e6
    launches = sum(
        each.count
        for each in table
        if each.key in ("cudaLaunchKernel", "cuLaunchKernelEx", "cudaLaunchKernelExC")
    )
    print(
        f"\nan epoch under the profiler: {wall / epochs * 1e3:.1f} ms, of which the GPU is busy "
        f"{busy / epochs * 1e3:.1f} ms, in {launches / epochs:.0f} kernels"
    )
    print(table.table(sort_by="self_cuda_time_total", row_limit=14, max_name_column_width=60))
    print(table.table(sort_by="self_cpu_time_total", row_limit=14, max_name_column_width=60))


def test_a_thousand_epochs(project: ProjectFile) -> None:
    torch.cuda.reset_peak_memory_stats()
    began = time.perf_counter()
    marks: dict[str, float] = {}
    epochs, curve, about, metrics = [], {}, "", {}
    for event in train(project, CONFIG):
        match event:
            case RunStarted():
                marks["start"] = time.perf_counter()
                about = f"{event.device}; {event.entities} entities, {event.edges} edges, {event.seeds} seeds"
            case EpochDone():
                marks["epochs"] = time.perf_counter()
                epochs.append(event.seconds)
            case Evaluated():
                curve[event.epoch] = round(event.decodings["csls"]["mrr"], 4)
            case RunFinished():
                metrics = {name: round(row["mrr"], 4) for name, row in event.metrics.items()}
    seconds = marks["epochs"] - marks["start"]
    print(
        f"\n{about}\n{EPOCHS} epochs with 4 evaluations {seconds:.1f} s "
        f"(at most {MOST_SECONDS:g} for 1000), an epoch {median(epochs) * 1e3:.1f} ms, before them "
        f"{marks['start'] - began:.1f} s, after them {time.perf_counter() - marks['epochs']:.1f} s; "
        f"peak {torch.cuda.max_memory_allocated() / 2**20:.0f} MB\n"
        f"MRR (CSLS) by epoch {curve}, in the end {metrics}"
    )
    assert seconds * 1000 / EPOCHS < MOST_SECONDS
