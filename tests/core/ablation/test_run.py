from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

import core.ablation.run as run_module
from core.ablation.events import AblationFinished, AblationStarted, CellDone, CellFailed, CellStarted, Event
from core.ablation.run import ablate, cells_path
from core.ablation.variants import TABLES, Ablation, Variant
from core.config import RunConfig
from core.errors import Cancelled, TrainingError
from core.store.links import import_links
from core.store.project_file import ProjectFile
from core.store.schema import Candidate, Epoch, Run
from core.training.events import EpochDone
from core.training.run import train
from tests.support import build_project


def two(_config: RunConfig) -> Ablation:
    return Ablation("two", "Two", (Variant("MIMEA", {}), Variant("w/o OTMA", {"transport": ()})))


def drained(
    project: ProjectFile,
    config: RunConfig,
    *,
    seeds: int = 2,
    build: Callable[[RunConfig], Ablation] = two,
) -> list[Event]:
    return list(ablate(project, build, config, seeds, threading.Event()))


def counts(project: ProjectFile) -> list[int]:
    with project.read() as session:
        tables = (Run, Epoch, Candidate)
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def trained(events: list[Event]) -> int:
    return sum(isinstance(event, CellDone) for event in events)


def finished(events: list[Event]) -> AblationFinished:
    assert isinstance(events[-1], AblationFinished)
    return events[-1]


def test_every_variant_is_trained_with_every_random_seed(
    without_images: ProjectFile, quick: RunConfig
) -> None:
    events = drained(without_images, quick)
    assert [(e.variant, e.random_seed) for e in events if isinstance(e, CellStarted)] == [
        ("MIMEA", 0), ("w/o OTMA", 0), ("MIMEA", 1), ("w/o OTMA", 1),
    ]  # fmt: skip
    started = next(event for event in events if isinstance(event, AblationStarted))
    assert (started.cells, started.known) == (4, 0)
    assert "visual" in started.left_out
    result = finished(events)
    assert len(result.cells) == 4 and not result.failed
    for cell in result.cells:
        for decoding in ("cosine", "csls", "sinkhorn"):
            metrics = cell.values[decoding]
            assert 0 < metrics["hits@1"] <= metrics["mrr"] <= metrics["hits@10"] <= 1


def test_a_cell_has_the_metrics_of_a_run_with_its_configuration(
    without_images: ProjectFile, quick: RunConfig
) -> None:
    cells = finished(drained(without_images, quick, seeds=1)).cells
    *_, run = train(without_images, quick.replace(transport=()))
    assert cells[1].variant == "w/o OTMA"
    assert cells[1].values == run.metrics


def test_the_project_keeps_its_runs_and_gets_none(tmp_path: Path, quick: RunConfig) -> None:
    project = build_project(tmp_path / "p.mimea", size=12, images=False)
    before = counts(project)
    drained(project, quick, seeds=1)
    assert counts(project) == before
    assert [path.name for path in cells_path(project).parent.glob("*.jsonl")] == ["cells.jsonl"]
    assert not (cells_path(project).parent / "scratch").exists()
    project.close()


def test_a_second_time_nothing_is_trained(without_images: ProjectFile, quick: RunConfig) -> None:
    first = drained(without_images, quick)
    again = drained(without_images, quick)
    assert (trained(first), trained(again)) == (4, 0)
    assert finished(again).cells == finished(first).cells
    assert trained(drained(without_images, quick, seeds=3)) == 2
    assert trained(drained(without_images, quick.replace(tau=0.2), seeds=1)) == 2


def test_new_links_are_measured_anew(tmp_path: Path, without_images: ProjectFile, quick: RunConfig) -> None:
    assert trained(drained(without_images, quick, seeds=1)) == 2
    links = tmp_path / "links.tsv"
    links.write_text("left\tright\nhttp://example.org/1/0001\thttp://example.org/2/0002\n")
    import_links(without_images, links, "seeds")
    assert trained(drained(without_images, quick, seeds=1)) == 2


def test_tables_share_the_full_model(without_images: ProjectFile, quick: RunConfig) -> None:
    full = drained(without_images, quick, seeds=1, build=TABLES[5])
    names = [cell.variant for cell in finished(full).cells]
    assert names == ["w/o OTMA, relation", "w/o OTMA, attribute", "MIMEA"]
    other = drained(without_images, quick, seeds=1, build=TABLES[7])
    assert "Pivot: structure" not in [event.variant for event in other if isinstance(event, CellStarted)]
    shared = {cell.variant: cell.values for cell in (*finished(full).cells, *finished(other).cells)}
    assert shared["Pivot: structure"] == shared["MIMEA"]


def test_an_interrupted_ablation_goes_on(without_images: ProjectFile, quick: RunConfig) -> None:
    stop = threading.Event()
    before: list[CellDone] = []
    with pytest.raises(Cancelled, match="interrupted with 2 of 4 cells measured; the same command goes on"):
        for event in ablate(without_images, two, quick, 2, stop):
            if isinstance(event, CellDone):
                before.append(event)
            if isinstance(event, CellStarted) and event.index == 3:
                stop.set()
    events = drained(without_images, quick)
    assert len(before) == 2 and trained(events) == 2
    started = next(event for event in events if isinstance(event, AblationStarted))
    assert (started.cells, started.known) == (4, 2)
    assert [cell for cell in finished(events).cells if cell.random_seed == 0] == [e.cell for e in before]


def test_abandoning_it_leaves_nothing_but_measured_cells(
    without_images: ProjectFile, quick: RunConfig
) -> None:
    events = ablate(without_images, two, quick, 2, threading.Event())
    for event in events:
        if isinstance(event, CellStarted) and event.index == 2:
            break
    events.close()  # type: ignore[attr-defined]
    assert not (cells_path(without_images).parent / "scratch").exists()
    assert trained(drained(without_images, quick)) == 3


def test_a_cell_that_fails_does_not_end_the_others(
    without_images: ProjectFile, quick: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(project: ProjectFile, config: RunConfig, stop: threading.Event):  # type: ignore[no-untyped-def]
        for event in train(project, config, stop):
            yield event
            if isinstance(event, EpochDone) and not config.model.transport:
                raise TrainingError("the loss is no longer a number")

    monkeypatch.setattr(run_module, "train", failing)
    events = drained(without_images, quick)
    assert trained(events) == 2
    failures = [event for event in events if isinstance(event, CellFailed)]
    assert [failure.random_seed for failure in failures] == [0, 1]
    assert finished(events).failed == tuple(failures)
    monkeypatch.undo()
    assert trained(drained(without_images, quick)) == 2  # only those are tried again


def test_a_project_that_cannot_be_trained_says_why_at_once(
    tmp_path: Path, without_images: ProjectFile, quick: RunConfig
) -> None:
    with pytest.raises(TrainingError, match="lower seed_ratio"):
        drained(without_images, quick.replace(seed_ratio=1.0))
    with pytest.raises(TrainingError, match="nothing to train on"):
        drained(without_images, quick.replace(modalities=("visual",)))
    with ProjectFile.create(tmp_path / "empty.mimea").read() as session:
        assert session is not None
    empty = ProjectFile.open(tmp_path / "empty.mimea")
    with pytest.raises(TrainingError, match="import a links file"):
        drained(empty, quick)
    empty.close()
    assert not cells_path(without_images).exists()


def test_table_4_says_which_encoders_are_not_here(without_images: ProjectFile, quick: RunConfig) -> None:
    config = quick.replace(text_model="/nowhere")
    result = finished(drained(without_images, config, seeds=1, build=TABLES[4]))
    names = {cell.variant for cell in result.cells}
    assert names == {
        "w/o structure",
        "w/o relation",
        "w/o attribute",
        "w/o PMF",
        "w/o OTMA",
        "w/o MCL",
        "MIMEA",
    }
    assert set(result.study.left_out) == {"visual", "MIMEA†", "MIMEA‡"}


def test_costs_are_measured_once_without_training(without_images: ProjectFile, quick: RunConfig) -> None:
    def build(config: RunConfig) -> Ablation:
        table = TABLES[8](config)
        return replace(table, variants=tuple(v for v in table.variants if v.name in wanted))

    wanted = {"MIMEA", "w/o structure", "w/o OTMA", "Fusion: attention"}
    events = drained(without_images, quick, seeds=5, build=build)
    cost = {cell.variant: cell.values for cell in finished(events).cells}
    assert set(cost) == wanted and trained(events) == 4
    assert {cell.random_seed for cell in finished(events).cells} == {0}
    assert cost["w/o structure"]["model"]["parameters"] < cost["MIMEA"]["model"]["parameters"]
    assert cost["w/o OTMA"]["epoch"]["flops"] < cost["MIMEA"]["epoch"]["flops"]
    assert cost["w/o OTMA"]["inference"]["flops"] == cost["MIMEA"]["inference"]["flops"]
    assert cost["Fusion: attention"]["inference"]["flops"] > cost["MIMEA"]["inference"]["flops"]
