"""A similarity is the same matrix however it is read."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array, random_array

from core.alignment import similarity as module
from core.alignment.similarity import Boosted, Cosine, Kept, Similarity, kept
from tests.core.alignment.conftest import Unit


def _dense(similarity: Similarity) -> torch.Tensor:
    return similarity.block(slice(None))


@pytest.fixture(params=["cosine", "boosted", "kept"])
def case(request: pytest.FixtureRequest, unit: Unit) -> tuple[Similarity, torch.Tensor]:
    left, right = unit(7, 4, 0), unit(9, 4, 1)
    plain = left @ right.T
    if request.param == "cosine":
        return Cosine(left, right), plain
    if request.param == "kept":
        return Kept(plain), plain
    extra = random_array((7, 9), density=0.3, rng=np.random.default_rng(2), format="csr")
    return Boosted(Cosine(left, right), extra, 0.5), plain + 0.5 * torch.from_numpy(extra.toarray())


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


def test_adding_leaves_the_base_alone(unit: Unit) -> None:
    base = Kept(unit(4, 4, 0))
    before = base.matrix.clone()
    Boosted(base, csr_array(np.ones((4, 4))), 1.0).block(slice(None))
    assert torch.equal(base.matrix, before)


def test_the_extra_similarity_must_have_the_same_shape(unit: Unit) -> None:
    with pytest.raises(ValueError, match=r"shape \(2, 2\)"):
        Boosted(Kept(unit(4, 4, 0)), csr_array(np.ones((2, 2))), 1.0)


def test_what_does_not_fit_is_not_kept(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    cosine = Cosine(unit(4, 3, 0), unit(5, 3, 1))
    monkeypatch.setattr(module, "_MOST_KEPT_NUMBERS", 19)
    assert kept(cosine) is cosine
    monkeypatch.setattr(module, "_MOST_KEPT_NUMBERS", 20)
    assert isinstance(kept(cosine), Kept)
