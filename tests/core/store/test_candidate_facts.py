from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.store.candidate_columns import COLUMNS, candidate_columns, columns_from_rows, pack_candidates
from core.store.candidate_facts import candidate_facts
from core.store.project_file import ProjectFile
from core.store.runs import Candidates

NAN = float("nan")


def candidates(rows, modalities=(), probability=None) -> Candidates:
    left, right, rank, score = (np.array(column) for column in zip(*rows, strict=True))
    return Candidates(
        left, right, rank, score.astype(np.float32),
        {name: np.array(values, np.float32) for name, values in modalities},
        rank == 1,
        None if probability is None else np.array(probability),
    )  # fmt: skip


def test_the_margin_is_to_the_best_other_candidate() -> None:
    facts = candidate_facts(candidates([(1, 10, 1, 0.9), (2, 11, 1, 0.4), (1, 12, 2, 0.7), (1, 13, 3, 0.8)]))
    np.testing.assert_allclose(facts.margin, [0.1, NAN, -0.2, -0.1], atol=1e-6)


def test_entropy_counts_none_of_them_where_there_are_probabilities() -> None:
    rows = [(1, 10, 1, 0.9), (1, 11, 2, 0.9), (2, 10, 1, 0.9), (2, 12, 2, 0.9)]
    even, sure = math.log(3), 0.0
    facts = candidate_facts(candidates(rows, probability=[1 / 3, 1 / 3, 1.0, 0.0]))
    np.testing.assert_allclose(facts.entropy, [even, even, sure, sure], atol=1e-6)
    # Without, the scores decide alone.
    np.testing.assert_allclose(candidate_facts(candidates(rows)).entropy, math.log(2), atol=1e-6)


def test_dissent_and_what_is_missing() -> None:
    rows = [(1, 10, 1, 0.9), (1, 11, 2, 0.5), (2, 12, 1, 0.3)]
    modalities = [("structure", [0.9, 0.5, 0.1]), ("visual", [0.2, 0.6, NAN]), ("name", [NAN, 0.1, NAN])]
    facts = candidate_facts(candidates(rows, modalities))
    np.testing.assert_allclose(facts.dissent, [0.5, 1 / 3, 0.0], atol=1e-6)
    assert facts.missing.tolist() == [True, False, True]


def test_claims_count_whose_best_it_is() -> None:
    rows = [
        (1, 10, 1, 0.9),
        (1, 11, 2, 0.5),
        (2, 10, 1, 0.3),
        (3, 10, 2, 0.3),
        (3, 11, 1, 0.2),
        (4, 13, 2, 0.1),
    ]
    assert candidate_facts(candidates(rows)).claims.tolist() == [2, 1, 2, 2, 1, 0]


@given(st.lists(st.tuples(st.integers(1, 4), st.floats(0, 1, width=32)), min_size=1, max_size=12))
def test_against_loops(pairs) -> None:
    rows = [(left, number, 1, score) for number, (left, score) in enumerate(pairs)]
    facts = candidate_facts(candidates(rows, probability=[score for _, score in pairs]))
    for number, (left, score) in enumerate(pairs):
        mine = [s for other, s in pairs if other == left]
        others = [s for i, (other, s) in enumerate(pairs) if other == left and i != number]
        if others:
            assert math.isclose(facts.margin[number], score - max(others), abs_tol=1e-6)
        else:
            assert math.isnan(facts.margin[number])
        shares = [s / max(1, sum(mine)) for s in mine] + [max(0, 1 - sum(mine))]
        entropy = -sum(s * math.log(s) for s in shares if s > 0)
        assert math.isclose(facts.entropy[number], entropy, abs_tol=1e-5)


def test_packed_columns_say_what_the_rows_say(project: ProjectFile) -> None:
    with project.read() as session:
        packed, rows = candidate_columns(session, 1), columns_from_rows(session, 1)
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(packed, name), getattr(rows, name))
    assert packed.places(packed.id[::-1]).tolist() == list(range(len(packed)))[::-1]
    some = packed.take(np.arange(0, len(packed), 3))  # with gaps between the numbers
    assert some.places(some.id[[4, 0]]).tolist() == [4, 0]


def test_the_pictures_and_kinds_of_entities(project: ProjectFile) -> None:
    with project.read() as session:
        rows = candidate_columns(session, 1)
    assert (rows.left_image == (rows.left_id % 3 != 0)).all()
    assert (rows.right_image == ((rows.right_id - 40) % 3 != 0)).all()
    assert set(rows.kind) <= {-10, -11}  # of no class: the relation used most
    with project.write() as session:
        session.execute(
            text("UPDATE relation SET uri = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type' WHERE id = 10")
        )
        pack_candidates(session, 1, columns_from_rows(session, 1))
    with project.read() as session:
        rows = candidate_columns(session, 1)
        typed = dict(
            session.execute(
                text("SELECT head_id, min(tail_id) FROM relation_triple WHERE relation_id = 10 GROUP BY 1")
            ).all()
        )
    assert all(
        kind == typed[left]
        for left, kind in zip(rows.left_id.tolist(), rows.kind.tolist(), strict=True)
        if left in typed
    )
