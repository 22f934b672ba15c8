from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.optimize import linear_sum_assignment
from sqlalchemy import select

from core.alignment.decoding import csls_offsets
from core.alignment.similarity import Kept
from core.cli import run
from core.config import RunConfig
from core.store import runs
from core.store.schema import Candidate
from core.training.embeddings import Embeddings, embeddings_path, load_embeddings
from core.training.evaluate import evaluate, report
from core.training.run import train
from tests.core.training.conftest import SIZE, MakeProject


def mirrored(embeddings: Embeddings) -> Embeddings:
    """The right graph as the left one."""
    n = embeddings.n_left
    order = torch.cat([torch.arange(n, len(embeddings.entity_ids)), torch.arange(n)])
    # Identifiers must ascend within a side; they do, since each side keeps its own.
    return Embeddings(
        entity_ids=embeddings.entity_ids[order.numpy()],
        n_left=len(embeddings.entity_ids) - n,
        joint=embeddings.joint[order],
        by_modality={name: part[order] for name, part in embeddings.by_modality.items()},
        weights=embeddings.weights[order],
    )


@pytest.fixture
def kept(make_project: MakeProject, quick: RunConfig) -> tuple[Embeddings, np.ndarray]:
    project = make_project()
    list(train(project, quick.replace(epochs=3, support_weight=0)))
    with project.read() as session:
        test = runs.run_pairs(session, 1, "test")
    return load_embeddings(embeddings_path(project.sidecar, 1), torch.device("cpu")), test


@pytest.mark.parametrize("candidates", ["test", "all"])
def test_reverse_is_the_report_of_the_exchanged_sides(
    kept: tuple[Embeddings, np.ndarray], candidates: str
) -> None:
    embeddings, test = kept
    there = report(1, embeddings, test, candidates)  # type: ignore[arg-type]
    back = report(1, mirrored(embeddings), test[:, ::-1], candidates)  # type: ignore[arg-type]
    for name in ("cosine", "csls"):
        assert there["reverse"][name] == pytest.approx(back["decodings"][name], abs=1e-9)
    # Sinkhorn ends with scaling one side, so the two directions agree only as far as it converged.
    assert there["reverse"]["sinkhorn"]["mrr"] == pytest.approx(
        back["decodings"]["sinkhorn"]["mrr"], abs=0.02
    )
    assert there["decodings"] != there["reverse"]


def test_the_one_to_one_choice_is_the_best_there_is(kept: tuple[Embeddings, np.ndarray]) -> None:
    embeddings, test = kept
    left, right = embeddings.positions(test)
    matrix = embeddings.joint[left] @ embeddings.joint[right].T
    offsets = csls_offsets(Kept(matrix))
    score = (matrix + offsets.left[:, None] + offsets.right).double().numpy()
    order = np.argsort(-(score - offsets.left.double().numpy()[:, None]), axis=1)
    among_ten = np.full_like(score, -1e6)  # to be left alone is worse than any of the ten best columns
    np.put_along_axis(among_ten, order[:, :10], np.take_along_axis(score, order[:, :10], axis=1), axis=1)
    rows, columns = linear_sum_assignment(-among_ten)
    given = among_ten[rows, columns] > -1e6
    found = report(1, embeddings, test, "test")["assignment"]["hungarian"]
    assert found["hits@1"] == pytest.approx((rows == columns).mean())
    assert found["precision"] == pytest.approx((rows == columns)[given].mean())


def test_probabilities_are_there_with_held_out_links_and_can_be_accepted_by(
    make_project: MakeProject, quick: RunConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    project = make_project(size=120)
    list(train(project, quick.replace(seed_ratio=0.5, validation_ratio=0.4)))
    calibration = evaluate(project)["calibration"]
    assert calibration["pairs"] == 60 and 0 <= calibration["ece"] < 0.3
    assert sum(part["count"] for part in calibration["bins"]) == 60
    with project.read() as session:
        rows = session.execute(select(Candidate.left_id, Candidate.right_id, Candidate.probability)).all()
    assert all(0 < row.probability < 1 for row in rows)
    likely = [row for row in rows if row.probability >= 0.9]
    assert likely and np.mean([row.right_id == row.left_id + 120 for row in likely]) > 0.8
    path = str(project.path)
    project.close()
    assert run(["accept", path, "--probability", "0.9"]) == 0
    assert "accepted" in capsys.readouterr().out.lower()
    assert run(["accept", path, "--probability", "1.5"]) == 2
    assert "--probability must be above 0 and at most 1" in capsys.readouterr().err


def test_without_held_out_links_there_is_no_probability(
    make_project: MakeProject, quick: RunConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    project = make_project(size=SIZE)
    list(train(project, quick.replace(epochs=2)))
    assert "calibration" not in evaluate(project)
    path = str(project.path)
    project.close()
    assert run(["accept", path, "--probability", "0.9"]) == 1
    assert "probab" in capsys.readouterr().err
