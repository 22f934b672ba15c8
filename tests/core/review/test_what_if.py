from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, random_array
from torch.nn import functional

from core.alignment.decoding import csls_offsets
from core.alignment.neighbours import Support
from core.errors import TrainingError
from core.model.pmf import joint_embedding
from core.review.what_if import WhatIf
from core.training.embeddings import Embeddings, embeddings_path, save_embeddings
from core.training.parted import Parted

MODALITIES = ("structure", "attribute", "visual")


def embeddings(n_left: int, n_right: int, seed: int, *, support_weight: float = 1.5) -> Embeddings:
    """Two noisy views of the same things, with modalities missing here and there."""
    generator = torch.Generator().manual_seed(seed)
    things = torch.randn(max(n_left, n_right), 8, generator=generator)
    parts, weights = {}, []
    for modality in MODALITIES:
        sides = [things[:n] + 0.7 * torch.randn(n, 8, generator=generator) for n in (n_left, n_right)]
        here = torch.rand(n_left + n_right, 1, generator=generator) > 0.2
        parts[modality] = functional.normalize(torch.cat(sides)) * here
        weights.append((0.1 + torch.rand(n_left + n_right, 1, generator=generator)) * here)
    weight = torch.cat(weights, dim=1)
    weight = weight / weight.sum(dim=1, keepdim=True).clamp_min(1e-9)
    rng = np.random.default_rng(seed)
    sides = [
        csr_array(random_array((n, 20), density=0.2, rng=rng, dtype=np.float32)) for n in (n_left, n_right)
    ]
    ids = np.concatenate([np.arange(n_left) * 2 + 10, np.arange(n_right) * 3 + 500])
    support = Support(sides[0] / 5, sides[1] / 5) if support_weight else None
    return Embeddings(ids, n_left, joint_embedding(parts, weight), parts, weight, support, support_weight)


def recomputed(of: Embeddings, without: frozenset[str]) -> Embeddings:
    """The same run as if it had never had the parts."""
    weights = of.weights * torch.tensor([m not in without for m in of.by_modality])
    made = replace(of, weights=weights, joint=joint_embedding(of.by_modality, weights))
    return replace(made, support=None, support_weight=0.0) if "support" in without else made


def places(scores: torch.Tensor, own: int) -> range:
    """The ranks that rounding leaves open: what ties may come in any order."""
    gap = scores - scores[own]
    return range(int((gap > 1e-6).sum()) + 1, int((gap > -1e-6).sum()) + 1)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sets(st.sampled_from([*MODALITIES, "support"]), max_size=3),
    st.sampled_from([(7, 9), (30, 12), (2, 40), (90, 80)]),
)
def test_ranks_are_those_of_the_naive_recomputation(
    seed: int, without: set[str], sizes: tuple[int, int]
) -> None:
    n_left, n_right = sizes
    run = embeddings(n_left, n_right, seed)
    asked = WhatIf(run)
    similarity = recomputed(run, frozenset(without)).similarity(slice(n_left), slice(n_left, None))
    offsets, scores = csls_offsets(similarity), similarity.block(slice(None))
    by_row, by_column = scores + offsets.right, scores.T + offsets.left
    rng = np.random.default_rng(seed)
    for i, j in zip(rng.integers(0, n_left, 6), rng.integers(0, n_right, 6), strict=True):
        pair = int(run.entity_ids[i]), int(run.entity_ids[n_left + j])
        answer = asked.ask(pair, without)
        assert (answer.of, answer.of_back) == (n_right, n_left)
        assert answer.after.rank in places(by_row[i], j)
        assert answer.after.rank_back in places(by_column[j], i)
        highest = (1.0 if set(MODALITIES) - without else 0.0) + (0.0 if "support" in without else 1.5)
        assert answer.after.score == pytest.approx(float(scores[i, j]) / highest, abs=1e-5)


def test_both_standings_come_together() -> None:
    run = embeddings(20, 20, 1)
    answer = WhatIf(run).ask((10, 500), ["visual", "name"])
    assert answer.without == {"visual"}  # the run had no names
    assert answer.before == WhatIf(run).ask((10, 500), []).after


def test_what_is_kept_with_the_run_is_what_would_be_worked_out() -> None:
    run = embeddings(40, 30, 2)
    kept = replace(run, nearness=Parted(run).nearness_without_each())
    assert sorted(kept.nearness) == ["", "attribute", "structure", "support", "visual"]
    for without in ([], ["visual"], ["support"], ["visual", "support"]):
        assert WhatIf(kept).ask((10, 500), without) == WhatIf(run).ask((10, 500), without)


@pytest.mark.parametrize("without", [[], ["visual"], ["visual", "support"], ["structure", "attribute"]])
def test_among_many_entities_only_those_who_can_come_before_are_looked_at(
    monkeypatch: pytest.MonkeyPatch, without: list[str]
) -> None:
    run = embeddings(90, 80, 3)
    pairs = [(int(run.entity_ids[i]), int(run.entity_ids[90 + i])) for i in range(0, 80, 7)]
    expected = [WhatIf(run).ask(pair, without) for pair in pairs]
    assert max(answer.after.rank for answer in expected) > 3
    monkeypatch.setattr("core.training.parted._FEW", 0)
    assert [WhatIf(run).ask(pair, without) for pair in pairs] == expected


def test_a_run_without_support_has_no_such_part() -> None:
    asked = WhatIf(embeddings(9, 9, 1, support_weight=0.0))
    assert asked.parts == set(MODALITIES)
    with pytest.raises(ValueError, match="nothing is left"):
        asked.ask((10, 500), MODALITIES)
    with pytest.raises(LookupError, match="no entity 11"):
        asked.ask((11, 500), ["visual"])


def test_it_reads_what_the_run_kept(tmp_path) -> None:
    run = embeddings(12, 15, 4)
    run = replace(run, nearness=Parted(run).nearness_without_each())
    save_embeddings(embeddings_path(tmp_path, 3), run)
    read, kept = (asked.ask((10, 500), ["visual"]) for asked in (WhatIf.of_run(tmp_path, 3), WhatIf(run)))
    assert (read.after.rank, read.after.rank_back) == (kept.after.rank, kept.after.rank_back)
    assert read.after.score == pytest.approx(kept.after.score, abs=1e-6)
    with pytest.raises(TrainingError, match="missing or damaged"):
        WhatIf.of_run(tmp_path, 4)
