"""Graphs that lack what training lives on: they train all the same, or one sentence says why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from core.config import RunConfig
from core.errors import ConfigError, TrainingError
from core.kg.dataset import open_pair
from core.store.importer import import_dataset
from core.store.project_file import ProjectFile
from core.training.events import EpochDone, Event, RunFinished, RunStarted
from core.training.run import train

LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"


def _write(folder: Path, *, size: int, relations: int, isolated: bool, attributes: bool, odd: bool) -> None:
    """Two graphs of the same shape. Odd: triples twice and self-loops."""
    for side in ("left", "right"):
        lines = []
        for i in range(size):
            subject = f"<http://x.org/{side}/{i}>"
            lines.append(f'{subject} {LABEL} "thing {i}" .')
            if attributes:
                lines.append(f'{subject} <http://x.org/{side}/size{i % 2}> "{i}" .')
            alone = isolated and i >= size // 2
            for r in range(0 if alone else relations):
                others = size // 2 if isolated else size
                tail = (i * (r + 2) + 1) % others
                triple = f"{subject} <http://x.org/{side}/r{r}> <http://x.org/{side}/{tail}> ."
                lines += [triple, triple] if odd else [triple]
            if odd:
                lines.append(f"{subject} <http://x.org/{side}/r0> {subject} .")
        (folder / f"{side}.nt").write_text("\n".join(lines) + "\n")
    pairs = [f"http://x.org/left/{i}\thttp://x.org/right/{i}" for i in range(size)]
    (folder / "links.tsv").write_text("left\tright\n" + "\n".join(pairs) + "\n")


SHAPES = {
    "isolated entities": {"isolated": True},
    "no attributes": {"attributes": False},
    "one relation": {"relations": 1},
    "no relations": {"relations": 0},
    "duplicate triples and self-loops": {"odd": True},
    "two entities": {"size": 2},
}


_LACKS = {"no attributes": {"attribute"}, "no relations": {"structure", "relation"}}


@pytest.fixture(scope="module", params=SHAPES, ids=str)
def poor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ProjectFile:  # type: ignore[misc]
    folder = tmp_path_factory.mktemp("poor")
    usual = {"size": 12, "relations": 2, "isolated": False, "attributes": True, "odd": False}
    _write(folder, **{**usual, **SHAPES[request.param]})  # type: ignore[arg-type]
    dataset = open_pair(folder / "left.nt", folder / "right.nt", links=folder / "links.tsv")
    import_dataset(folder / "p.mimea", dataset)
    project = ProjectFile.open(folder / "p.mimea")
    yield project
    project.close()


def _train(project: ProjectFile, **changes: object) -> list[Event]:
    small = RunConfig().replace(
        epochs=3, dimension=8, seed_ratio=0.5, evaluate_every=2, transport_sample=8, device="cpu"
    )
    return list(train(project, small.replace(**changes)))


def _assert_trained(events: list[Event]) -> None:
    assert [event.epoch for event in events if isinstance(event, EpochDone)] == [1, 2, 3]
    assert isinstance(events[-1], RunFinished)
    assert events[-1].status == "done" and events[-1].candidates > 0


def test_with_all_modalities(poor: ProjectFile) -> None:
    events = _train(poor)
    (started,) = [event for event in events if isinstance(event, RunStarted)]
    assert "no readable images in either graph" in started.left_out["visual"]
    _assert_trained(events)


@pytest.mark.parametrize("modality", ["structure", "relation", "attribute", "visual", "name"])
def test_with_one_modality(poor: ProjectFile, modality: str, request: pytest.FixtureRequest) -> None:
    shape = request.node.callspec.params["poor"]
    if modality in {"visual", *_LACKS.get(shape, ())}:
        with pytest.raises(TrainingError, match=rf"^there is nothing to train on \(.*{modality}"):
            _train(poor, modalities=modality, pivot=modality)
    else:
        _assert_trained(_train(poor, modalities=modality, pivot=modality))


@pytest.mark.parametrize(
    "changes",
    [{"seed_ratio": 1.0}, {"batch_size": 65536}, {"contrastive": ""}, {"heads": 3}],
    ids=str,
)
def test_odd_settings(poor: ProjectFile, changes: dict[str, object]) -> None:
    _assert_trained(_train(poor, **changes))


def test_one_seed_pair(poor: ProjectFile) -> None:
    with poor.read() as session:
        links = session.scalar(text("SELECT count(*) FROM link"))
    events = _train(poor, seed_ratio=1 / links)
    (started,) = [event for event in events if isinstance(event, RunStarted)]
    assert started.seeds == 1
    _assert_trained(events)


def test_an_odd_dimension_is_refused() -> None:
    with pytest.raises(ConfigError, match="dimension must be even"):
        RunConfig().replace(dimension=15)
