"""Where a run fails, what two runs disagree in, and which modality decided: counted by hand."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, text

from core.config import RunConfig
from core.errors import Cancelled
from core.review.deciding import weights_of
from core.store.kinds import entity_kinds
from core.store.project_file import ProjectFile
from core.store.run_comparison import compare_runs
from core.store.run_quality import outcomes
from core.store.runs import start_run
from core.store.schema import Candidate, RunSeed
from core.training.epoch_log import precision
from core.training.quality import by_steps, measure_in_child, quality
from core.training.run import train
from tests.core.training.conftest import MakeProject

SIZE = 40
TEST = [i for i in range(1, SIZE + 1) if i % 3]  # the others are seeds


def test_outcomes_are_those_of_the_candidates(project: ProjectFile) -> None:
    with project.read() as session:
        found = outcomes(session, 1)
    assert found.left_id.tolist() == TEST
    assert found.right.tolist() == [bool(i % 7) for i in TEST]
    assert found.rank.tolist() == [1 if i % 7 else 2 for i in TEST]
    assert found.values.tolist() == [3 if i % 5 else 0 for i in TEST]
    assert found.pictured.all() and found.other_pictured.all()  # of those, every third has no image
    assert (found.degree > 0).all()


def test_quality_groups_and_lists_what_went_wrong(project: ProjectFile) -> None:
    found = quality(project, 1)
    assert found.links == len(TEST) and found.among_all is None and found.reliability is None
    wrong = [i for i in TEST if i % 7 == 0]
    assert sorted(c.left_id for c in found.confusions) == wrong
    assert all(c.right_id == c.left_id + SIZE and c.rank == 2 for c in found.confusions)
    scores = [c.score for c in found.confusions]
    assert scores == sorted(scores, reverse=True)
    assert [(g.name, g.links) for g in found.by_picture] == [("both", len(TEST))]
    for groups in (found.by_degree, found.by_values, found.by_picture):
        assert sum(group.links for group in groups) == len(TEST)
        right = sum(group.links * group.right for group in groups)
        assert right == pytest.approx(len(TEST) - len(wrong))
    assert [group.name for group in found.by_values] == ["0", "3–5"]


@given(st.lists(st.tuples(st.integers(0, 200), st.booleans()), min_size=1, max_size=50))
def test_groups_cover_every_link_once(links: list[tuple[int, bool]]) -> None:
    values, right = np.array([v for v, _ in links]), np.array([r for _, r in links])
    groups = by_steps(values, right, (0, 1, 3, 6, 11))
    assert sum(group.links for group in groups) == len(links)
    assert sum(group.links * group.right for group in groups) == pytest.approx(right.sum())


def test_two_runs_are_compared_link_by_link(project: ProjectFile) -> None:
    with project.write() as session:
        second = start_run(session, RunConfig().to_json(), "CPU", ("structure",))
        for table, columns in (
            (RunSeed, "left_id, right_id, role"),
            (Candidate, "left_id, right_id, rank, score"),
        ):
            rows = session.execute(
                text(f"SELECT {columns} FROM {table.__tablename__} WHERE run_id = 1")
            ).mappings()
            session.execute(insert(table), [{**row, "run_id": second} for row in rows])
        # The right answer of 7 comes first, that of 8 goes to the second place, that of 10 is lost.
        swap = "UPDATE candidate SET rank = 3 - rank WHERE run_id = 2 AND rank <= 2 AND left_id IN (7, 8)"
        session.execute(text(swap))
        session.execute(text("DELETE FROM candidate WHERE run_id = 2 AND left_id = 10 AND right_id = 50"))
    with project.read() as session:
        found = compare_runs(session, 1, second)
    assert (found.links, found.better, found.worse) == (len(TEST), 1, 2)
    changes = {c.left_id: (c.before, c.after) for c in found.ranks}
    assert changes == {7: (2, 1), 8: (1, 2), 10: (1, 0)}
    assert found.ranks[0].left_id == 10  # the largest change first
    assert {(f.left_id, f.answer_id) for f in found.firsts} == {(7, 47), (8, 48)}
    assert found.firsts_changed == 2
    assert (found.gained, found.lost) == (0, 1)
    (pair,) = found.pairs
    assert (pair.left_id, pair.right_id, pair.rank, pair.gained, pair.answer_id) == (10, 50, 1, False, 50)


def test_a_run_compared_with_itself_changes_nothing(project: ProjectFile) -> None:
    with project.read() as session:
        found = compare_runs(session, 1, 1)
    assert (found.better, found.worse, found.gained, found.lost, found.firsts_changed) == (0, 0, 0, 0, 0)


def test_weights_are_counted_over_those_that_have_the_modality(project: ProjectFile) -> None:
    with project.read() as session:
        found = weights_of(session, 1)
    assert found.entities == 2 * SIZE
    assert found.without == {"structure": 0, "relation": 0, "attribute": 16, "visual": 26}
    for shares in found.shares.values():
        assert shares.sum() == pytest.approx(1)
    assert found.types and all(each.name.startswith("has ") for each in found.types)  # no graph names classes
    assert found.mean["structure"] > found.mean["visual"] > 0


def candidate(
    left: int, right: int, rank: int, score: float, structure: float, visual: float
) -> dict[str, object]:
    return {
        "run_id": 1,
        "left_id": left,
        "right_id": right,
        "rank": rank,
        "score": score,
        "score_structure": structure,
        "score_visual": visual,
        "mutual": False,
    }


def test_a_modality_decides_where_the_next_one_would_be_first_without_it(project: ProjectFile) -> None:
    """Entity 1: the picture alone tells its first candidate from the next one, at equal weights."""
    with project.write() as session:
        session.execute(text("DELETE FROM candidate WHERE run_id = 1"))
        session.execute(
            text(
                "UPDATE modality_weight SET structure = 0.5, relation = NULL, attribute = NULL, visual = 0.5"
            )
        )
        session.execute(text("UPDATE run SET modalities = 'structure,visual'"))
        session.execute(
            insert(Candidate),
            [
                candidate(1, 41, 1, 0.7, 0.5, 0.9),
                candidate(1, 42, 2, 0.4, 0.6, 0.2),
                candidate(2, 42, 1, 0.8, 0.8, 0.8),
                candidate(2, 41, 2, 0.3, 0.3, 0.3),
            ],
        )
    with project.read() as session:
        found = weights_of(session, 1)
    assert found.decided == {"structure": 0, "visual": 1}
    (example,) = found.examples
    assert (example.modality, example.left_id, example.right_id) == ("visual", 1, 41)
    assert example.margin == pytest.approx(0.3)
    assert example.part == pytest.approx(0.35)  # half of 0.9 - 0.2: the weights' lengths are 1 / sqrt(2)


def test_types_come_from_what_says_is_a(project: ProjectFile) -> None:
    with project.write() as session:
        session.execute(
            text("UPDATE relation SET uri = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type' WHERE id = 10")
        )
    with project.read() as session:
        kinds = entity_kinds(session, np.arange(1, 2 * SIZE + 1))
        found = weights_of(session, 1)
    assert (kinds[:SIZE] > 0).any() and (kinds[SIZE:] <= 0).all()
    left, right = ([each for each in found.types if each.graph == side] for side in ("left", "right"))
    assert any(not each.name.startswith("has ") for each in left)
    assert right and all(each.name.startswith("has ") for each in right)


def test_precision_counts_only_what_a_link_can_tell() -> None:
    known = np.array([[0, 10], [1, 11]])
    assert precision(np.array([[0, 10], [1, 12], [5, 15]]), known, 20) == 0.5
    assert precision(np.array([[5, 15]]), known, 20) is None
    assert precision(np.empty((0, 2), np.int64), known, 20) is None


def test_measuring_in_a_process_of_its_own(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project()
    list(train(project, quick.replace(epochs=2, measure="csls")))
    assert quality(project, 1).partial
    measure_in_child(project, 1, "test", threading.Event())
    found = quality(project, 1)
    assert not found.partial and found.among_test["decodings"].keys() == {"cosine", "csls", "sinkhorn"}
    measure_in_child(project, 1, "all", threading.Event())
    among = quality(project, 1).among_all
    assert among is not None and among["candidates"] == "all"
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        measure_in_child(project, 1, "all", stop)
