"""What a run will need in memory, and what would fit."""

from __future__ import annotations

import pytest

from core.config import RunConfig
from core.presets import DEFAULT, QUICK
from core.store.graphs import GraphInfo, ProjectInfo
from core.training.estimate import estimate, that_fit


def info(entities: int = 14_000, triples: int = 240_000, pictures: int = 0) -> ProjectInfo:
    def graph(side: str) -> GraphInfo:
        return GraphInfo(side, side, "", "", entities, 600, triples, 100, 20_000, 0, 0, pictures, 10_000, {})

    return ProjectInfo(graph("left"), graph("right"), 10_000, 0, {})


@pytest.mark.parametrize(
    "change", [{"dimension": 600}, {"seed_ratio": 0.9}, {"batch_size": 8192}, {"modalities": "structure"}]
)
def test_more_needs_more(change: dict[str, object]) -> None:
    base = DEFAULT.config
    more, less = estimate(info(), base.replace(**change)), estimate(info(), base)
    one, other = (less, more) if change == {"modalities": "structure"} else (more, less)
    assert one.training > other.training


def test_what_a_side_lacks_costs_nothing() -> None:
    with_pictures = DEFAULT.config
    without = with_pictures.replace(modalities="structure,relation,attribute,name")
    assert estimate(info(), with_pictures) == estimate(info(), without)
    assert estimate(info(pictures=9_000), with_pictures).peak > estimate(info(), with_pictures).peak


@pytest.mark.parametrize("encoder", [{"visual_encoder": "vgg16"}, {"text_encoder": "sentence"}], ids=str)
def test_dense_features_are_kept_for_every_entity(encoder: dict[str, object]) -> None:
    """VGG's 4,096 numbers for each of 2 million entities are 33 GB in themselves."""
    modalities = {"modalities": "structure,visual" if "visual_encoder" in encoder else "structure,name"}
    graphs = info(entities=1_000_000, pictures=500_000)
    base = estimate(graphs, QUICK.config.replace(**modalities))
    more = estimate(graphs, QUICK.config.replace(**modalities, **encoder))
    width = 4096 - 192 if "visual_encoder" in encoder else 384 - 32768 * 0
    least = 4 * 2_000_000 * width * 0.9
    assert more.training - base.training > least and more.ranking - base.ranking > least


def test_a_million_entities_do_not_need_the_square() -> None:
    large = estimate(info(entities=1_000_000, triples=5_000_000), QUICK.config)
    assert 4e9 < large.peak < 60e9


def test_what_fits_fits_and_is_the_largest_that_does() -> None:
    config = RunConfig().replace(dimension=600, batch_size=4096)
    needed = estimate(info(), config).peak
    assert next(that_fit(info(), config, needed)) == config
    smaller = next(that_fit(info(), config, 0.9 * needed))
    assert estimate(info(), smaller).peak <= 0.9 * needed
    assert smaller.model.dimension < 600 or smaller.training.batch_size < 4096
    assert list(that_fit(info(), config, 1e6)) == []
