"""How long an import takes beside plain ``sqlite3.executemany`` of the very same rows, and its memory.

And how many triples a second come in from a generated pair of N-Triples files: 2 million in all, or as
many as ``MIMEA_BENCH_TRIPLES`` says.

Run with ``pytest tests/benchmarks/bench_import.py -m benchmark -s``.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from core.store.import_report import TABLES

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = REPOSITORY.parent / "shared" / "data"
# The second is small, and its numbers are looked up in files of their own.
MOST_TIMES = {"fb15k-db15k": 2.0, "dbp15k-zh-en": 4.0}
MOST_MEGABYTES = 1024
ROUNDS = 3
TRIPLES = int(os.environ.get("MIMEA_BENCH_TRIPLES", 2_000_000))
TRIPLES_PER_ENTITY = 10
LEAST_TRIPLES_A_SECOND = 150_000
MOST_MEGABYTES_GENERATED = 2048

IMPORT = """
import re, resource, sys, time
from pathlib import Path
from core.kg.dataset import open_dataset
from core.store.importer import import_dataset
wall, processor = time.perf_counter(), time.process_time()
import_dataset(Path(sys.argv[2]), open_dataset(Path(sys.argv[1])))
wall, processor = time.perf_counter() - wall, time.process_time() - processor
beside = resource.getrusage(resource.RUSAGE_CHILDREN)
# VmHWM, for the resource module's figure starts at the peak of the process that forked this one.
own = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
print(wall, processor, beside.ru_utime + beside.ru_stime, (own + beside.ru_maxrss) / 1024)
"""


class Seconds(NamedTuple):
    """By the clock, and of the processor: the latter is what a busy machine leaves comparable.

    ``first`` is the processor's time of the first process, which ends last: of an import of two graphs of
    one size, what it would take by the clock of a machine with two idle processors.
    """

    wall: float
    processor: float
    first: float


@pytest.mark.benchmark
@pytest.mark.parametrize("name", list(MOST_TIMES))
def test_import_beside_plain_executemany(name: str, tmp_path: Path) -> None:
    if not (DATA / name).is_dir():
        pytest.skip(f"{DATA / name} is not here")
    importing, plain, megabytes = [], [], 0.0
    for round_number in range(ROUNDS):  # by turns, so that what else the machine does hits both alike
        target = tmp_path / f"{round_number}.mimea"
        seconds, peak = _import(DATA / name, target)
        importing.append(seconds)
        megabytes = max(megabytes, peak)
        plain.append(_executemany(target, tmp_path / f"{round_number}.sqlite"))
    ratio = _best(importing).processor / _best(plain).processor
    print(
        f"\n{name}: import {_told(importing)}, plain executemany {_told(plain)}: {ratio:.2f} times "
        f"(at most {MOST_TIMES[name]}) the processor time, "
        f"{_best(importing).wall / _best(plain).wall:.2f} times "
        f"by the clock; peak {megabytes:.0f} MB (at most {MOST_MEGABYTES})"
    )
    assert ratio <= MOST_TIMES[name]
    assert megabytes < MOST_MEGABYTES


def _best(rounds: list[Seconds]) -> Seconds:
    return Seconds(*map(min, zip(*rounds, strict=True)))


def _told(rounds: list[Seconds]) -> str:
    best = _best(rounds)
    return f"{best.wall:.2f} s ({best.processor:.2f} s of the processor)"


def _import(source: Path, target: Path) -> tuple[Seconds, float]:
    """Seconds, and peak megabytes of a process of its own with the one that it may start."""
    command = [sys.executable, "-c", IMPORT, str(source), str(target)]
    told = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    wall, first, second, megabytes = map(float, told.split())
    return Seconds(wall, first + second, first), megabytes


def _executemany(project: Path, target: Path) -> Seconds:
    """Seconds to put the rows, already in memory and in key order (its best case), into equal tables."""
    source = sqlite3.connect(project)
    schema = [sql for (sql,) in source.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
    rows = {table: source.execute(f"SELECT * FROM {table}").fetchall() for table in ("graph", *TABLES)}
    source.close()
    wall, processor = time.perf_counter(), time.process_time()
    connection = sqlite3.connect(target)
    for sql in schema:
        connection.execute(sql)
    for table, values in rows.items():
        if values:
            marks = ", ".join("?" * len(values[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
    connection.commit()
    connection.close()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return Seconds(wall, processor, processor)


@pytest.mark.benchmark
def test_a_generated_pair_of_ntriples(tmp_path: Path) -> None:
    for seed, side in enumerate(("left", "right")):
        _generate(tmp_path / "pair" / side / "graph.nt", TRIPLES // 2, seed)
    seconds, megabytes = _import(tmp_path / "pair", tmp_path / "pair.mimea")
    print(
        f"\n{TRIPLES:,} triples of N-Triples: {_told([seconds])}, {TRIPLES / seconds.wall:,.0f} a second by "
        f"the clock, {TRIPLES / seconds.first:,.0f} of the first process's processor (at least "
        f"{LEAST_TRIPLES_A_SECOND:,}); peak {megabytes:.0f} MB (at most {MOST_MEGABYTES_GENERATED})"
    )
    assert TRIPLES / seconds.first >= LEAST_TRIPLES_A_SECOND
    assert megabytes < MOST_MEGABYTES_GENERATED


def _generate(path: Path, triples: int, seed: int) -> None:
    """Three relation triples to one attribute triple, over a tenth as many entities."""
    rng = random.Random(seed)
    entities = triples // TRIPLES_PER_ENTITY
    path.parent.mkdir(parents=True)
    with path.open("w", encoding="utf-8") as file:
        for i in range(triples):
            head = f"<http://{path.parent.name}.example.org/resource/Thing_{rng.randrange(entities)}>"
            if i % 4:
                tail = f"<http://{path.parent.name}.example.org/resource/Thing_{rng.randrange(entities)}>"
                file.write(f"{head} <http://example.org/ontology/r{rng.randrange(200)}> {tail} .\n")
            else:
                value = f"value {rng.randrange(10_000)}"
                file.write(f'{head} <http://example.org/property/p{rng.randrange(50)}> "{value}"@en .\n')
