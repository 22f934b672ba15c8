from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sqlalchemy import select

from core.config import RunConfig
from core.review.what_if import WhatIf
from core.store import runs
from core.store.candidates import first_candidates
from core.store.schema import Candidate
from core.training.embeddings import embeddings_path, load_embeddings, save_embeddings
from core.training.evaluate import evaluate, report
from core.training.events import EpochDone, Progress
from core.training.run import train
from tests.core.training.conftest import SIZE, MakeProject

CPU = torch.device("cpu")


def test_a_candidate_s_score_is_its_cosine_and_its_support(
    make_project: MakeProject, quick: RunConfig
) -> None:
    project = make_project()
    events = list(train(project, quick.replace(support_weight=1.5, support_rounds=2)))
    stages = [e.done for e in events if isinstance(e, Progress) and e.stage == "matching neighbours"]
    assert stages == [1, 2, 3]
    kept = load_embeddings(embeddings_path(project.sidecar, 1), CPU)
    assert kept.support is not None and (kept.support_weight, kept.highest) == (1.5, 2.5)
    with project.read() as session:
        rows = session.execute(
            select(Candidate.left_id, Candidate.right_id, Candidate.score, Candidate.score_support)
        ).all()
    left, right = (np.array(part) - 1 for part in list(zip(*rows, strict=True))[:2])
    cosine = (kept.joint[left] * kept.joint[right]).sum(dim=1).numpy()
    support = kept.support.of(left, right - SIZE)
    np.testing.assert_allclose([row.score_support for row in rows], support, atol=1e-6)
    np.testing.assert_allclose([row.score for row in rows], (cosine + 1.5 * support) / 2.5, atol=1e-5)
    assert 0 < max(support) < 1


def test_without_support_nothing_of_it_is_stored(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project()
    events = list(train(project, quick.replace(support_weight=0)))
    assert not [e for e in events if isinstance(e, Progress) and e.stage == "matching neighbours"]
    with project.read() as session:
        assert set(session.scalars(select(Candidate.score_support))) == {None}
    result = evaluate(project)
    assert "without_support" not in result and result["decodings"]["csls"]["mrr"] > 0.5


def test_support_finds_more_than_the_embeddings_alone(make_project: MakeProject, quick: RunConfig) -> None:
    project = make_project(size=150, attributes=False)
    list(train(project, quick.replace(epochs=6, seed_ratio=0.15)))
    for candidates in ("test", "all"):
        result = evaluate(project, candidates=candidates)
        assert result["decodings"]["csls"]["mrr"] > result["without_support"]["csls"]["mrr"] + 0.1
        assert result["without_support"].keys() == result["decodings"].keys()


def test_what_evaluate_says_alone_is_what_a_run_without_support_has(
    make_project: MakeProject, quick: RunConfig
) -> None:
    project = make_project()
    list(train(project, quick))
    list(train(project, quick.replace(support_weight=0)))
    with_it, without = evaluate(project, 1), evaluate(project, 2)
    assert with_it["without_support"] == without["decodings"]
    assert with_it["reverse_without_support"] == without["reverse"]


def test_embeddings_come_back_with_their_support(
    make_project: MakeProject, quick: RunConfig, tmp_path_factory: pytest.TempPathFactory
) -> None:
    project = make_project()
    list(train(project, quick))
    kept = load_embeddings(embeddings_path(project.sidecar, 1), CPU)
    path = tmp_path_factory.mktemp("kept") / "embeddings.safetensors"
    save_embeddings(path, kept)
    again = load_embeddings(path, CPU)
    assert again.support is not None and kept.support is not None
    for side in ("left", "right"):
        assert (getattr(again.support, side) != getattr(kept.support, side)).nnz == 0
    with project.read() as session:
        test = runs.run_pairs(session, 1, "test")
    assert report(1, again, test, "test") == report(1, kept, test, "test")
    save_embeddings(path, replace(kept, support=None, support_weight=0.0))
    assert load_embeddings(path, CPU).support is None


def test_propagated_pseudo_seeds_are_replaced_at_each_search(
    make_project: MakeProject, quick: RunConfig
) -> None:
    project = make_project()
    config = quick.replace(iterative="propagation", iterative_start=5, iterative_every=5, epochs=16)
    counts = [e.pseudo_seeds for e in train(project, config) if isinstance(e, EpochDone)]
    assert counts[3] == 0 and counts[4] > 0
    assert len(set(counts)) <= 4  # it changes at the searches of epochs 5, 10 and 15 alone
    with project.read() as session:
        pseudo, seed = (runs.run_pairs(session, 1, role) for role in ("pseudo", "seed"))
        probability, right = first_candidates(session, 1, "test")
    assert len(pseudo) == counts[-1]
    assert not set(pseudo[:, 0]) & set(seed[:, 0]) and not set(pseudo[:, 1]) & set(seed[:, 1])
    assert (pseudo[:, 1] == pseudo[:, 0] + SIZE).mean() > 0.8
    assert len(probability) == len(right) == 0  # nothing was held out to calibrate by


def test_without_leaving_anything_out_pairs_stand_as_they_were_proposed(
    make_project: MakeProject, quick: RunConfig
) -> None:
    project = make_project()
    list(train(project, quick.replace(support_weight=1.5)))
    what_if = WhatIf.of_run(project.sidecar, 1)
    with project.read() as session:
        rows = session.execute(
            select(Candidate.left_id, Candidate.right_id, Candidate.rank, Candidate.score).limit(80)
        ).all()
    answers = [what_if.ask((row.left_id, row.right_id), []).after for row in rows]
    assert [answer.rank for answer in answers] == [row.rank for row in rows]
    assert [answer.score for answer in answers] == pytest.approx([row.score for row in rows], abs=1e-5)
