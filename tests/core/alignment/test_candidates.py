"""Proposals and mutual neighbours against the dense matrix."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from core.alignment.candidates import mutual_nearest, propose
from core.alignment.similarity import Cosine, Kept
from tests.core.alignment.conftest import Unit


def test_mutual_nearest_is_mutual(unit: Unit) -> None:
    left, right = unit(21, 5, 8), unit(16, 5, 9)
    similarity = left @ right.T
    expected = [
        [i, int(similarity[i].argmax())]
        for i in range(21)
        if int(similarity[:, similarity[i].argmax()].argmax()) == i
    ]
    assert mutual_nearest(Cosine(left, right)).tolist() == expected


def test_mutual_nearest_stay_one_to_one_where_all_tie() -> None:
    assert mutual_nearest(Kept(torch.ones(20, 20))).tolist() == [[0, 0]]


def test_candidates_are_the_best_of_the_dense_matrix(unit: Unit) -> None:
    left, right = unit(12, 6, 10), unit(20, 6, 11)
    modality = functional.normalize(left[:, :3]), functional.normalize(right[:, :3])
    modality[0][4] = 0
    modality[1][7] = 0
    ids = torch.arange(100, 112).numpy(), torch.arange(200, 220).numpy()
    found = propose(Cosine(left, right), {"visual": modality}, ids, 4)
    similarity = left @ right.T
    csls = (
        2 * similarity
        - similarity.topk(3, dim=1).values.mean(dim=1, keepdim=True)
        - similarity.topk(3, dim=0).values.mean(dim=0)
    )
    order = csls.topk(4, dim=1).indices
    assert found.left_id.tolist() == [100 + i for i in range(12) for _ in range(4)]
    assert found.right_id.tolist() == (200 + order).flatten().tolist()
    assert found.rank.tolist() == [1, 2, 3, 4] * 12
    assert found.score == pytest.approx(similarity.gather(1, order).flatten().numpy())
    assert found.probability is None
    best_left = csls.argmax(dim=0)
    mutual = [bool(rank == 0 and best_left[order[i, 0]] == i) for i in range(12) for rank in range(4)]
    assert found.mutual.tolist() == mutual
    visual = found.by_modality["visual"].reshape(12, 4)
    expected = (modality[0] @ modality[1].T).gather(1, order)
    missing = (order == 7) | (torch.arange(12)[:, None] == 4)
    assert torch.equal(torch.from_numpy(visual).isnan(), missing)
    torch.testing.assert_close(torch.from_numpy(visual)[~missing], expected[~missing])


def test_more_candidates_asked_for_than_there_are(unit: Unit) -> None:
    ids = torch.arange(3).numpy(), torch.arange(3, 5).numpy()
    assert len(propose(Cosine(unit(3, 4, 0), unit(2, 4, 1)), {}, ids, 10)) == 6
