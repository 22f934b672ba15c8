"""An epoch's time and memory as the graphs grow: copies of one pair of random graphs. Run by `make bench`.

Each size runs in a process of its own, for its peak memory is the process's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.environment import SETTINGS

REPOSITORY = Path(__file__).resolve().parents[2]
COPIES = (1, 2, 4, 8)
MOST_EXPONENT = 1.15  # of an epoch's processor time in the number of edges: 1 is linear

EPOCHS = """
import json, re, sys, threading, time
from pathlib import Path
import numpy as np
import torch
from core.config import RunConfig
from core.features.graph_data import GraphData, undirected_edges
from core.training.trainer import Trainer

copies, entities, triples, links, crossing = int(sys.argv[1]), 8_000, 80_000, 800, 20
rng = np.random.default_rng(0)
n = copies * entities
base = rng.integers(0, entities, (triples, 2))
pairs = np.concatenate([base + copy * entities for copy in range(copies)])
pairs = np.concatenate([pairs, rng.integers(0, n, (crossing * copies, 2))])
none = np.empty((0, 3), dtype=np.int64)  # an epoch reads edges alone
data = GraphData(
    entity_ids=np.arange(n), n_left=n // 2, triples=(none, none),
    edges=torch.from_numpy(undirected_edges(pairs, n)), bags={}, dense={},
    masks={"structure": torch.ones(n, dtype=torch.bool)}, left_out={},
)
trainer = Trainer(data, RunConfig().replace(modalities="structure", dimension=100), torch.device("cpu"))
left = rng.permutation(n // 2)[: copies * links]
seeds, stop, seconds = np.stack([left, left + n // 2], axis=1), threading.Event(), []
for _ in range(4):
    began, processor = time.perf_counter(), time.process_time()
    trainer.epoch(seeds, stop)
    seconds.append((time.perf_counter() - began, time.process_time() - processor))
wall, used = (min(column) for column in zip(*seconds))
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
print(json.dumps({"edges": data.edges.shape[1], "seconds": wall, "processor": used, "megabytes": peak}))
"""


@pytest.mark.benchmark
@pytest.mark.timeout(1800)
def test_an_epoch_is_linear_in_edges() -> None:
    if sys.platform != "linux":
        pytest.skip("reads the peak of memory from /proc")
    sizes = []
    print()
    for copies in COPIES:
        told = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", EPOCHS, str(copies)],
            cwd=REPOSITORY,
            env={**SETTINGS, **os.environ},  # as main.py sets it
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
        sizes.append(json.loads(told))
        print(
            f"{sizes[-1]['edges']:>9,} edges: epoch {sizes[-1]['seconds']:.2f} s by the clock, "
            f"{sizes[-1]['processor']:.2f} s of the processor; peak {sizes[-1]['megabytes']:.0f} MB"
        )
    edges = np.log([size["edges"] for size in sizes])
    exponent = float(np.polyfit(edges, np.log([size["processor"] for size in sizes]), 1)[0])
    print(f"time of the processor grows with edges to the power of {exponent:.2f} (at most {MOST_EXPONENT})")
    assert exponent <= MOST_EXPONENT
