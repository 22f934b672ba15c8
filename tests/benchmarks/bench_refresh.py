"""What taking in 50 verdicts costs against a whole run, and where a refresh spends its time.

Run with ``pytest tests/benchmarks/bench_refresh.py -m benchmark -s``; ``BENCH_PROJECT`` names a copy of a
project with a finished run to begin with, which is refreshed instead of the demo and whose whole run is timed
anew. Both are timed as the window runs them, in a process that has loaded the libraries, in processor time.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.demo import demo_dataset
from core.environment import SETTINGS
from core.presets import QUICK
from core.store.importer import import_dataset

REPOSITORY = Path(__file__).resolve().parents[2]
VERDICTS = 50
MOST_RATIO = 0.1

MEASURE = """
import json, sys, time
from pathlib import Path
from sqlalchemy import text
from core.config import RunConfig
from core.review.journal import Decision, decide
from core.store.project_file import ProjectFile
from core.store.runs import latest_run
from core.training.events import EpochDone, Progress, RunFinished
from core.training.run import refresh, train

project, verdicts = ProjectFile.open(Path(sys.argv[1])), int(sys.argv[3])
with project.read() as session:
    before = latest_run(session)
config = RunConfig.from_json(sys.argv[2] or before.config_json)


def timed(events):
    stages, stage, last = {}, "reading graphs", time.process_time()
    for event in events:
        now = time.process_time()
        stages[stage] = stages.get(stage, 0.0) + now - last
        last = now
        match event:
            case Progress():
                stage = event.stage
            case EpochDone():
                stage = "epochs"
            case RunFinished():
                run_id = event.run_id
                metrics = event.metrics
    stages[stage] = stages.get(stage, 0.0) + time.process_time() - last
    return run_id, stages, metrics


run_id, whole, first = timed(train(project, config))
with project.read() as session:
    rows = session.execute(text(
        "SELECT c.left_id, c.right_id, l.right_id IS c.right_id AS is_right FROM candidate c "
        "LEFT JOIN link l ON l.left_id = c.left_id WHERE c.run_id = :run AND c.rank = 1 AND c.left_id NOT IN "
        "(SELECT left_id FROM run_seed WHERE run_id = :run AND role = 'seed') "
        "AND c.left_id NOT IN (SELECT left_id FROM current_verdict) "
        "ORDER BY c.left_id * 7919 % 1009 LIMIT :count"), {"run": run_id, "count": verdicts}).all()
kinds = "rejected", "accepted"
decide(project, [Decision(r.left_id, r.right_id, kinds[r.is_right], run_id=run_id) for r in rows])
_, short, then = timed(refresh(project))
print(json.dumps({"whole": whole, "refresh": short, "accepted": sum(row.is_right for row in rows),
                  "before": first["csls"]["mrr"], "after": then["csls"]["mrr"]}))
"""


@pytest.mark.benchmark
@pytest.mark.timeout(7200)
def test_a_refresh_after_fifty_verdicts(tmp_path: Path) -> None:
    given = os.environ.get("BENCH_PROJECT")
    path = tmp_path / "project.mimea"
    if given:
        shutil.copy(given, path)
        shutil.copytree(f"{given}.d", f"{path}.d")
    else:
        import_dataset(path, demo_dataset())
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MEASURE, str(path), "" if given else QUICK.config.to_json(),
         str(VERDICTS)],
        cwd=REPOSITORY, env={**SETTINGS, **os.environ}, check=True, stdout=subprocess.PIPE, text=True,
    ).stdout  # fmt: skip
    result = json.loads(told.splitlines()[-1])
    whole, refresh = (sum(result[name].values()) for name in ("whole", "refresh"))
    print(f"\n{given or 'the demo, quick look'}: whole run {whole:.1f} s, refresh {refresh:.2f} s of the ")
    print(
        f"processor: {refresh / whole:.3f}; MRR (CSLS, test) {result['before']:.4f} -> {result['after']:.4f}"
    )
    print(f"{VERDICTS} verdicts, {result['accepted']} of them accepted")
    for stage in dict.fromkeys([*result["whole"], *result["refresh"]]):
        times = (result[name].get(stage, 0.0) for name in ("whole", "refresh"))
        print(f"  {stage:<28}" + "".join(f"{seconds:>9.2f}" for seconds in times))
    assert refresh / whole < MOST_RATIO
