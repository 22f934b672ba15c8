from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import text

from core.export.links import write_links
from core.review.bulk_plan import BulkPlan, carry_out, plan_bulk
from core.review.journal import Decision, current_verdicts, decide, undo
from core.store.candidate_columns import columns_from_rows, pack_candidates
from core.store.project_file import ProjectFile


def plan(project: ProjectFile, kind="accepted", where="rank = 1", **options) -> BulkPlan:
    with project.read() as session:
        ids = np.array(session.execute(text(f"SELECT id FROM candidate WHERE {where}")).scalars().all())
        return plan_bulk(session, 1, kind, ids, **options)


def verdicts(project: ProjectFile) -> list[tuple[int, int | None, str]]:
    with project.read() as session:
        return [(d.left_id, d.right_id, d.kind) for d in current_verdicts(session)]


def test_nothing_gets_a_second_counterpart_unless_asked(project: ProjectFile) -> None:
    made = plan(project, where="left_id <= 10")
    pairs = list(zip(made.rows.left_id.tolist(), made.rows.right_id.tolist(), strict=True))
    assert len({left for left, _ in pairs}) == len({right for _, right in pairs}) == len(pairs) > 5
    assert not {3, 6, 9} & {left for left, _ in pairs}  # seeds
    assert (made.clashing, made.clashes) == (0, ())
    assert len(pairs) + made.left_out + made.decided == 50
    everything = plan(project, where="left_id <= 10", exclusive=False)
    assert len(everything) == 50 and everything.clashing > 10
    assert everything.clashes[0].label and len(everything.clashes[0].others) > 1


def test_what_is_decided_stays(project: ProjectFile) -> None:
    decide(
        project, [Decision(1, 41, "rejected"), Decision(2, None, "no_counterpart"), Decision(4, 44, "unsure")]
    )
    made = plan(project)
    assert made.decided == 2
    assert not {1, 2} & set(made.rows.left_id.tolist()) and 4 in made.rows.left_id


def test_expected_precision_is_the_mean_probability(project: ProjectFile) -> None:
    assert plan(project).precision is None
    with project.write() as session:
        session.execute(
            text("UPDATE candidate SET probability = CASE WHEN left_id < 20 THEN 0.9 ELSE 0.6 END")
        )
        pack_candidates(session, 1, columns_from_rows(session, 1))
    made = plan(project)
    assert made.precision == pytest.approx(made.rows.probability.mean())
    assert 0.6 < made.precision < 0.9


def test_it_is_one_step(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "rejected")])
    made = plan(project, where="rank = 1 AND mutual")
    step = carry_out(project, made, "ada")
    assert len(step.decisions) == len(made) > 10
    assert len(verdicts(project)) == len(made) + 1
    undo(project)
    assert verdicts(project) == [(1, 41, "rejected")]


def test_rejecting_asks_for_no_counterparts(project: ProjectFile) -> None:
    made = plan(project, "rejected", "rank > 3")
    assert (len(made), made.left_out, made.clashing, made.precision) == (80, 0, 0, None)
    carry_out(project, made, "ada")
    assert {kind for *_, kind in verdicts(project)} == {"rejected"}


def test_a_pair_found_by_hand_is_exported_as_curated_by_hand(project: ProjectFile, tmp_path) -> None:
    decide(project, [Decision(1, 45, "accepted", None, 1, "ada", "found by hand")])
    write_links(project, tmp_path / "links.sssom.tsv", "sssom")
    (row,) = [
        line for line in (tmp_path / "links.sssom.tsv").read_text().splitlines() if "owl:sameAs" in line
    ]
    assert "semapv:ManualMappingCuration" in row and "SemanticSimilarity" not in row
