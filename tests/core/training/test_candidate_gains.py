"""The order in which a curator is asked, as a run writes it down."""

from __future__ import annotations

import numpy as np
from sqlalchemy import text

from core.config import RunConfig
from core.review.journal import Decision, decide
from core.review.queue import load_queue
from core.store.candidate_columns import COLUMNS, candidate_columns, columns_from_rows
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter
from core.training.run import train
from core.training.teaching import candidate_gains
from tests.core.training.conftest import MakeProject


def gains_of(project: ProjectFile) -> dict[tuple[int, int], float]:
    with project.read() as session:
        columns = columns_from_rows(session, 1)
        gain = candidate_gains(session, 1, columns)
    pairs = zip(columns.left_id.tolist(), columns.right_id.tolist(), strict=True)
    return dict(zip(pairs, gain.tolist(), strict=True))


def best_pairs(project: ProjectFile, rank: int = 1) -> dict[int, int]:
    with project.read() as session:
        rows = session.execute(text(f"SELECT left_id, right_id FROM candidate WHERE rank = {rank}"))
        return {row.left_id: row.right_id for row in rows}


def test_only_what_waits_for_a_verdict_teaches_something(project: ProjectFile) -> None:
    best, second = best_pairs(project), best_pairs(project, 2)
    with project.read() as session:
        seeds = set(session.scalars(text("SELECT left_id FROM run_seed WHERE role = 'seed'")))
    before = gains_of(project)
    assert {left for (left, _), gain in before.items() if gain > 0} == best.keys() - seeds
    accepted, rejected, alone = sorted(best.keys() - seeds)[:3]
    decide(project, [
        Decision(accepted, best[accepted], "accepted"), Decision(rejected, best[rejected], "rejected"),
        Decision(alone, None, "no_counterpart"),
    ])  # fmt: skip
    after = gains_of(project)
    assert not {left for (left, _), gain in after.items() if gain > 0} & {accepted, alone}
    assert after[rejected, best[rejected]] == 0 < after[rejected, second[rejected]]


def test_likely_entities_with_many_neighbours_teach_most(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(text("UPDATE candidate SET probability = 0.5 / rank"))
        session.execute(text("UPDATE candidate SET probability = 0.9 / rank WHERE left_id = 1"))
        session.execute(text("DELETE FROM run_seed WHERE left_id = 1"))
        session.execute(text("DELETE FROM relation_triple WHERE head_id = 2 OR tail_id = 2"))
    gain = gains_of(project)
    best, second = best_pairs(project), best_pairs(project, 2)
    assert max(gain, key=lambda pair: gain[pair]) == (1, best[1])
    assert gain[2, best[2]] == 0
    np.testing.assert_allclose(gain[1, second[1]], gain[1, best[1]] / 2**4)


def test_a_run_leaves_its_order_and_the_list_begins_with_it(
    make_project: MakeProject, quick: RunConfig
) -> None:
    project = make_project()
    for _ in train(project, quick):
        pass
    with project.read() as session:
        columns = candidate_columns(session, 1)
        queue = load_queue(session, CandidateFilter(1))
        np.testing.assert_allclose(columns.gain, candidate_gains(session, 1, columns), rtol=1e-6)
        rows = columns_from_rows(session, 1)
    for name in COLUMNS[:-1]:
        np.testing.assert_array_equal(getattr(columns, name), getattr(rows, name))
    shown = columns.gain[columns.places(queue.ids)]
    assert len(shown) > 3 and (np.diff(shown) <= 0).all() and shown[0] > 0
