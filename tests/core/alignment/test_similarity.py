"""A similarity is the same matrix however it is read."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.sparse import random_array

from core.alignment import similarity as module
from core.alignment.neighbours import Support, Supported
from core.alignment.similarity import Cosine, Kept, Similarity, kept
from tests.core.alignment.conftest import Unit


def _dense(similarity: Similarity) -> torch.Tensor:
    return similarity.block(slice(None))


@pytest.fixture(params=["cosine", "supported", "kept"])
def case(request: pytest.FixtureRequest, unit: Unit) -> tuple[Similarity, torch.Tensor]:
    left, right = unit(7, 4, 0), unit(9, 4, 1)
    plain = left @ right.T
    if request.param == "cosine":
        return Cosine(left, right), plain
    if request.param == "kept":
        return Kept(plain), plain
    sides = [random_array((n, 5), density=0.4, rng=np.random.default_rng(n), format="csr") for n in (7, 9)]
    extra = torch.from_numpy((sides[0] @ sides[1].T).toarray())
    return Supported(Cosine(left, right), Support(*sides), 0.5), plain + 0.5 * extra


def test_blocks_are_rows_of_the_matrix(case: tuple[Similarity, torch.Tensor]) -> None:
    similarity, matrix = case
    chosen = torch.tensor([6, 0, 3])
    assert similarity.shape == (7, 9)
    torch.testing.assert_close(similarity.block(slice(2, 5)), matrix[2:5])
    torch.testing.assert_close(similarity.block(chosen), matrix[chosen])
    torch.testing.assert_close(_dense(kept(similarity)), matrix)


def test_a_selection_and_the_other_direction(case: tuple[Similarity, torch.Tensor]) -> None:
    similarity, matrix = case
    rows, columns = torch.tensor([5, 1]), torch.tensor([8, 2, 0])
    selected = similarity.select(rows, columns)
    torch.testing.assert_close(_dense(selected), matrix[rows][:, columns])
    torch.testing.assert_close(_dense(selected.transposed()), matrix[rows][:, columns].T)
    assert similarity.transposed().shape == (9, 7)


def test_it_keeps_its_spread(case: tuple[Similarity, torch.Tensor]) -> None:
    similarity, _ = case
    rows = torch.tensor([0, 1])
    for other in (kept(similarity), similarity.select(rows, rows), similarity.transposed()):
        assert other.spread == similarity.spread >= 1


def test_what_does_not_fit_is_not_kept(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    cosine = Cosine(unit(4, 3, 0), unit(5, 3, 1))
    monkeypatch.setattr(module, "MOST_KEPT_NUMBERS", 19)
    assert kept(cosine) is cosine
    monkeypatch.setattr(module, "MOST_KEPT_NUMBERS", 20)
    assert isinstance(kept(cosine), Kept)
