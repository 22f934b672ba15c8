from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from core.config import RunConfig
from core.modality import MODALITIES
from core.review.evidence import PairEvidence, pair_evidence
from core.review.score_parts import shown_parts
from core.store.project_file import ProjectFile
from core.store.schema import Candidate
from core.training.run import train

QUICK = RunConfig().replace(epochs=4, dimension=16, seed_ratio=0.3, evaluate_every=2, device="cpu")
FEW = 60  # pairs looked at


def proposed(project: ProjectFile, run_id: int) -> list[PairEvidence]:
    with project.read() as session:
        rows = session.execute(
            select(Candidate.left_id, Candidate.right_id).where(Candidate.run_id == run_id).limit(FEW)
        ).all()
        return [pair_evidence(session, run_id, left, right) for left, right in rows]


@pytest.mark.parametrize(
    "changes",
    [
        {"modalities": MODALITIES, "support_weight": 2},
        {"support_weight": 0},
        {"fusion": "gated", "support_weight": 0.5},
        {"modalities": "structure,visual", "fusion": "equal"},
    ],
    ids=["all", "no support", "gated", "two modalities"],
)
def test_the_contributions_add_up_to_the_score(project: ProjectFile, changes: dict[str, object]) -> None:
    """The project has entities without pictures and without attributes, whose weights are then zero."""
    config = QUICK.replace(**changes)
    list(train(project, config))
    weight = config.training.support_weight
    pairs = proposed(project, 2)
    assert len(pairs) == FEW
    for pair in pairs:
        parts = [*pair.modalities, pair.support]
        assert sum(p.contribution or 0.0 for p in parts) == pytest.approx(pair.score, abs=1e-5)
        assert all((p.contribution is None) == bool(p.missing) for p in parts)
        if weight:
            assert pair.support.share == pytest.approx(weight / (1 + weight))
            assert pair.support.support is not None and 0 <= pair.support.support <= 1
        else:
            assert pair.support.missing == "this run asked for none"
    assert any(m.missing for pair in pairs for m in pair.modalities)
    assert not weight or any(pair.support.support for pair in pairs)


def test_why_there_is_no_support(project: ProjectFile) -> None:
    """Of a run of an earlier version, of a pair that was not proposed, of a run that stored none."""

    def missing(left: int, right: int) -> str:
        with project.read() as session:
            return pair_evidence(session, 1, left, right).support.missing

    with project.write() as session:
        session.execute(text("UPDATE run SET config_json = '{}'"))
    assert missing(1, 41) == "this run asked for none"
    with project.write() as session:
        session.execute(text("UPDATE run SET config_json = :json"), {"json": QUICK.to_json()})
        others = set(session.scalars(text("SELECT right_id FROM candidate WHERE left_id = 1")))
    assert missing(1, 41) == "not stored by this run"
    assert missing(1, next(i for i in range(41, 81) if i not in others)) == "pair not scored by this run"


@given(st.lists(st.none() | st.floats(-1, 1), min_size=1, max_size=7), st.integers(1, 4))
def test_parts_as_shown_add_up_to_the_total_as_shown(parts: list[float | None], digits: int) -> None:
    total = sum(part or 0.0 for part in parts)
    shown = shown_parts(parts, total, digits)
    assert [text == "" for text in shown] == [part is None for part in parts]
    steps = [round(float(text or 0) * 10**digits) for text in shown]
    assert abs(sum(steps) / 10**digits - total) <= 0.5 / 10**digits + 1e-9
    for part, step in zip(parts, steps, strict=True):
        assert abs(step - (part or 0.0) * 10**digits) <= 1 + 1e-6
