"""The memory that a run takes against what was said before it started.

Run with ``pytest tests/benchmarks/bench_estimate.py -m benchmark -s``. A process trains a few epochs and ends
as a run does; the kernel tells the most memory it held while it trained and while it ranked.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.config import RunConfig
from core.demo import demo_dataset
from core.environment import SETTINGS
from core.kg.dataset import Dataset, open_dataset
from core.presets import QUICK
from core.store.graphs import project_info
from core.store.importer import import_dataset
from core.store.project_file import ProjectFile
from core.training.estimate import estimate

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = REPOSITORY.parent / "shared" / "data" / "fb15k-db15k"
MOST_OFF = 0.25
_LARGE = RunConfig().replace(
    modalities="structure,relation,attribute",
    dimension=300,
    seed_ratio=0.2,
    validation_ratio=0.1,
    device="cpu",
)
RUNS = {
    "demo, quick look": QUICK.config,
    "fb15k-db15k, d=300": _LARGE,
    "fb15k-db15k, d=100": _LARGE.replace(dimension=100),
}

MEASURE = """
import json, re, sys
from pathlib import Path
from core.config import RunConfig
from core.store.project_file import ProjectFile
from core.training.events import Progress
from core.training.run import train


def megabytes(key):
    return int(re.search(key + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024


project = ProjectFile.open(Path(sys.argv[1]))
libraries = megabytes("VmRSS")
training = None
for event in train(project, RunConfig.from_json(sys.argv[2])):
    if training is None and isinstance(event, Progress) and event.stage == "keeping what was learned":
        training = megabytes("VmHWM")
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew from what is held now
print(json.dumps({"libraries": libraries, "training": training, "ranking": megabytes("VmHWM")}))
"""


def _dataset(name: str) -> Dataset:
    if name.startswith("demo"):
        return demo_dataset()
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not here")
    return open_dataset(DATA)


@pytest.mark.benchmark
@pytest.mark.timeout(3600)
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
@pytest.mark.parametrize("name", RUNS)
def test_the_estimate_before_a_run(name: str, tmp_path: Path) -> None:
    path = tmp_path / "project.mimea"
    import_dataset(path, _dataset(name))
    config = RUNS[name].replace(epochs=3, evaluate_every=2)
    with ProjectFile.open(path).read() as session:
        said = estimate(project_info(session), config)
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MEASURE, str(path), config.to_json()],
        cwd=REPOSITORY, env={**SETTINGS, **os.environ}, check=True, stdout=subprocess.PIPE, text=True,
    ).stdout  # fmt: skip
    found = json.loads(told.splitlines()[-1])
    peak = max(found["training"], found["ranking"])
    print(f"\n{name}, MB: libraries {found['libraries']:.0f}")
    for phase, estimated in (("training", max(said.training, said.ranking)), ("ranking", said.ranking)):
        print(f"  {phase} {found[phase] - found['libraries']:.0f}, estimated {estimated / 2**20:.0f}")
    off = said.peak / 2**20 / peak - 1
    print(f"  peak {peak:.0f}, estimated {said.peak / 2**20:.0f}: {100 * off:+.0f} %")
    assert abs(off) < MOST_OFF
