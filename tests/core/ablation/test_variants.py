from __future__ import annotations

from typing import get_args

import pytest

from core.ablation.variants import FIGURES, TABLES, Ablation, modules, pivots, sweeps, transport
from core.config import Distribution, RunConfig

BUILDERS = [*TABLES.values(), *FIGURES.values()]


def changes(ablation: Ablation) -> dict[str, dict[str, object]]:
    return {variant.name: dict(variant.changes) for variant in ablation.variants}


@pytest.mark.parametrize("build", BUILDERS)
def test_every_variant_is_a_valid_configuration_and_the_reference_is_the_full_model(build) -> None:  # type: ignore[no-untyped-def]
    config = RunConfig()
    ablation = build(config)
    by_name = {variant.name: config.replace(**variant.changes) for variant in ablation.variants}
    assert len(by_name) == len(ablation.variants)
    assert by_name[ablation.reference] == config


def test_table_4_leaves_out_a_modality_or_a_module_at_a_time() -> None:
    found = changes(modules(RunConfig()))
    assert found["w/o structure"] == {"modalities": ("relation", "attribute", "visual")}
    assert found["w/o visual"] == {"modalities": ("structure", "relation", "attribute")}
    assert found["w/o PMF"] == {"fusion": "equal"}
    assert found["w/o OTMA"] == {"transport": ()}
    assert found["w/o MCL"] == {"contrastive": ()}
    assert list(found)[:4] == ["w/o structure", "w/o relation", "w/o attribute", "w/o visual"]


def test_what_is_not_there_is_not_left_out() -> None:
    found = changes(modules(RunConfig().replace(modalities=("structure", "relation"))))
    assert "w/o visual" not in found
    assert found["w/o relation"] == {"modalities": ("structure",)}
    assert "w/o structure" not in changes(modules(RunConfig().replace(modalities=("structure",))))


def test_table_5_switches_transport_off_by_modality() -> None:
    config = RunConfig().replace(modalities=("structure", "relation", "visual"))
    assert changes(transport(config)) == {
        "w/o OTMA, relation": {"transport": ("visual",)},
        "w/o OTMA, visual": {"transport": ("relation",)},
        "MIMEA": {},
    }


def test_table_6_has_all_distributions_and_the_other_fusions() -> None:
    found = changes(TABLES[6](RunConfig()))
    assert {name for name in found if "distribution" in found[name]} == {
        name.capitalize() for name in get_args(Distribution)
    }
    assert {found[name]["fusion"] for name in found} == {"pmf", "equal", "attention", "gated"}


def test_table_7_compares_with_the_configured_pivot_or_the_first_there_is() -> None:
    assert pivots(RunConfig().replace(pivot="visual")).reference == "Pivot: visual"
    without = RunConfig().replace(pivot="visual", modalities=("structure", "relation"))
    assert pivots(without).reference == "Pivot: structure"
    assert len(pivots(without).variants) == 2


def test_figure_3_changes_one_setting_at_a_time() -> None:
    settings = [list(variant.changes) for variant in sweeps(RunConfig()).variants if variant.changes]
    assert all(len(names) == 1 for names in settings)
    assert {names[0] for names in settings} == {"dimension", "pmf_lambda", "gamma", "tau"}
