from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.alignment.neighbours import Matches, Neighbours, Supported, relation_likeness
from core.alignment.propagation import likely_pairs, propagate
from core.alignment.similarity import Cosine, Kept

Triple = tuple[int, int, int]


def as_rows(triples: list[Triple]) -> np.ndarray:
    return np.array(triples, dtype=np.int64).reshape(-1, 3)


def matches_of(pairs: list[tuple[int, int]], probability: float = 1.0) -> Matches:
    rows = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Matches(rows[:, 0], rows[:, 1], np.full(len(rows), probability))


def both_ways(triples: list[Triple]) -> set[Triple]:
    relations = max((r for _, r, _ in triples), default=-1) + 1
    return {(h, r, t) for h, r, t in triples} | {(t, r + relations, h) for h, r, t in triples}


def slow_likeness(graphs: list[set[Triple]], sure: list[tuple[int, int]]) -> dict[int, dict[int, float]]:
    number = [{a: j for j, (a, _) in enumerate(sure)}, {b: j for j, (_, b) in enumerate(sure)}]
    between: list[dict[int, set[tuple[int, int]]]] = []
    for edges, numbers in zip(graphs, number, strict=True):
        uses: dict[int, set[tuple[int, int]]] = {}
        for e, r, f in edges:
            if e in numbers and f in numbers:
                uses.setdefault(r, set()).add((numbers[e], numbers[f]))
        between.append(uses)
    likeness: dict[int, dict[int, float]] = {}
    for r, mine in between[0].items():
        alike = {
            other: len(mine & theirs) / math.sqrt((len(mine) + 3) * (len(theirs) + 3))
            for other, theirs in between[1].items()
        }
        best = sorted(((-v, k) for k, v in alike.items() if v >= 0.02))[:3]
        likeness[r] = {k: -v for v, k in best}
    return likeness


def slow_support(
    left: list[Triple], right: list[Triple], sizes: tuple[int, int], matches: Matches
) -> np.ndarray:
    """What the docstrings of ``Neighbours.support`` and ``relation_likeness`` say, in loops."""
    graphs = [both_ways(left), both_ways(right)]
    pairs = list(zip(*(part.tolist() for part in matches), strict=True))
    likeness = slow_likeness(graphs, [(a, b) for a, b, p in pairs if p > 0.5])
    known = {b for _, b, _ in pairs}
    rows: list[list[dict[object, float]]] = [[{} for _ in range(n)] for n in sizes]
    for e, r, f in graphs[0]:
        for a, b, p in pairs:
            if a != f:
                continue
            for other, value in likeness.get(r, {}).items():
                rows[0][e][b, other] = rows[0][e].get((b, other), 0.0) + p * value
    for e, f in {(e, f) for e, _, f in graphs[0]}:
        for a, b, p in pairs:
            if a == f:
                rows[0][e][b] = rows[0][e].get(b, 0.0) + p
    for e, r, f in graphs[1]:
        if f in known:
            rows[1][e][f, r] = rows[1][e][f] = 1.0
    for side in rows:
        for row in side:
            row.update({key: min(value, 1.0) for key, value in row.items()})
    weight = {}
    for key in {key for side in rows for row in side for key in row}:
        weight[key] = 1.0 if isinstance(key, tuple) else 0.25
        for side in rows:
            holders = sum(row.get(key, 0.0) for row in side)
            weight[key] *= math.sqrt(math.log1p(len(side) / max(holders, 1)))
    for side in rows:
        for row in side:
            for key in row:
                row[key] *= math.sqrt(weight[key])
            length = math.sqrt(sum(value**2 for value in row.values()))
            for key in row:
                row[key] /= length + 2
    return np.array([[sum(v * b.get(k, 0.0) for k, v in a.items()) for b in rows[1]] for a in rows[0]])


@st.composite
def graph_pairs(draw: st.DrawFn) -> tuple[list[Triple], list[Triple], tuple[int, int], Matches]:
    sizes = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    sides = [
        draw(
            st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, 2), st.integers(0, n - 1)), max_size=14)
        )
        for n in sizes
    ]
    count = draw(st.integers(1, min(sizes)))
    one = draw(st.permutations(range(sizes[0])))[:count]
    other = draw(st.permutations(range(sizes[1])))[:count]
    pairs = {pair: draw(st.floats(0.1, 1.0)) for pair in zip(one, other, strict=True)}
    # What is merely likely need not be one-to-one.
    for pair in draw(st.sets(st.tuples(*(st.integers(0, n - 1) for n in sizes)), max_size=5)):
        pairs.setdefault(pair, draw(st.floats(0.1, 0.5)))
    left, right = np.array(list(pairs)).T
    return sides[0], sides[1], sizes, Matches(left, right, np.array(list(pairs.values())))


@given(graph_pairs())
@settings(max_examples=150, deadline=None)
def test_support_is_what_the_loops_say(
    case: tuple[list[Triple], list[Triple], tuple[int, int], Matches],
) -> None:
    left, right, sizes, matches = case
    support = Neighbours(as_rows(left), as_rows(right), sizes).support(matches)
    expected = slow_support(left, right, sizes, matches)
    whole = (support.left @ support.right.T).toarray()
    # Ties among the most alike relations may fall either way: then another choice of three is as good.
    sure = matches.probability > 0.5
    likeness = relation_likeness(
        *Neighbours(as_rows(left), as_rows(right), sizes).edges,
        *(
            np.array([list(side).index(e) if e in side else -1 for e in range(n)])
            for n, side in zip(
                sizes, (matches.left[sure].tolist(), matches.right[sure].tolist()), strict=True
            )
        ),
    )
    if np.diff(likeness.indptr).max(initial=0) < 3:
        np.testing.assert_allclose(whole, expected, atol=1e-5)
    assert whole.min(initial=0) >= 0 and whole.max(initial=0) < 1
    rows, columns = np.divmod(np.arange(sizes[0] * sizes[1]), sizes[1])
    np.testing.assert_allclose(support.of(rows, columns), whole.ravel(), atol=1e-6)


def test_relations_that_link_the_same_matches_are_alike() -> None:
    left = as_rows([(0, 0, 1), (1, 0, 2), (2, 1, 0)])
    right = as_rows([(0, 1, 1), (1, 1, 2), (2, 0, 0)])
    same = np.arange(3)
    likeness = relation_likeness(left, right, same, same).toarray()
    np.testing.assert_allclose(likeness, [[0, 2 / 5], [1 / 4, 0]])


def test_a_rare_neighbour_says_more_than_a_hub() -> None:
    hub = [(e, 0, 0) for e in range(2, 30)]
    triples = as_rows([*hub, (2, 0, 1)])
    neighbours = Neighbours(triples, triples, (30, 30))
    support = neighbours.support(matches_of([(0, 0), (1, 1)]))
    of_both, of_hub = support.of(np.array([2, 3]), np.array([2, 3]))
    assert of_both > 1.5 * of_hub > 0


def test_supported_adds_the_support_to_any_similarity() -> None:
    generator = torch.Generator().manual_seed(0)
    base = Kept(torch.rand(5, 4, generator=generator))
    triples = as_rows([(0, 0, 1), (2, 0, 1), (3, 1, 2)])
    support = Neighbours(triples, triples, (5, 4)).support(matches_of([(1, 1), (2, 2)]))
    whole = Supported(base, support, 2.0)
    dense = base.matrix + 2 * torch.from_numpy((support.left @ support.right.T).toarray())
    torch.testing.assert_close(whole.block(slice(None)), dense)
    rows, columns = torch.tensor([3, 0]), torch.tensor([0, 2, 3])
    torch.testing.assert_close(whole.block(rows), dense[rows])
    torch.testing.assert_close(whole.select(rows, columns).block(slice(None)), dense[rows][:, columns])
    torch.testing.assert_close(whole.transposed().block(slice(1, 3)), dense.T[1:3])
    assert whole.shape == (5, 4) and base.matrix.max() < 1  # the base is not written into


def test_matches_spread_from_few_seeds_over_a_graph_and_its_copy() -> None:
    rng = np.random.default_rng(0)
    n = 200
    left = np.stack([rng.integers(0, n, 900), rng.integers(0, 4, 900), rng.integers(0, n, 900)], axis=1)
    copy = rng.permutation(n)
    right = np.stack([copy[left[:, 0]], 3 - left[:, 1], copy[left[:, 2]]], axis=1)
    seeds = matches_of([(e, int(copy[e])) for e in range(20)])
    nothing_known = Cosine(torch.zeros(n, 2), torch.zeros(n, 2))
    rounds = list(propagate(nothing_known, Neighbours(left, right, (n, n)), seeds, 6, 1.0))
    assert len(rounds) == 7 and not len(rounds[0].matches.left)
    found = rounds[-1].matches
    right_ones = copy[found.left] == found.right
    assert len(found.left) > 150 and right_ones.mean() > 0.98
    assert not set(found.left.tolist()) & set(range(20))  # seeds are not found again


def test_propagation_without_anything_to_match_ends_after_the_seeds() -> None:
    triples = as_rows([(0, 0, 1)])
    rounds = list(
        propagate(
            Kept(torch.eye(2)), Neighbours(triples, triples, (2, 2)), matches_of([(0, 0), (1, 1)]), 3, 1.0
        )
    )
    assert len(rounds) == 1


@pytest.mark.parametrize("least", [0.4, 0.9])
def test_matches_are_mutual_and_likely_and_other_pairs_are_not_lost(least: float) -> None:
    similarity = Kept(torch.tensor([[0.9, 0.1, 0.0], [0.88, 0.1, 0.0], [0.0, 0.1, 0.13]]))
    found = likely_pairs(similarity, least=least)
    matches = found.pairs.only(found.matched)
    assert len(set(matches.left.tolist())) == len(matches.left) > 0
    assert len(set(matches.right.tolist())) == len(matches.right)
    assert (matches.probability > least).all() and (found.pairs.probability <= 1).all()
    likely = set(zip(found.pairs.left.tolist(), found.pairs.right.tolist(), strict=True))
    assert {(0, 0), (1, 0)} <= likely  # which of the two it is remains to be seen


def test_potentials_of_a_like_similarity_are_a_good_start() -> None:
    generator = torch.Generator().manual_seed(0)
    similarity = Kept(torch.rand(40, 30, generator=generator) * 0.3)
    whole = likely_pairs(similarity)
    few = likely_pairs(similarity, whole.offsets)
    torch.testing.assert_close(few.offsets.right, whole.offsets.right, atol=0.02, rtol=0)


def test_matches_add_up() -> None:
    both = matches_of([(0, 1)]) + matches_of([(2, 3)], 0.5)
    assert both.left.tolist() == [0, 2] and both.right.tolist() == [1, 3]
    assert both.probability.tolist() == [1.0, 0.5]
    empty = Neighbours(as_rows([]), as_rows([]), (3, 4)).support(both)
    assert empty.left.shape[0] == 3 and empty.left.nnz == 0
