from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.review.facets import Facet, facet_counts, facet_mask
from core.review.journal import Decision, decide
from core.review.queue import Queue, load_queue, with_facets
from core.store.candidate_columns import columns_from_rows, pack_candidates, renew_facts
from core.store.project_file import ProjectFile
from core.store.queues import CandidateFilter


def queue_of(project: ProjectFile, last: Queue | None = None, **wanted) -> Queue:
    with project.read() as session:
        return with_facets(session, load_queue(session, CandidateFilter(1, **wanted), last))


def counts_of(queue: Queue, name: str) -> dict[str, int]:
    return {value.label: value.count for value in queue.facets[name]}


def test_counts_are_what_choosing_a_value_lists(project: ProjectFile) -> None:
    decide(project, [Decision(1, 41, "accepted", author="ada"), Decision(2, 42, "rejected", author="bo")])
    with project.write() as session:  # a relation that says of which type entities are
        session.execute(text("UPDATE relation SET uri = 'http://example.org/type' WHERE id = 11"))
        renew_facts(session, 1)
    whole = queue_of(project, queue="all", best_only=False)
    assert set(whole.facets) == {"score", "margin", "mutual", "verdict", "image", "kind", "author"}
    assert counts_of(whole, "verdict") == {"Accepted": 1, "Rejected": 1, "Undecided": 198}
    assert counts_of(whole, "author") == {"ada": 1, "bo": 1, "Undecided": 198}
    for name, values in whole.facets.items():
        assert sum(value.count for value in values) == len(whole)
        for value in values:
            chosen = queue_of(project, queue="all", best_only=False, facets=((name, value.label),))
            assert len(chosen) == value.count
            # The facet that is chosen still says what its other values hold.
            assert chosen.facets[name] == values


def test_a_calibrated_run_has_facets_of_likelihood_and_of_score(project: ProjectFile) -> None:
    assert "chance" not in queue_of(project, queue="all").facets
    with project.write() as session:
        session.execute(text("UPDATE candidate SET probability = 0.1 + left_id % 4 * 0.25"))
        pack_candidates(session, 1, columns_from_rows(session, 1))
    queue = queue_of(project, queue="all")
    assert (queue.titles["chance"], queue.titles["score"]) == ("Likely", "Score")
    chosen = queue_of(project, queue="all", facets=(("score", "0.90 or more"), ("chance", "50% to 80%")))
    assert 0 < len(chosen) < len(queue)


def test_facets_narrow_each_other_down(project: ProjectFile) -> None:
    both = (("mutual", "Each other's best"), ("image", "On both sides"))
    queue = queue_of(project, queue="all", facets=both)
    assert set(queue.left_ids.tolist()) == {i for i in range(1, 41) if i % 7 and i % 3}
    other = queue_of(project, queue="all", facets=(("mutual", "One-sided"), both[1]))
    assert counts_of(queue, "mutual")["One-sided"] == len(other) > 0


def test_a_facet_and_an_order_take_no_query_on_candidates(project: ProjectFile) -> None:
    first = queue_of(project, queue="all")
    again = queue_of(project, first, queue="all", facets=(("mutual", "One-sided"),), order="left_label")
    assert again.found is first.found
    assert again.left_ids.tolist() != first.left_ids.tolist() and len(again) < len(first)
    assert queue_of(project, first, queue="all", text="peru").found is not first.found


def test_a_list_is_there_before_its_facets(project: ProjectFile) -> None:
    with project.read() as session:
        bare = load_queue(session, CandidateFilter(1, queue="all"))
        whole = with_facets(session, bare)
    assert not bare.facets and bare.found.facets is None
    assert whole.facets and whole.ids is bare.ids and whole.waiting is bare.waiting


def test_a_value_that_is_no_longer_there_lists_nothing(project: ProjectFile) -> None:
    queue = queue_of(project, queue="all", facets=(("verdict", "Accepted"), ("mutual", "Gone")))
    assert len(queue) == 0


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1),
    st.integers(0, 2),
    st.integers(0, 3),
)
def test_counts_against_loops(pairs, one, other) -> None:
    first, second = (np.array(column) for column in zip(*pairs, strict=True))
    facets = {"mutual": Facet("M", ("a", "b", "c"), first), "image": Facet("I", ("w", "x", "y", "z"), second)}
    chosen = (("mutual", "abc"[one]), ("image", "wxyz"[other]))
    mask = facet_mask(facets, chosen, len(pairs))
    assert mask.tolist() == [pair == (one, other) for pair in pairs]
    counts = {value.label: value.count for value in facet_counts(facets, chosen, len(pairs))["mutual"]}
    for number, label in enumerate("abc"):
        expected = sum(pair == (number, other) for pair in pairs)
        assert counts.get(label, 0) == expected


@pytest.mark.parametrize("order", ["score", "left_label", "right_label", "verdict", "entropy", "claims"])
def test_every_order_lists_everything_once(project: ProjectFile, order) -> None:
    queue = queue_of(project, queue="all", best_only=False, order=order)
    assert sorted(queue.ids.tolist()) == list(range(1, 201))
