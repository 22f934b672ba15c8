"""Ranks and metrics against references that sort dense matrices."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.alignment.decoding import DECODINGS, csls_offsets
from core.alignment.metrics import ranks, summarise
from core.alignment.similarity import Cosine, Kept
from tests.core.alignment.conftest import Unit


def test_ranks_are_places_in_a_sorted_row(unit: Unit) -> None:
    left, right = unit(17, 6, 0), unit(23, 6, 1)
    rows, gold = torch.arange(17), torch.arange(3, 20)
    order = (left @ right.T).argsort(dim=1, descending=True)
    expected = (order == gold[:, None]).int().argmax(dim=1) + 1
    assert torch.equal(ranks(Cosine(left, right), rows, gold, torch.zeros(23).double()), expected)
    some = torch.tensor([5, 1, 16])
    assert torch.equal(ranks(Cosine(left, right), some, gold[some], torch.zeros(23).double()), expected[some])


def test_ties_count_against_us() -> None:
    right = torch.tensor([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    first, none = torch.tensor([0]), torch.zeros(4)
    assert ranks(Cosine(torch.tensor([[1.0, 0.0]]), right), first, torch.tensor([1]), none).tolist() == [3]
    nothing_known = Cosine(torch.zeros(1, 2), right)
    assert ranks(nothing_known, first, torch.tensor([1]), none).tolist() == [4]


@given(st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=1, max_size=5), st.data())
def test_ranks_with_ties_agree_with_a_sort(numbers: list[list[int]], data: st.DataObject) -> None:
    """A stable sort with the right answer behind all that tie with it is the definition, said another way."""
    gold = data.draw(st.lists(st.integers(0, 5), min_size=len(numbers), max_size=len(numbers)))
    offsets = data.draw(st.lists(st.integers(-2, 2), min_size=6, max_size=6))
    expected = []
    for row, answer in zip(numbers, gold, strict=True):
        shifted = [value + offset for value, offset in zip(row, offsets, strict=True)]
        order = sorted(range(6), key=lambda j: (-shifted[j], j == answer))
        expected.append(order.index(answer) + 1)
    matrix = Kept(torch.tensor(numbers, dtype=torch.float64))
    found = ranks(matrix, torch.arange(len(gold)), torch.tensor(gold), torch.tensor(offsets).double())
    assert found.tolist() == expected


def test_metrics_by_hand() -> None:
    metrics = summarise(torch.tensor([1, 2, 5, 10, 20]))
    assert metrics["mrr"] == pytest.approx((1 + 1 / 2 + 1 / 5 + 1 / 10 + 1 / 20) / 5)
    assert metrics == {"mrr": metrics["mrr"], "hits@1": 0.2, "hits@5": 0.6, "hits@10": 0.8}


@pytest.mark.parametrize("direction", ["left to right", "right to left"])
def test_csls_ranks_are_those_of_the_dense_matrix(direction: str, unit: Unit) -> None:
    left, right = unit(19, 4, 2), unit(26, 4, 3)
    cosine, rows = Cosine(left, right), torch.arange(19)
    similarity = left @ right.T
    by_left = similarity.topk(3, dim=1).values.mean(dim=1, keepdim=True)
    by_right = similarity.topk(3, dim=0).values.mean(dim=0, keepdim=True)
    csls = 2 * similarity - by_left - by_right
    offsets = csls_offsets(cosine)
    if direction == "left to right":
        expected = (csls >= csls.diagonal()[:, None]).sum(dim=1)
        assert torch.equal(ranks(cosine, rows, rows, offsets.right), expected)
    else:
        expected = (csls[:, :19] >= csls.diagonal()).sum(dim=0)
        assert torch.equal(ranks(cosine.transposed(), rows, rows, offsets.transposed().right), expected)


@pytest.mark.parametrize("decoding", DECODINGS)
def test_ranks_do_not_depend_on_keeping_the_matrix(decoding: str, unit: Unit) -> None:
    cosine, rows = Cosine(unit(30, 5, 4), unit(30, 5, 5)), torch.arange(30)
    kept = Kept(cosine.block(slice(None)))
    offsets = [DECODINGS[decoding](similarity).right for similarity in (cosine, kept)]  # type: ignore[index]
    assert torch.equal(ranks(cosine, rows, rows, offsets[0]), ranks(kept, rows, rows, offsets[1]))


def test_what_is_no_number_counts_against_us() -> None:
    matrix = Kept(torch.tensor([[torch.nan, 0.5, 0.2], [0.9, torch.nan, 0.1]]))
    found = ranks(matrix, torch.tensor([0, 1]), torch.tensor([0, 0]), torch.zeros(3))
    assert found.tolist() == [3, 2]
