"""The optional fifth modality, from training to export: shown where it took part, and nowhere else."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from core.config import ModelConfig, RunConfig
from core.export.candidates import candidate_lines
from core.export.links import write_links
from core.modality import MODALITIES, PAPER_MODALITIES
from core.review.evidence import PairEvidence, pair_evidence
from core.review.journal import Decision, decide
from core.store.epochs import run_epochs
from core.store.project_file import ProjectFile
from core.store.schema import Candidate, Entity, ModalityWeight
from core.training.events import EpochDone, RunFinished, RunStarted
from core.training.run import train

QUICK = RunConfig().replace(epochs=4, dimension=16, seed_ratio=0.3, evaluate_every=2, device="cpu")
NAMELESS = (3, 44)


def trained(project: ProjectFile, config: RunConfig) -> int:
    """Trains with two entities that have no name; returns the run."""
    with project.write() as session:
        session.execute(update(Entity).where(Entity.id.in_(NAMELESS)).values(label=Entity.uri))
    *_, finished = train(project, config)
    assert isinstance(finished, RunFinished)
    return finished.run_id


def evidence(project: ProjectFile, run: int, left: int, right: int) -> PairEvidence:
    with project.read() as session:
        return pair_evidence(session, run, left, right)


def test_it_is_off_unless_asked_for() -> None:
    assert (*PAPER_MODALITIES, "name") == MODALITIES
    assert ModelConfig().modalities == PAPER_MODALITIES
    assert ModelConfig(modalities=MODALITIES).transport == ("relation", "attribute", "visual")


@pytest.mark.parametrize("fusion", ["pmf", "equal", "attention", "gated"])
def test_a_run_has_losses_weights_and_scores_of_names(project: ProjectFile, fusion: str) -> None:
    events = list(train(project, QUICK.replace(modalities=MODALITIES, fusion=fusion)))
    (started,) = [event for event in events if isinstance(event, RunStarted)]
    assert started.modalities == MODALITIES
    epochs = [event for event in events if isinstance(event, EpochDone)]
    assert all(epoch.losses["name"] > 0 for epoch in epochs)
    with project.read() as session:
        stored = run_epochs(session, started.run_id)
        assert [info.losses["name"] for info in stored] == [epoch.losses["name"] for epoch in epochs]
        for weight in session.scalars(select(ModalityWeight).where(ModalityWeight.run_id == started.run_id)):
            values = [getattr(weight, modality) for modality in MODALITIES]
            assert weight.name is not None and sum(v for v in values if v) == pytest.approx(1, abs=1e-5)


def test_an_entity_without_a_name_has_neither_weight_nor_score(project: ProjectFile) -> None:
    run = trained(project, QUICK.replace(modalities=MODALITIES, top_k=40))
    with project.read() as session:
        for weight in session.scalars(select(ModalityWeight).where(ModalityWeight.run_id == run)):
            assert (weight.name is None) == (weight.entity_id in NAMELESS)
        for row in session.scalars(select(Candidate).where(Candidate.run_id == run)):
            assert (row.score_name is None) == (row.left_id in NAMELESS or row.right_id in NAMELESS)
    missing = evidence(project, run, 3, 43).modalities[-1]
    assert (missing.modality, missing.similarity, missing.missing) == ("name", None, "no name on the left")
    assert evidence(project, run, 3, 44).modalities[-1].missing == "no name on either side"
    both = evidence(project, run, 1, 41).modalities[-1]
    assert both.similarity is not None and both.left_weight and not both.missing


def test_names_tell_entities_apart(project: ProjectFile) -> None:
    run = trained(project, QUICK.replace(modalities="name", pivot="name", top_k=40))
    with project.read() as session:
        best = session.execute(
            text("SELECT left_id, right_id FROM candidate WHERE run_id = :run AND rank = 1"), {"run": run}
        ).all()
    named_alike = {i for i in range(1, 41) if i % 4 and i != 3}
    assert named_alike <= {left for left, right in best if right == left + 40}


def test_exports_have_a_place_for_it_where_it_took_part(project: ProjectFile, tmp_path: Path) -> None:
    tables = {}
    for key, modalities in (("without", PAPER_MODALITIES), ("with", MODALITIES)):
        run = trained(project, QUICK.replace(modalities=modalities, top_k=40))
        tables[key, "candidates"] = "".join(candidate_lines(project, run, 1))
        decide(project, [Decision(1, 41, "accepted", 0.9, run, "ada")])
        for format in ("csv", "sssom"):
            out = tmp_path / f"{key}.{format}"
            write_links(project, out, format)
            tables[key, format] = out.read_text(encoding="utf-8")
    for name in ("candidates", "csv"):
        rows = {key: list(csv.DictReader(io.StringIO(tables[key, name]))) for key in ("without", "with")}
        assert "score_name" not in rows["without"][0]
        assert [column for column in rows["with"][0] if column not in rows["without"][0]] == ["score_name"]
        columns = list(rows["with"][0])
        assert columns.index("score_name") == columns.index("score_visual") + 1
        assert float(rows["with"][0]["score_name"]) <= 1.0001
    assert "similarity_name" not in tables["without", "sssom"]
    assert "#- slot_name: ext_similarity_name\n#  property: mimea:similarity_name" in tables["with", "sssom"]


def test_the_evidence_has_a_line_of_it_where_it_took_part(project: ProjectFile) -> None:
    run = trained(project, QUICK)
    assert [line.modality for line in evidence(project, run, 1, 41).modalities] == list(PAPER_MODALITIES)
    run = trained(project, QUICK.replace(modalities="structure,name"))
    lines = evidence(project, run, 1, 41).modalities
    assert [line.modality for line in lines] == list(MODALITIES)
    assert lines[3].missing == "not part of this run"


def test_the_same_seed_draws_the_same_names(project: ProjectFile) -> None:
    losses = []
    for _ in range(2):
        events = list(train(project, QUICK.replace(modalities=MODALITIES)))
        losses.append([event.losses for event in events if isinstance(event, EpochDone)])
    assert losses[0] == losses[1]
