"""MRR and Hits@1 on the demo with and without pictures: the README's figures (`make bench`)."""

from __future__ import annotations

from pathlib import Path
from statistics import mean, stdev
from time import perf_counter

import pytest

from core.demo import DEMO_CONFIG, demo_dataset
from core.modality import MODALITIES, PAPER_MODALITIES
from core.store.importer import import_dataset
from core.store.project_file import ProjectFile
from core.training.events import RunFinished
from core.training.run import train

SEEDS = range(5)


@pytest.mark.benchmark
@pytest.mark.timeout(3600)
def test_the_demo_with_and_without_pictures(tmp_path: Path) -> None:
    path = tmp_path / "countries.mimea"
    import_dataset(path, demo_dataset())
    project = ProjectFile.open(path)
    means = {}
    for name, modalities in (
        ("all modalities", PAPER_MODALITIES),
        ("without visual", PAPER_MODALITIES[:-1]),
        ("with names", MODALITIES),
    ):
        runs, began = [], perf_counter()
        for seed in SEEDS:
            config = DEMO_CONFIG.replace(random_seed=seed, modalities=modalities)
            *_, finished = train(project, config)
            assert isinstance(finished, RunFinished)
            runs.append(finished.metrics)
        seconds = (perf_counter() - began) / len(SEEDS)
        print(f"\n{name}, {len(SEEDS)} seeds, {seconds:.0f} s a run")
        for decoding in runs[0]:
            for metric in ("mrr", "hits@1"):
                values = [metrics[decoding][metric] for metrics in runs]
                means[name, decoding, metric] = mean(values)
                print(f"  {decoding:<9}{metric:<7}{mean(values):.3f} ± {stdev(values):.3f}")
    project.close()
    # Flags are told apart by colour alone: pictures must help.
    assert means["all modalities", "csls", "mrr"] > means["without visual", "csls", "mrr"]
